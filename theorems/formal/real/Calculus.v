(* Rules with which Jacobians are found entry by entry.                                     (lecture: L1-L3, L13)

   A vertex with m entries is m functions with one entry each; each of them is made of entries of the parents by
   sums, products and functions of one number.  Here is one rule for each of these, over any ordered field; and a
   rule that puts a function with operands of its own into a graph.  Nothing here is assumed.

   Reading guide, beyond ChainRule.v
     is_derivative phi x c     c is the derivative of phi : F -> F at x
     x%:M                      the number x as a matrix with one entry
     (C)%:R                    1 where C holds, 0 where not
     \row_j x j                the matrix with one row and the entries x j
     vertex, parents, d        as in ChainRule.v *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* L1.  The derivative of a function of one number, at one point. *)
Definition is_derivative (F : realFieldType) (phi : F -> F) (x c : F) : Prop :=
  forall eps, 0 < eps -> exists2 del, 0 < del &
    forall t, `|t| < del -> `|phi (x + t) - phi x - c * t| <= eps * `|t|.

Section Rules.
Variables (F : realFieldType) (vertex : finType) (parents : pred vertex) (d : vertex -> nat).
Notation values := (forall a : vertex, 'cV[F]_(d a)).
Implicit Types (v : values) (g : values -> F).

Lemma norm1_scalar (x : F) : norm1 (x%:M : 'cV[F]_1) = `|x|.
Proof. by rewrite /norm1 big_ord1 mxE mulr1n. Qed.

Lemma norm1_one (x : 'cV[F]_1) : norm1 x = `|x 0 0|.
Proof. by rewrite /norm1 big_ord1. Qed.

Lemma norm1_scale m c (x : 'cV[F]_m) : norm1 (c *: x) = `|c| * norm1 x.
Proof. by rewrite /norm1 mulr_sumr; apply: eq_bigr => i _; rewrite mxE normrM. Qed.

(* All parents within the smaller of two radii are within both. *)
Lemma near_both v v0 del1 del2 : (forall a, parents a -> norm1 (v a - v0 a) < Num.min del1 del2) ->
  (forall a, parents a -> norm1 (v a - v0 a) < del1) /\ (forall a, parents a -> norm1 (v a - v0 a) < del2).
Proof. by move=> near; split=> a /near; rewrite lt_minr => /andP[]. Qed.

Lemma moves_ge0 v v0 : 0 <= \sum_(a | parents a) norm1 (v a - v0 a).
Proof. by apply: sumr_ge0 => a _; apply: norm1_ge0. Qed.

(* A vertex has Jacobians if each of its entries has; they are made of the rows. *)
Theorem partials_by_entry m (g : values -> 'cV[F]_m) v0 (D : forall a, 'M[F]_(m, d a)) :
  (forall i, is_partials parents (fun v => (g v i 0)%:M) v0 (fun a => row i (D a))) -> is_partials parents g v0 D.
Proof.
move=> rows eps eps_gt0; have m_ge0 : 0 <= m%:R :> F by rewrite ler0n.
have [e e_gt0 em] := small_factor eps_gt0 m_ge0.
have [del del_gt0 H] : exists2 del, 0 < del & forall i : 'I_m, i \in enum 'I_m -> forall v,
    (forall a, parents a -> norm1 (v a - v0 a) < del) ->
    `|(g v - g v0 - \sum_(a | parents a) D a *m (v a - v0 a)) i 0| <= e * \sum_(a | parents a) norm1 (v a - v0 a).
  elim: (enum 'I_m) => [|i r [del del_gt0 H]]; first by exists 1.
  have [del' del'_gt0 H'] := rows i e e_gt0.
  exists (Num.min del del') => [|j]; first by rewrite lt_minr del_gt0.
  rewrite inE => /orP[/eqP->|j_r] v /near_both[near near']; last exact: H near.
  have := H' v near'.
  rewrite norm1_one; congr (`| _ | <= _); rewrite !mxE !summxE mulr1n; congr (_ - _).
  by apply: eq_bigr => a _; rewrite -row_mul mxE.
exists del => // v near; apply: le_trans (_ : _ <= \sum_(i < m) e * \sum_(a | parents a) norm1 (v a - v0 a)) _.
  by apply: ler_sum => i _; apply: H near; rewrite mem_enum.
rewrite sumr_const card_ord -mulr_natr mulrAC ler_wpmul2r ?sumr_ge0 // => a _; exact: norm1_ge0.
Qed.

(* An entry of a parent. *)
Theorem entry_partials a (i : 'I_(d a)) v0 : parents a ->
  is_partials parents (fun v => (v a i 0)%:M) v0 (fun b => \row_j ((b == a) && (val j == val i))%:R).
Proof.
move=> pa; have := @affine_partials F vertex parents d 1 (fun b => \row_j ((b == a) && (val j == val i))%:R) 0 v0.
apply: partials_eq => // v; rewrite addr0; apply/matrixP => j k; rewrite !ord1 !mxE mulr1n summxE (bigD1 a) //=.
rewrite [X in _ + X]big1 ?addr0 => [|b /andP[_ /negbTE ba]]; last first.
  by rewrite mxE big1 // => l _; rewrite mxE ba mul0r.
rewrite mxE (bigD1 i) //= big1 ?addr0 => [|l /negbTE li]; last by rewrite mxE val_eqE li andbF mul0r.
by rewrite mxE !eqxx mul1r.
Qed.

(* A constant. *)
Theorem constant_partials m (c : 'cV[F]_m) v0 : is_partials parents (fun _ => c) v0 (fun _ => 0).
Proof.
have := @affine_partials F vertex parents d m (fun _ => 0) c v0; apply: partials_eq => // v.
by rewrite big1 ?add0r // => a _; rewrite mul0mx.
Qed.

(* A sum of two, and of finitely many. *)
Theorem add_partials m (g1 g2 : values -> 'cV[F]_m) v0 D1 D2 :
  is_partials parents g1 v0 D1 -> is_partials parents g2 v0 D2 ->
  is_partials parents (fun v => g1 v + g2 v) v0 (fun a => D1 a + D2 a).
Proof.
move=> p1 p2 eps eps_gt0; have half_gt0 : 0 < eps / 2%:R by rewrite divr_gt0 ?ltr0n.
have [del1 del1_gt0 H1] := p1 _ half_gt0; have [del2 del2_gt0 H2] := p2 _ half_gt0.
exists (Num.min del1 del2) => [|v /near_both[/H1{}H1 /H2{}H2]]; first by rewrite lt_minr del1_gt0.
rewrite (eq_bigr (fun a => D1 a *m (v a - v0 a) + D2 a *m (v a - v0 a))) => [|a _]; last by rewrite mulmxDl.
rewrite big_split /=; set L1 := \sum_(a | _) D1 a *m _; set L2 := \sum_(a | _) D2 a *m _.
have -> : g1 v + g2 v - (g1 v0 + g2 v0) - (L1 + L2) = (g1 v - g1 v0 - L1) + (g2 v - g2 v0 - L2).
  by rewrite -addrA -opprD [_ + (L1 + L2)]addrACA opprD addrACA !opprD !addrA.
by rewrite [eps]splitr mulrDl; apply: le_trans (norm1D _ _) (ler_add H1 H2).
Qed.

Theorem sum_partials m (I : Type) (r : seq I) (g : I -> values -> 'cV[F]_m) v0 D :
  (forall i, is_partials parents (g i) v0 (D i)) ->
  is_partials parents (fun v => \sum_(i <- r) g i v) v0 (fun a => \sum_(i <- r) D i a).
Proof.
move=> each; elim: r => [|i r IH].
  by apply: partials_eq (constant_partials 0 v0) => [v|a _]; rewrite big_nil.
by apply: partials_eq (add_partials (each i) IH) => [v|a _]; rewrite big_cons.
Qed.

(* A constant times a vertex. *)
Theorem scale_partials m c (g : values -> 'cV[F]_m) v0 D : is_partials parents g v0 D ->
  is_partials parents (fun v => c *: g v) v0 (fun a => c *: D a).
Proof.
move=> p eps eps_gt0; have [e e_gt0 ec] := small_factor eps_gt0 (normr_ge0 c).
have [del del_gt0 H] := p e e_gt0; exists del => // v /H{H} near.
have -> : c *: g v - c *: g v0 - \sum_(a | parents a) c *: D a *m (v a - v0 a) =
    c *: (g v - g v0 - \sum_(a | parents a) D a *m (v a - v0 a)).
  by rewrite !scalerBr scaler_sumr; congr (_ - _); apply: eq_bigr => a _; rewrite scalemxAl.
rewrite norm1_scale; apply: le_trans (ler_wpmul2l (normr_ge0 c) near) _.
by rewrite mulrA [`|c| * e]mulrC ler_wpmul2r ?moves_ge0.
Qed.

(* L2a.  A function of one number, of a vertex with one entry. *)
Theorem function_partials (phi : F -> F) c g v0 D :
  is_derivative phi (g v0) c -> is_partials parents (fun v => (g v)%:M) v0 D ->
  is_partials parents (fun v => (phi (g v))%:M) v0 (fun a => c *: D a).
Proof.
move=> dphi p eps eps_gt0; have half_gt0 : 0 < eps / 2%:R by rewrite divr_gt0 ?ltr0n.
have [K K_gt0 [del1 del1_gt0 H1]] := partials_bounded p.
have [e e_gt0 eK] := small_factor half_gt0 (ltW K_gt0).
have [del2 del2_gt0 H2] := dphi e e_gt0.
have N_ge0 : 0 <= K * #|parents|%:R by rewrite mulr_ge0 ?ler0n ?ltW.
have half_del2 : 0 < del2 / 2%:R by rewrite divr_gt0 ?ltr0n.
have [del3 del3_gt0 H3] := small_factor half_del2 N_ge0.
have [e4 e4_gt0 e4c] := small_factor half_gt0 (normr_ge0 c).
have [del4 del4_gt0 H4] := p e4 e4_gt0.
exists (Num.min (Num.min del1 del4) del3) => [|v /near_both[/near_both[near1 near4] near3]].
  by rewrite !lt_minr del1_gt0 del3_gt0 del4_gt0.
pose S := \sum_(a | parents a) norm1 (v a - v0 a); have S_ge0 : 0 <= S := moves_ge0 v v0.
have {near1}H1 : `|g v - g v0| <= K * S by rewrite -norm1_scalar raddfB; apply: H1.
have {near3}t_lt : `|g v - g v0| < del2.
  apply: le_lt_trans H1 _; apply: le_lt_trans (_ : del2 / 2%:R < del2); last first.
    by rewrite ltr_pdivr_mulr ?ltr0n // mulr_natr mulr2n ltr_addl.
  apply: le_trans H3; rewrite mulrCA ler_pmul2l // mulr_natr -sumr_const ler_sum // => a /near3.
  exact: ltW.
have {H2}H2 := H2 _ t_lt; rewrite [g v0 + _]addrC subrK in H2.
have {H4 near4} := H4 v near4; set L := \sum_(a | _) D a *m _ => H4.
have -> : \sum_(a | parents a) c *: D a *m (v a - v0 a) = c *: L.
  by rewrite scaler_sumr; apply: eq_bigr => a _; rewrite scalemxAl.
have {}H4 : `|g v - g v0 - L 0 0| <= e4 * S by move: H4; rewrite norm1_one !mxE !mulr1n.
rewrite norm1_one; set x := (X in `|X|); have -> : x = phi (g v) - phi (g v0) - c * L 0 0 by rewrite /x !mxE !mulr1n.
have -> : phi (g v) - phi (g v0) - c * L 0 0 =
    (phi (g v) - phi (g v0) - c * (g v - g v0)) + c * (g v - g v0 - L 0 0).
  by rewrite [c * (_ - L 0 0)]mulrBr [RHS]addrA subrK.
apply: le_trans (ler_norm_add _ _) _; rewrite [eps]splitr mulrDl; apply: ler_add.
  apply: le_trans H2 _; apply: le_trans (ler_wpmul2l (ltW e_gt0) H1) _.
  by rewrite mulrA ler_wpmul2r.
rewrite normrM; apply: le_trans (ler_wpmul2l (normr_ge0 c) H4) _.
by rewrite mulrA [`|c| * _]mulrC ler_wpmul2r.
Qed.

(* The product of two vertices with one entry; Vertices.v has it with matrices of one entry. *)
Theorem product_partials_scalar g1 g2 v0 D1 D2 :
  is_partials parents (fun v => (g1 v)%:M) v0 D1 -> is_partials parents (fun v => (g2 v)%:M) v0 D2 ->
  is_partials parents (fun v => (g1 v * g2 v)%:M) v0 (fun a => g1 v0 *: D2 a + g2 v0 *: D1 a).
Proof.
move=> p1 p2; apply: partials_eq (product_partials p1 p2) => [v|a _]; first by rewrite -scalar_mxM.
by rewrite !mul_scalar_mx.
Qed.

End Rules.

(* A function has a Jacobian if it has one as a vertex with one operand ... *)
Theorem jacobian_of_one (F : realFieldType) n m (u : 'cV[F]_n -> 'cV[F]_m) (x0 : 'cV[F]_n) (J : 'M[F]_(m, n)) :
  is_partials (pred1 tt) (d := fun _ => n) (fun v => u (v tt)) (fun _ => x0) (fun _ => J) -> is_jacobian u x0 J.
Proof.
move=> p eps /p[del del_gt0 H]; exists del => // h h_lt.
by have := H (fun _ => x0 + h); rewrite !big_pred1_eq [x0 + h - _]addrC addKr; apply.
Qed.

(* ... and a function with a Jacobian has it as a vertex of a graph with one parent. *)
Theorem jacobian_in_graph (F : realFieldType) (vertex : finType) (parents : pred vertex) (d : vertex -> nat) m b
    (u : 'cV[F]_(d b) -> 'cV[F]_m) (v0 : forall a, 'cV[F]_(d a)) (D : forall a, 'M[F]_(m, d a)) :
  parents =1 pred1 b -> is_jacobian u (v0 b) (D b) -> is_partials parents (fun v => u (v b)) v0 D.
Proof.
move=> parents_b ju eps /ju[del del_gt0 H]; exists del => // v near; rewrite !(eq_bigl _ _ parents_b) !big_pred1_eq.
by have := H (v b - v0 b); rewrite [v0 b + _]addrC subrK; apply; apply: near; rewrite parents_b /=.
Qed.

(* L10, L13.  A function with operands of its own, put into a graph: operand s is the vertex phi s, no two operands
   are the same vertex, and every one is a parent.  operands_of takes the values of the operands from those of the
   graph.  The Jacobians on the edges are those of the operands, and 0 in a parent that is no operand. *)
Theorem partials_in_graph (F : realFieldType) (operand vertex : finType) (phi : operand -> vertex) (parents : pred vertex)
    (size : operand -> nat) (d : vertex -> nat) m (g : (forall s, 'cV[F]_(size s)) -> 'cV[F]_m)
    (operands_of : (forall a, 'cV[F]_(d a)) -> forall s, 'cV[F]_(size s)) v0
    (J : forall s, 'M[F]_(m, size s)) (D : forall a, 'M[F]_(m, d a)) :
  injective phi -> (forall s, parents (phi s)) ->
  (forall v s, norm1 (operands_of v s - operands_of v0 s) = norm1 (v (phi s) - v0 (phi s))) ->
  (forall v s, J s *m (operands_of v s - operands_of v0 s) = D (phi s) *m (v (phi s) - v0 (phi s))) ->
  (forall a, parents a -> a \notin codom phi -> D a = 0) ->
  is_partials xpredT g (operands_of v0) J -> is_partials parents (fun v => g (operands_of v)) v0 D.
Proof.
move=> phi_inj phi_parents same_size same_move D0 p eps eps_gt0; have [del del_gt0 H] := p eps eps_gt0.
exists del => // v near.
have along_operands (M : zmodType) (x : vertex -> M) :
    \sum_s x (phi s) = \sum_(a | parents a && (a \in codom phi)) x a.
  rewrite -(big_map phi xpredT x) -[RHS]big_filter; apply: perm_big; apply: uniq_perm => [||a].
  - by rewrite map_inj_uniq ?index_enum_uniq.
  - by rewrite filter_uniq ?index_enum_uniq.
  rewrite mem_filter mem_index_enum andbT; apply/mapP/andP => [[s _ ->]|[_ /codomP[s ->]]]; last by exists s.
  by rewrite phi_parents codom_f.
have {}near s (_ : true) : norm1 (operands_of v s - operands_of v0 s) < del by rewrite same_size; apply: near.
have := H (operands_of v) near; rewrite (eq_bigr _ (fun s _ => same_move v s)) [X in eps * X](eq_bigr _ (fun s _ => same_size v s)).
rewrite (along_operands _ (fun a => D a *m (v a - v0 a))) (along_operands _ (fun a => norm1 (v a - v0 a))).
have -> : \sum_(a | parents a && (a \in codom phi)) D a *m (v a - v0 a) = \sum_(a | parents a) D a *m (v a - v0 a).
  rewrite [RHS](bigID (mem (codom phi))) /= [X in _ = _ + X]big1 ?addr0 // => a /andP[pa not_in].
  by rewrite D0 ?mul0mx.
move=> small; apply: le_trans small _; apply: ler_wpmul2l; first exact: ltW.
rewrite [X in _ <= X](bigID (mem (codom phi))) /= ler_addl sumr_ge0 // => a _; exact: norm1_ge0.
Qed.
