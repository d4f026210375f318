(* Theorem 1: the derivative is the sum over paths.                                           (lecture: L15)

   If every local function has Jacobians in its parents, taken together, at the values of the forward pass,
   then the value of any vertex k, as a function of one leaf j with the others held fixed, has a Jacobian,
   and it is the sum over all paths from j to k of the products of the local ones.

   The proof is the lecture's, by induction over the vertices, in its four steps.  Two of them are algebra
   and stand in PathSum.v: theorem1_step3_last_edge_moves_in and theorem1_step4_last_edges_part.

   Reading guide, beyond Definitions.v and Derivative.v
     U x            the values of all vertices when leaf j has the value x
     is_partials (fun a => e a k) (f k) v (fun a => D a k)
                    the matrices D a k are the Jacobians of f k in its parents a, at the values v *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Analysis.
Variables (F : realFieldType) (n : nat).
Variables (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (leaf : pred 'I_n.+1) (D : forall a b : 'I_n.+1, 'M[F]_(d b, d a)).
Variable f : forall i : 'I_n.+1, (forall a, 'cV[F]_(d a)) -> 'cV[F]_(d i).
Notation vertex := 'I_n.+1.
Hypotheses (topological : acyclic e) (rootless : leaves_have_no_parents e leaf).

(* L15 (1).  The chain rule over the last edges. *)
Theorem theorem1_step1_chain_rule p (U : 'cV[F]_p -> forall a, 'cV[F]_(d a)) x0 k (J : forall a, 'M[F]_(d a, p)) :
  (forall x, U x k = f k (U x)) ->
  is_partials (fun a => e a k) (f k) (U x0) (fun a => D a k) ->
  (forall a, e a k -> is_jacobian (fun x => U x a) x0 (J a)) ->
  is_jacobian (fun x => U x k) x0 (\sum_(a | e a k) D a k *m J a).
Proof. by move=> Uk Dk Ja; apply: jacobian_eq (chain_rule Dk Ja) => x. Qed.

(* L15 (2).  The induction hypothesis: the derivative of each parent is its sum over paths. *)
Theorem theorem1_step2_induction_hypothesis j k (J : forall a, 'M[F]_(d a, d j)) (L_to : vertex -> seq (seq vertex)) :
  (forall a, e a k -> J a = path_sum D j a (L_to a)) ->
  \sum_(a | e a k) D a k *m J a = \sum_(a | e a k) D a k *m path_sum D j a (L_to a).
Proof. by move=> JP; apply: eq_bigr => a ak; rewrite JP. Qed.

(* No path leads into a leaf, except the empty one from itself. *)
Lemma path_into_leaf j k s : leaf k -> is_path e j k s = (s == [::]) && (j == k).
Proof.
move=> leaf_k; rewrite /is_path; case: (lastP s) => [//|s' b].
rewrite rcons_path last_rcons; have [-> |] := eqVneq b k; rewrite ?andbF ?andbT //.
  rewrite [RHS](_ : _ = false); last by case: s'.
  by apply/negP => /andP[_ /rootless]; rewrite leaf_k.
by case: s'.
Qed.

(* L15, THEOREM 1. *)
Theorem theorem1 j (U : 'cV[F]_(d j) -> forall a, 'cV[F]_(d a)) x0 :
  leaf j ->
  (forall x, U x j = x) ->
  (forall x k, leaf k -> k != j -> U x k = U x0 k) ->
  (forall x i, ~~ leaf i -> U x i = f i (U x)) ->
  (forall i, ~~ leaf i -> is_partials (fun a => e a i) (f i) (U x0) (fun a => D a i)) ->
  forall k L, lists_paths e j k L -> is_jacobian (fun x => U x k) x0 (path_sum D j k L).
Proof.
move=> leaf_j Uj Uleaf Uf Dk k; have [m] := ubnP (val k); elim: m k => // m IH k k_lt L listed.
have [leaf_k|inner_k] := boolP (leaf k).
  have [kj|kj] := eqVneq k j.
    subst k; rewrite (path_sum_of_itself D topological listed).
    by apply: jacobian_eq (jacobian_id x0) => x; rewrite Uj.
  rewrite (path_sum_unreachable D listed) => [|s]; last by rewrite path_into_leaf // [j == k]eq_sym (negbTE kj) andbF.
  by apply: jacobian_eq (jacobian_const (U x0 k) x0) => x; rewrite (Uleaf x).
have jk : j != k by apply: contraNneq inner_k => <-.
have listed_to a (_ : e a k) := all_paths_listed topological j a.
rewrite (path_sum_by_last_edge D jk listed listed_to).
apply: theorem1_step1_chain_rule => [x||a ak]; [exact: Uf | exact: Dk | apply: IH; last exact: listed_to ak].
by apply: leq_trans (topological ak) _; rewrite -ltnS.
Qed.

(* L15.  It is the only Jacobian. *)
Corollary theorem1_unique j (U : 'cV[F]_(d j) -> forall a, 'cV[F]_(d a)) x0 k J L :
  leaf j ->
  (forall x, U x j = x) ->
  (forall x k, leaf k -> k != j -> U x k = U x0 k) ->
  (forall x i, ~~ leaf i -> U x i = f i (U x)) ->
  (forall i, ~~ leaf i -> is_partials (fun a => e a i) (f i) (U x0) (fun a => D a i)) ->
  lists_paths e j k L -> is_jacobian (fun x => U x k) x0 J -> J = path_sum D j k L.
Proof. by move=> leaf_j Uj Ul Uf Dk listed; move/jacobian_unique; apply; apply: theorem1. Qed.

End Analysis.
