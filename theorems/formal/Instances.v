(* The theorem at work, and why its hypothesis is what it is.                     (lecture: L2, L11, L13, L15)

   1. The lecture's four-vertex graph, with u_3 = u_1 + u_2 and u_4 = u_2 u_3, meets every hypothesis of the
      theorem in EndToEnd.v, at all values; so the theorem speaks of something.
   2. Moving one parent at a time would not do: a function is shown that has a Jacobian in each of its two
      parents alone, and none in both together.  The chain rule needs the latter. *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.
Require Import BackproofFormal.Definitions BackproofFormal.EndToEnd.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* ------------------------------------------------------------------ the graph of L11 *)

Section FourVertices.
Variable F : realFieldType.
Notation V := 'I_4.

Definition v1 : V := Ordinal (isT : (0 < 4)%N).
Definition v2 : V := Ordinal (isT : (1 < 4)%N).
Definition v3 : V := Ordinal (isT : (2 < 4)%N).
Definition v4 : V := Ordinal (isT : (3 < 4)%N).

Definition four_edges : rel V := fun a b => (a, b) \in [:: (v1, v3); (v2, v3); (v2, v4); (v3, v4)].
Definition four_leaf : pred V := fun a => a \in [:: v1; v2].
Definition four_function (i : V) (v : V -> 'cV[F]_1) : 'cV[F]_1 :=
  if i == v3 then v v1 + v v2 else if i == v4 then v v2 *m v v3 else 0.

(* D_{1->3} = 1, D_{2->3} = 1, D_{2->4} = u_3, D_{3->4} = u_2, at the values u. *)
Definition four_D (u : V -> 'cV[F]_1) (a b : V) : 'M[F]_1 :=
  if b == v3 then 1%:M else if a == v2 then u v3 else if a == v3 then u v2 else 0.

Lemma vertex_cases (a : V) : [\/ a = v1, a = v2, a = v3 | a = v4].
Proof.
by case: a => [[|[|[|[|//]]]] lt]; [apply: Or41|apply: Or42|apply: Or43|apply: Or44]; apply: val_inj.
Qed.

Lemma four_acyclic : acyclic four_edges.
Proof. by move=> a b; case: (vertex_cases a) => ->; case: (vertex_cases b) => ->. Qed.

Lemma four_rootless : leaves_have_no_parents four_edges four_leaf.
Proof. by move=> a b; case: (vertex_cases a) => ->; case: (vertex_cases b) => ->. Qed.

Lemma four_local : reads_parents (d := fun _ => 1%N) four_edges four_function.
Proof.
move=> i v w; rewrite /four_function; case: (vertex_cases i) => -> // vw; rewrite /= ?vw //.
Qed.

Lemma four_partials u i : ~~ four_leaf i ->
  is_partials (fun a => four_edges a i) (four_function i) u (fun a => four_D u a i).
Proof.
case: (vertex_cases i) => -> // _; rewrite /four_function /four_D /=.
  have := @affine_partials F _ (fun a => four_edges a v3) (fun _ => 1%N) 1 (fun a => 1%:M) 0 u.
  apply: partials_eq => // v; rewrite addr0 (bigD1 v1) //= (bigD1 v2) //= big1 ?addr0 ?mul1mx // => a.
  by case: (vertex_cases a) => ->.
exact: times_partials.
Qed.

(* L11, L16.  On this graph the backward pass computes the derivative, for all values of the leaves. *)
Theorem four_vertices_derivative (u0 : V -> 'cV[F]_1) j :
  four_leaf j -> let u := forward four_leaf four_function u0 in
  is_jacobian (fun x : 'cV[F]_1 => forward four_leaf four_function (write (T := fun _ => 'cV[F]_1) u0 (j := j) x) (out 3)) (u0 j)
    (backward (d := fun _ => 1%N) four_edges (four_D u) (fun _ => 1%:M) j).
Proof.
move=> leaf_j u; apply: (backward_pass_computes_derivative four_acyclic four_rootless four_local) => // i.
exact: four_partials.
Qed.

End FourVertices.

(* ------------------------------------------------------------------ together, not one at a time *)

Section Together.
Variable F : realFieldType.

(* The function x y / (x^2 + y^2) of two parents, with value 0 at the origin (x / 0 is 0 in Coq). *)
Definition ridge (v : bool -> 'cV[F]_1) : 'cV[F]_1 :=
  let x := v false 0 0 in let y := v true 0 0 in (x * y / (x ^+ 2 + y ^+ 2))%:M.

Definition at_origin (a : bool) (x : 'cV[F]_1) (b : bool) : 'cV[F]_1 := if b == a then x else 0.

Lemma ridge_axis a x : ridge (at_origin a x) = 0.
Proof. by case: a; rewrite /ridge /at_origin /= !mxE ?mulr0 ?mul0r raddf0. Qed.

(* In each parent alone, at the origin, it has a Jacobian, namely 0 ... *)
Theorem ridge_one_at_a_time a : is_jacobian (fun x => ridge (at_origin a x)) 0 0.
Proof. by apply: jacobian_eq (jacobian_const 0 0) => x; rewrite ridge_axis. Qed.

(* ... but no matrices at all are its Jacobians in both parents together. *)
Theorem ridge_not_together D : ~ is_partials (d := fun _ => 1%N) xpredT ridge (fun _ => 0) D.
Proof.
move=> together; have D0 a : D a = 0.
  apply: jacobian_unique (ridge_one_at_a_time a).
  apply: (partial_is_jacobian (w := at_origin a) together) => // [x|x b /negbTE ba|].
  - by rewrite /at_origin eqxx.
  - by rewrite /at_origin ba.
  by rewrite ridge_axis /ridge /= !mxE mul0r mul0r raddf0.
have [del del_gt0 H] := together 1 ltr01; pose t := Num.min (del / 2%:R) (8%:R^-1).
have t_gt0 : 0 < t by rewrite lt_minr divr_gt0 ?invr_gt0 ?ltr0n.
have norm_t : norm1 (t%:M : 'cV[F]_1) = t by rewrite /norm1 big_ord1 mxE mulr1n gtr0_norm.
have /H : forall a : bool, true -> norm1 ((t%:M : 'cV[F]_1) - 0) < del.
  move=> _ _; rewrite subr0 norm_t; apply: le_lt_trans (_ : del / 2%:R < del); first by rewrite le_minl lexx.
  by rewrite ltr_pdivr_mulr ?ltr0n // mulr_natr mulr2n ltr_addl.
have ridge_t : ridge (fun _ => t%:M) = 2%:R^-1%:M.
  rewrite /ridge !mxE !mulr1n -expr2 -mulr2n -mulr_natr invfM mulrA divff ?mul1r //.
  by rewrite expf_neq0 ?gt_eqF.
have ridge_0 : ridge (fun _ => 0) = 0 by rewrite /ridge !mxE mul0r mul0r raddf0.
rewrite ridge_t ridge_0 subr0 big1 => [|a _]; last by rewrite D0 mul0mx.
rewrite ?subr0 mul1r (eq_bigr (fun _ => t)) => [|a _]; last by rewrite ?subr0 norm_t.
rewrite sumr_const card_bool /norm1 big_ord1 mxE mulr1n gtr0_norm ?invr_gt0 ?ltr0n // leNgt => /negP; apply.
apply: le_lt_trans (_ : 8%:R^-1 *+ 2 < _); first by rewrite ler_muln2r le_minl lexx orbT.
by rewrite -(mulr_natr 8%:R^-1) ltr_pdivr_mull ?ltr0n // ltr_pdivl_mulr ?ltr0n // -natrM ltr_nat.
Qed.
End Together.
