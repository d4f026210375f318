(* From the first loop to the last: the backward pass computes the derivative.            (lecture: L12-L16)

   Run the forward pass.  Take at every edge the Jacobian of the local function, at the values that it left.
   Run the backward pass from the identity matrix at the output.  Then what stands at a leaf is the Jacobian
   of the output, as a function of that leaf: the one and only. *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum.
Require Import BackproofFormal.BackwardPass BackproofFormal.ForwardPass BackproofFormal.Analysis.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section EndToEnd.
Variables (F : realFieldType) (n : nat).
Variables (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (leaf : pred 'I_n.+1) (D : forall a b : 'I_n.+1, 'M[F]_(d b, d a)).
Variable f : forall i : 'I_n.+1, (forall a, 'cV[F]_(d a)) -> 'cV[F]_(d i).
Hypotheses (topological : acyclic e) (rootless : leaves_have_no_parents e leaf) (local : reads_parents e f).

(* THE BACKWARD PASS COMPUTES THE DERIVATIVE. *)
Theorem backward_pass_computes_derivative (u0 : forall a, 'cV[F]_(d a)) j (p0 : forall a, 'M[F]_(d (out n), d a)) :
  leaf j ->
  (forall i, ~~ leaf i -> is_partials (fun a => e a i) (f i) (forward leaf f u0) (fun a => D a i)) ->
  p0 (out n) = 1%:M ->
  is_jacobian (fun x => forward leaf f (write u0 x) (out n)) (u0 j) (backward e D p0 j).
Proof.
move=> leaf_j Dk seed; have listed := all_paths_listed topological j (out n).
rewrite (theorem2 D topological p0 listed) seed mul1mx.
have same i : forward leaf f (write u0 (u0 j)) i = forward leaf f u0 i.
  apply: (forward_agrees topological local) => a _.
  by have [->|aj] := eqVneq a j; [apply: write_same | apply: write_other].
apply: (theorem1 (U := fun x => forward leaf f (write u0 x)) topological rootless leaf_j) => //.
- by move=> x; rewrite (forward_leaf topological local) //; apply: write_same.
- by move=> x k leaf_k kj; rewrite !(forward_leaf topological local) // !write_other.
- by move=> x i inner_i; apply: (forward_inner topological local).
by move=> i inner_i; apply: partials_at (Dk i inner_i) => [|a _]; [exact: local | rewrite same].
Qed.

(* And no other matrix is the derivative. *)
Corollary backward_pass_computes_the_only_derivative (u0 : forall a, 'cV[F]_(d a)) j (p0 : forall a, 'M[F]_(d (out n), d a)) J :
  leaf j ->
  (forall i, ~~ leaf i -> is_partials (fun a => e a i) (f i) (forward leaf f u0) (fun a => D a i)) ->
  p0 (out n) = 1%:M ->
  is_jacobian (fun x => forward leaf f (write u0 x) (out n)) (u0 j) J -> backward e D p0 j = J.
Proof. by move=> leaf_j Dk seed; apply: jacobian_unique; apply: backward_pass_computes_derivative. Qed.

End EndToEnd.
