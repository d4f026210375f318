(* The lecture's network, a log-linear model on learned features, as a graph of local functions.        (lecture: L5-L8)

       z = W x + b      h = g(z)      l = V h + gamma      q = log-softmax of l      o = - q_y

   The leaves are W, x, b, V and gamma; the label y is a leaf without a derivative, and stands here as a parameter.  The
   numbers of inputs, of features and of labels are any numbers (of labels, above 0); the transfer function g is any
   function with derivative dg, applied to every entry; tanh is one.  It is shown that every local function has the
   Jacobians of the lecture (L7, L4), so the backward pass, run with them, computes the derivative of the loss in every
   leaf: the gradient.  LogLinearGradient.v works it out.

   Reading guide, beyond LogSoftmax.v and MatrixProduct.v
     p, m, n.+1          the number of inputs, of features, of labels
     delta_mx 0 y        the row with 1 in place y and 0 elsewhere *)

Require Import Reals.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.analysis Require Import Rstruct.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.
Require Import BackproofFormal.Definitions BackproofFormal.BackwardPass BackproofFormal.ForwardPass BackproofFormal.EndToEnd.
Require Import BackproofFormal.real.Calculus BackproofFormal.real.MatrixProduct.
Require Import BackproofFormal.real.Elementary BackproofFormal.real.LogSoftmax.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section LogLinear.
Variables (p m n : nat).
Notation K := n.+1.
Variables (g dg : R -> R) (y : 'I_K).

(* ------------------------------------------------------------------ L6: the graph *)

Notation vertex := 'I_10.
Definition at_W : vertex := Ordinal (isT : (0 < 10)%N).
Definition at_x : vertex := Ordinal (isT : (1 < 10)%N).
Definition at_b : vertex := Ordinal (isT : (2 < 10)%N).
Definition at_V : vertex := Ordinal (isT : (3 < 10)%N).
Definition at_gamma : vertex := Ordinal (isT : (4 < 10)%N).
Definition at_z : vertex := Ordinal (isT : (5 < 10)%N).
Definition at_h : vertex := Ordinal (isT : (6 < 10)%N).
Definition at_l : vertex := Ordinal (isT : (7 < 10)%N).
Definition at_q : vertex := Ordinal (isT : (8 < 10)%N).
Definition at_o : vertex := out 9.

Definition network_edges : rel vertex := fun i j => (i, j) \in
  [:: (at_W, at_z); (at_x, at_z); (at_b, at_z); (at_z, at_h); (at_V, at_l); (at_h, at_l); (at_gamma, at_l); (at_l, at_q);
      (at_q, at_o)].
Definition network_leaf : pred vertex := fun i => (i < 5)%N.
Definition network_size (i : nat) : nat :=
  match i with
  | 0 => (m * p)%N | 1 => p | 2 | 5 | 6 => m | 3 => (K * m)%N | 4 | 7 | 8 => K | _ => 1%N
  end.

Notation values := (forall i : vertex, 'cV[R]_(network_size i)).
Implicit Type v : values.

(* The operands of the two layers, z = W x + b and l = V h + gamma. *)
Definition z_operand (s : option bool) : vertex :=
  match s with Some true => at_W | Some false => at_x | None => at_b end.
Definition l_operand (s : option bool) : vertex :=
  match s with Some true => at_V | Some false => at_h | None => at_gamma end.
Definition z_operands v (s : option bool) : 'cV[R]_(layer_sizes m p s) :=
  match s return 'cV[R]_(layer_sizes m p s) with Some true => v at_W | Some false => v at_x | None => v at_b end.
Definition l_operands v (s : option bool) : 'cV[R]_(layer_sizes K m s) :=
  match s return 'cV[R]_(layer_sizes K m s) with Some true => v at_V | Some false => v at_h | None => v at_gamma end.

Definition network_function (i : vertex) v : 'cV[R]_(network_size i) :=
  match val i as k return 'cV[R]_(network_size k) with
  | 5 => layer (z_operands v)
  | 6 => map_mx g (v at_z)
  | 7 => layer (l_operands v)
  | 8 => log_softmax (v at_l)
  | 9 => (- (v at_q : 'cV_K) y ord0)%:M
  | _ => 0
  end.

(* The local Jacobians, at the values v. *)
Definition network_D v (i j : vertex) : 'M[R]_(network_size j, network_size i) :=
  match val i as a, val j as b return 'M[R]_(network_size b, network_size a) with
  | 0, 5 => layer_jacobian (z_operands v) (Some true)
  | 1, 5 => layer_jacobian (z_operands v) (Some false)
  | 2, 5 => layer_jacobian (z_operands v) None
  | 5, 6 => \matrix_(k, k') ((k == k')%:R * dg ((v at_z : 'cV_m) k ord0))
  | 3, 7 => layer_jacobian (l_operands v) (Some true)
  | 6, 7 => layer_jacobian (l_operands v) (Some false)
  | 4, 7 => layer_jacobian (l_operands v) None
  | 7, 8 => log_softmax_jacobian_matrix (v at_l)
  | 8, 9 => - delta_mx 0 y
  | _, _ => 0
  end.

(* What holds of each vertex holds of all. *)
Lemma each_vertex (P : vertex -> Prop) : P at_W -> P at_x -> P at_b -> P at_V -> P at_gamma ->
  P at_z -> P at_h -> P at_l -> P at_q -> P at_o -> forall i, P i.
Proof.
move=> PW Px Pb PV Pgamma Pz Ph Pl Pq Po i.
have : i \in [:: at_W; at_x; at_b; at_V; at_gamma; at_z; at_h; at_l; at_q; at_o] by case: i; do 10!case=> //.
by rewrite !inE; do 9!(case/orP=> [/eqP-> //|]); move/eqP->.
Qed.

Lemma network_acyclic : acyclic network_edges.
Proof. by move=> i; elim/each_vertex: i => j; elim/each_vertex: j. Qed.

Lemma network_rootless : leaves_have_no_parents network_edges network_leaf.
Proof. by move=> i; elim/each_vertex: i => j; elim/each_vertex: j. Qed.

Lemma network_local : reads_parents network_edges network_function.
Proof. by move=> i; elim/each_vertex: i => v w same; rewrite /network_function /layer /= ?same. Qed.

(* ------------------------------------------------------------------ L7: the local Jacobians are right *)

Hypothesis g_derivative : forall x, is_derivative g x (dg x).

Theorem network_partials v i : ~~ network_leaf i ->
  is_partials (fun j => network_edges j i) (network_function i) v (fun j => network_D v j i).
Proof.
elim/each_vertex: i => // _.
- apply: (@partials_in_graph _ _ _ z_operand) (layer_partials (z_operands v)); try by case=> [[]|].
  + by case=> [[]|] [[]|].
  + by move=> w [[]|].
  + by move=> w [[]|].
  move=> a; elim/each_vertex: a => // _ /negP[];
    [exact: (codom_f z_operand (Some true)) | exact: (codom_f z_operand (Some false)) | exact: (codom_f z_operand None)].
- apply: (@jacobian_in_graph _ _ _ _ _ at_z (map_mx g)) => [j|]; first by elim/each_vertex: j.
  by apply: (entrywise_jacobian (dphi := dg)) => k; apply: g_derivative.
- apply: (@partials_in_graph _ _ _ l_operand) (layer_partials (l_operands v)); try by case=> [[]|].
  + by case=> [[]|] [[]|].
  + by move=> w [[]|].
  + by move=> w [[]|].
  move=> a; elim/each_vertex: a => // _ /negP[];
    [exact: (codom_f l_operand (Some true)) | exact: (codom_f l_operand None) | exact: (codom_f l_operand (Some false))].
- apply: (@jacobian_in_graph _ _ _ _ _ at_l (@log_softmax n)) => [j|]; first by elim/each_vertex: j.
  exact: log_softmax_jacobian.
apply: (@jacobian_in_graph _ _ _ _ _ at_q (fun q : 'cV_K => (- q y ord0)%:M)) => [j|]; first by elim/each_vertex: j.
apply: jacobian_eq (jacobian_affine _ 0 _) => q; apply/matrixP => i j; rewrite !ord1 addr0 mulNmx !mxE mulr1n.
by congr (- _); rewrite (bigD1 y) //= big1 ?addr0 => [|k /negbTE ky]; rewrite !mxE ?eqxx ?ky ?mul1r ?mul0r.
Qed.

(* L16.  The backward pass computes the derivative of the loss in every leaf. *)
Theorem network_derivative (u0 : values) j (p0 : forall i : vertex, 'M[R]_(network_size (out 9), network_size i)) :
  network_leaf j -> p0 (out 9) = 1%:M -> let u := forward network_leaf network_function u0 in
  is_jacobian (fun x => forward network_leaf network_function (write u0 x) (out 9)) (u0 j) (backward network_edges (network_D u) p0 j).
Proof.
move=> leaf_j seed u; apply: (backward_pass_computes_derivative network_acyclic network_rootless network_local) => // i.
exact: network_partials.
Qed.

End LogLinear.

