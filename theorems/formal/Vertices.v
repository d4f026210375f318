(* Local functions that have Jacobians.                                               (lecture: L2, L10, L13)

   Theorem 1 presupposes that every local function has Jacobians in its parents, taken together.  Here it is
   shown of affine functions, of products, of x y and of x x; and the worked example of the lecture, 192, is
   computed.  So the hypothesis can be met.

   Reading guide, beyond ChainRule.v
     parents : pred vertex      which vertices are parents of the one in question
     is_partials parents g v0 D     the matrices D a are the Jacobians of g in the parents a, at v0
     x *+ 2                     x + x *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Vertices.
Variables (F : realFieldType) (vertex : finType) (parents : pred vertex) (d : vertex -> nat).

(* Two functions that agree everywhere have the same Jacobians in the parents. *)
Lemma partials_eq m (g1 g2 : (forall a, 'cV[F]_(d a)) -> 'cV[F]_m) v0 D1 D2 :
  (forall v, g1 v = g2 v) -> (forall a, parents a -> D1 a = D2 a) ->
  is_partials parents g1 v0 D1 -> is_partials parents g2 v0 D2.
Proof.
move=> g12 D12 p1 eps /p1[del del_gt0 H]; exists del => // v /H; rewrite !g12.
by congr (norm1 (_ - _) <= _); apply: eq_bigr => a pa; rewrite D12.
Qed.

(* An affine vertex: a matrix for each parent, and a constant.  Its Jacobians are these matrices. *)
Theorem affine_partials m (A : forall a, 'M[F]_(m, d a)) (b : 'cV[F]_m) v0 :
  is_partials parents (fun v => \sum_(a | parents a) A a *m v a + b) v0 A.
Proof.
move=> eps eps_gt0; exists 1 => // v _; rewrite opprD addrACA subrr addr0 -sumrB.
rewrite (eq_bigr (fun a => A a *m (v a - v0 a))) => [|a _]; last by rewrite mulmxBr.
by rewrite subrr norm1_0 mulr_ge0 ?sumr_ge0 ?ltW // => a _; apply: norm1_ge0.
Qed.

(* Near v0 a vertex moves by at most a fixed factor times the moves of its parents. *)
Lemma partials_bounded m (g : (forall a, 'cV[F]_(d a)) -> 'cV[F]_m) v0 D : is_partials parents g v0 D ->
  exists2 K, 0 < K & exists2 del, 0 < del & forall v, (forall a, parents a -> norm1 (v a - v0 a) < del) ->
    norm1 (g v - g v0) <= K * \sum_(a | parents a) norm1 (v a - v0 a).
Proof.
move=> /(_ 1 ltr01)[del del_gt0 H]; set M := \sum_(a | parents a) mxnorm (D a).
have M_ge0 : 0 <= M by apply: sumr_ge0 => a _; apply: mxnorm_ge0.
exists (1 + M); first by rewrite ltr_paddr ?ltr01.
exists del => // v /H near; rewrite -[g v - g v0](subrK (\sum_(a | parents a) D a *m (v a - v0 a))).
rewrite mulrDl; apply: le_trans (norm1D _ _) (ler_add near _); apply: le_trans (norm1_sum _ _ _) _.
rewrite mulr_sumr ler_sum // => a pa; apply: le_trans (norm1_mulmx _ _) _.
by rewrite ler_wpmul2r ?norm1_ge0 // /M (bigD1 a pa) /= ler_addl sumr_ge0 // => b _; apply: mxnorm_ge0.
Qed.

Lemma mxnorm_column m (x : 'cV[F]_m) : mxnorm x = norm1 x.
Proof. by apply: eq_bigr => i _; rewrite big_ord1. Qed.

Lemma scalar_mulC (x y : 'M[F]_1) : x *m y = y *m x.
Proof. by rewrite (mx11_scalar x) (mx11_scalar y) -!scalar_mxM mulrC. Qed.

Lemma expand_product (x y a b l1 l2 : 'M[F]_1) :
  x *m y - a *m b - (a *m l2 + b *m l1) = a *m (y - b - l2) + b *m (x - a - l1) + (x - a) *m (y - b).
Proof.
rewrite [b *m (_ - l1)]mulmxBr [b *m (x - a)]scalar_mulC [(x - a) *m (y - b)]mulmxBr.
set w := (x - a) *m b; set q := (x - a) *m y; have -> : a *m (y - b - l2) = a *m y - a *m b - a *m l2 by rewrite !mulmxBr.
rewrite -[RHS]addrA [w - _ + _]addrC [q - w + _]addrA subrK.
rewrite /q mulmxBl [RHS]addrC [_ - b *m l1]addrAC -[a *m y - _ - _]addrA [RHS]addrA subrK.
by rewrite -[RHS]addrA -[LHS]addrA; congr (_ + _); rewrite opprD [RHS]addrC -[RHS]addrA.
Qed.

(* The product of two scalar vertices g1, g2 has the Jacobians g1 D2 + g2 D1. *)
Theorem product_partials (g1 g2 : (forall a, 'cV[F]_(d a)) -> 'cV[F]_1) v0 D1 D2 :
  is_partials parents g1 v0 D1 -> is_partials parents g2 v0 D2 ->
  is_partials parents (fun v => g1 v *m g2 v) v0 (fun a => g1 v0 *m D2 a + g2 v0 *m D1 a).
Proof.
move=> p1 p2 eps eps_gt0; have half_gt0 : 0 < eps / 2%:R by rewrite divr_gt0 ?ltr0n.
have [K1 K1_gt0 [del1 del1_gt0 H1]] := partials_bounded p1.
have [K2 K2_gt0 [del2 del2_gt0 H2]] := partials_bounded p2.
have C_ge0 : 0 <= norm1 (g1 v0) + norm1 (g2 v0) by rewrite addr_ge0 ?norm1_ge0.
have [e e_gt0 eC] := small_factor half_gt0 C_ge0.
have [del3 del3_gt0 H3] := p1 e e_gt0; have [del4 del4_gt0 H4] := p2 e e_gt0.
have N_ge0 : 0 <= K1 * K2 * #|parents|%:R by rewrite !mulr_ge0 ?ler0n ?ltW.
have [del5 del5_gt0 H5] := small_factor half_gt0 N_ge0.
exists (Num.min (Num.min (Num.min del1 del2) (Num.min del3 del4)) del5) => [|v near].
  by rewrite !lt_minr del1_gt0 del2_gt0 del3_gt0 del4_gt0.
have {}near a (pa : parents a) := near a pa.
pose S := \sum_(a | parents a) norm1 (v a - v0 a).
have S_ge0 : 0 <= S by apply: sumr_ge0 => a _; apply: norm1_ge0.
have S_le : S <= del5 * #|parents|%:R.
  rewrite mulr_natr -sumr_const ler_sum // => a /near.
  by rewrite !lt_minr => /andP[_ /ltW].
have {}H1 : norm1 (g1 v - g1 v0) <= K1 * S by apply: H1 => a /near; rewrite !lt_minr => /andP[/andP[/andP[]]].
have {}H2 : norm1 (g2 v - g2 v0) <= K2 * S by apply: H2 => a /near; rewrite !lt_minr => /andP[/andP[/andP[]]].
set L1 := \sum_(a | parents a) D1 a *m (v a - v0 a); set L2 := \sum_(a | parents a) D2 a *m (v a - v0 a).
have {}H3 : norm1 (g1 v - g1 v0 - L1) <= e * S.
  by apply: H3 => a /near; rewrite !lt_minr => /andP[/andP[_ /andP[]]].
have {}H4 : norm1 (g2 v - g2 v0 - L2) <= e * S.
  by apply: H4 => a /near; rewrite !lt_minr => /andP[/andP[_ /andP[]]].
have -> : g1 v *m g2 v - g1 v0 *m g2 v0 - \sum_(a | parents a) (g1 v0 *m D2 a + g2 v0 *m D1 a) *m (v a - v0 a)
    = g1 v0 *m (g2 v - g2 v0 - L2) + g2 v0 *m (g1 v - g1 v0 - L1) + (g1 v - g1 v0) *m (g2 v - g2 v0).
  rewrite (eq_bigr (fun a => g1 v0 *m (D2 a *m (v a - v0 a)) + g2 v0 *m (D1 a *m (v a - v0 a)))) => [|a _].
    rewrite big_split -!mulmx_sumr /= -/L1 -/L2; exact: expand_product.
  by rewrite mulmxDl -!mulmxA.
rewrite [eps]splitr mulrDl; apply: le_trans (norm1D _ _) (ler_add _ _).
  apply: le_trans (norm1D _ _) _; apply: le_trans (ler_add (norm1_mulmx _ _) (norm1_mulmx _ _)) _.
  rewrite !mxnorm_column; apply: le_trans (ler_add (ler_wpmul2l (norm1_ge0 _) H4) (ler_wpmul2l (norm1_ge0 _) H3)) _.
  by rewrite -mulrDl mulrA ler_wpmul2r // mulrC.
apply: le_trans (norm1_mulmx _ _) _; rewrite mxnorm_column.
apply: le_trans (ler_pmul (norm1_ge0 _) (norm1_ge0 _) H1 H2) _.
rewrite mulrA ler_wpmul2r // mulrAC; apply: le_trans H5.
by rewrite [del5 * _]mulrCA ler_wpmul2l // mulr_ge0 ?ltW.
Qed.
End Vertices.

Section ScalarVertices.
Variables (F : realFieldType) (vertex : finType) (parents : pred vertex).

(* The vertex that copies parent a: its Jacobian is 1 in a, and 0 in the other parents. *)
Theorem copy_partials a (v0 : vertex -> 'cV[F]_1) : parents a ->
  is_partials parents (d := fun _ => 1%N) (fun v => v a) v0 (fun b => (b == a)%:R%:M).
Proof.
move=> pa; have := @affine_partials F vertex parents (fun _ => 1%N) 1 (fun b => (b == a)%:R%:M) 0 v0.
apply: partials_eq => // v; rewrite addr0 (bigD1 a) //= eqxx mul1mx big1 ?addr0 // => b /andP[_ /negbTE->].
by rewrite mul_scalar_mx scale0r.
Qed.

Lemma scalar_mx0 : false%:R%:M = 0 :> 'M[F]_1.
Proof. exact: raddf0. Qed.

(* x y, for two different parents x and y: one Jacobian is the value of y, the other the value of x. *)
Theorem times_partials a b (v0 : vertex -> 'cV[F]_1) : parents a -> parents b -> a != b ->
  is_partials parents (d := fun _ => 1%N) (fun v => v a *m v b) v0
    (fun c => if c == a then v0 b else if c == b then v0 a else 0).
Proof.
move=> pa pb ab; apply: partials_eq (product_partials (copy_partials v0 pa) (copy_partials v0 pb)) => // c _.
have [->|ca] := eqVneq c a; first by rewrite (negbTE ab) scalar_mx0 mulmx0 add0r mulmx1.
by have [_|cb] := eqVneq c b; rewrite scalar_mx0 !mulmx0 addr0 ?mulmx1.
Qed.

(* L10.  x x, for one parent used twice: there is one edge, and its Jacobian collects both uses, 2 x. *)
Theorem square_partials a (v0 : vertex -> 'cV[F]_1) : parents a ->
  is_partials parents (d := fun _ => 1%N) (fun v => v a *m v a) v0 (fun c => if c == a then v0 a *+ 2 else 0).
Proof.
move=> pa; apply: partials_eq (product_partials (copy_partials v0 pa) (copy_partials v0 pa)) => // c _.
by have [_|ca] := eqVneq c a; rewrite ?scalar_mx0 ?mulmx0 ?addr0 // mulmx1 mulr2n.
Qed.

End ScalarVertices.

Section WorkedExample.
Variable F : realFieldType.
Let alone := pred1 tt.

(* A vertex with one parent: Jacobian in the parent, and Jacobian of a function, mean the same. *)
Lemma one_parent (g : 'cV[F]_1 -> 'cV[F]_1) (x0 J : 'cV[F]_1) :
  is_partials alone (d := fun _ => 1%N) (fun v => g (v tt)) (fun _ => x0) (fun _ => J) -> is_jacobian g x0 J.
Proof.
move=> p eps /p[del del_gt0 H]; exists del => // h h_lt.
by have := H (fun _ => x0 + h); rewrite !big_pred1_eq [x0 + h - _]addrC addKr; apply.
Qed.

Lemma square_jacobian (x0 : 'cV[F]_1) : is_jacobian (fun x => x *m x) x0 (x0 *+ 2).
Proof.
by apply: one_parent; apply: partials_eq (square_partials (fun _ => x0) (erefl : alone tt)) => // -[].
Qed.

Lemma cube_jacobian (x0 : 'cV[F]_1) : is_jacobian (fun x => x *m (x *m x)) x0 (x0 *m x0 *+ 3).
Proof.
apply: one_parent; have copy := copy_partials (fun _ => x0) (erefl : alone tt).
apply: partials_eq (product_partials copy (product_partials copy copy)) => // -[] _.
by rewrite eqxx !mulmx1 mulmxDr -mulr2n -mulrSr.
Qed.

(* L2a, worked: f(z) = z^2, g(x) = x^3, x = 2.  The chain rule gives 16 * 12 = 192. *)
Example chain_rule_192 : is_jacobian (fun x : 'cV[F]_1 => (x *m (x *m x)) *m (x *m (x *m x))) 2%:R%:M 192%:R%:M.
Proof.
have := chain_rule_one (square_jacobian _) (cube_jacobian 2%:R%:M).
by rewrite -!scalar_mxM -!raddfMn -scalar_mxM -!natrM -!mulrnA -natrM.
Qed.
End WorkedExample.
