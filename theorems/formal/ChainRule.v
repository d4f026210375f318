(* The chain rule.                                                          (lecture: L2, L13; step (1) of L15)

   A vertex computes y = g (u_a, for a among its parents), and every parent u_a is itself a function of x.
   The chain rule says: if g has the Jacobian D_a in each parent, and u_a has the Jacobian J_a in x, then

        the Jacobian of y in x   is   the sum, over the parents a, of   D_a  J_a.

   What "g has the Jacobian D_a in each parent" must mean here: the parents move TOGETHER, and the error is
   small compared with all their moves together.  Moving one parent at a time is not enough: the function
   x y / (x^2 + y^2), with value 0 at the origin, is constant along both axes, and not even continuous there.

   Reading guide, beyond Derivative.v
     a : vertex           an element of a finite set, of which parents selects some
     d a                  the number of entries of the variable of vertex a
     v : forall a, 'cV[F]_(d a)      a value for every variable
     \sum_(a | parents a) ...        the sum over the parents *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section ChainRule.
Variable F : realFieldType.

Section Parents.
Variables (vertex : finType) (parents : pred vertex) (d : vertex -> nat).

(* L13.  The matrices D a are the Jacobians of g in its parents, at the values v0: for all values v whose
   parents are close to those of v0, g v is g v0 plus the sum of D a times the move of parent a, up to an
   error that is small compared with the sum of the sizes of the moves. *)
Definition is_partials m (g : (forall a, 'cV[F]_(d a)) -> 'cV[F]_m) (v0 : forall a, 'cV[F]_(d a))
    (D : forall a, 'M[F]_(m, d a)) : Prop :=
  forall eps, 0 < eps -> exists2 del, 0 < del &
    forall v, (forall a, parents a -> norm1 (v a - v0 a) < del) ->
      norm1 (g v - g v0 - \sum_(a | parents a) D a *m (v a - v0 a))
        <= eps * \sum_(a | parents a) norm1 (v a - v0 a).

(* Finitely many conditions, each true within some radius, are true together within one radius. *)
Lemma common_radius n (Q : vertex -> 'cV[F]_n -> Prop) :
  (forall a, parents a -> exists2 del, 0 < del & forall h, norm1 h < del -> Q a h) ->
  exists2 del, 0 < del & forall a, parents a -> forall h, norm1 h < del -> Q a h.
Proof.
move=> each; suff [del del_gt0 H] : exists2 del, 0 < del &
    forall a, a \in enum vertex -> parents a -> forall h, norm1 h < del -> Q a h.
  by exists del => // a; apply: H; rewrite mem_enum.
elim: (enum vertex) => [|b r [del del_gt0 H]]; first by exists 1.
have [pb|not_pb] := boolP (parents b); last first.
  exists del => // a; rewrite inE => /orP[/eqP->|ar] pa h h_lt; first by rewrite pa in not_pb.
  exact: (H a ar pa h h_lt).
have [del' del'_gt0 H'] := each b pb; exists (Num.min del del'); first by rewrite lt_minr del_gt0.
move=> a a_in pa h; rewrite lt_minr => /andP[h_lt h_lt'].
by move: a_in pa; rewrite inE => /orP[/eqP-> _|ar pa]; [apply: H' | apply: (H a ar pa)].
Qed.

(* One parent, close to x0: its move is as small as we like, at most a fixed factor times that of x, and
   given by its Jacobian up to an error as small as we like. *)
Lemma parent_move n p (u : 'cV[F]_n -> 'cV[F]_p) x0 J small eps : is_jacobian u x0 J -> 0 < small -> 0 < eps ->
  exists2 del, 0 < del & forall h, norm1 h < del ->
    [/\ norm1 (u (x0 + h) - u x0) < small,
        norm1 (u (x0 + h) - u x0) <= (1 + mxnorm J) * norm1 h
      & norm1 (u (x0 + h) - u x0 - J *m h) <= eps * norm1 h].
Proof.
move=> ju small_gt0 eps_gt0; have [del1 del1_gt0 H1] := jacobian_bounded ju.
have [del2 del2_gt0 H2] := ju _ eps_gt0.
have K_gt0 : 0 < 1 + mxnorm J by rewrite ltr_paddr ?mxnorm_ge0 ?ltr01.
exists (Num.min (Num.min del1 del2) (small / (1 + mxnorm J))).
  by rewrite !lt_minr del1_gt0 del2_gt0 divr_gt0.
move=> h; rewrite !lt_minr => /andP[/andP[/H1 le1 /H2 le2]]; rewrite ltr_pdivl_mulr // mulrC => lt3.
by split=> //; apply: le_lt_trans lt3.
Qed.

(* L2c, THE CHAIN RULE.  If D a are the Jacobians of g in its parents, at the values u x0, and every parent
   u a has the Jacobian J a at x0, then x |-> g (u x) has the Jacobian \sum_a D a *m J a at x0. *)
Theorem chain_rule m n (g : (forall a, 'cV[F]_(d a)) -> 'cV[F]_m) (u : 'cV[F]_n -> forall a, 'cV[F]_(d a)) x0
    (D : forall a, 'M[F]_(m, d a)) (J : forall a, 'M[F]_(d a, n)) :
  is_partials g (u x0) D ->
  (forall a, parents a -> is_jacobian (fun x => u x a) x0 (J a)) ->
  is_jacobian (fun x => g (u x)) x0 (\sum_(a | parents a) D a *m J a).
Proof.
move=> dg du eps eps_gt0.
pose K := \sum_(a | parents a) (1 + mxnorm (J a)); pose M := \sum_(a | parents a) mxnorm (D a).
have K_ge0 : 0 <= K by apply: sumr_ge0 => a _; rewrite addr_ge0 ?mxnorm_ge0 ?ler01.
have M_ge0 : 0 <= M by apply: sumr_ge0 => a _; rewrite mxnorm_ge0.
have half_gt0 : 0 < eps / 2%:R by rewrite divr_gt0 ?ltr0n.
have [eps1 eps1_gt0 eps1K] := small_factor half_gt0 K_ge0.
have [eps2 eps2_gt0 eps2M] := small_factor half_gt0 M_ge0.
have [del1 del1_gt0 H1] := dg _ eps1_gt0.
have [del del_gt0 H] := common_radius (fun a pa => parent_move (du a pa) del1_gt0 eps2_gt0).
exists del => // h h_lt; have {}H a (pa : parents a) := H a pa h h_lt.
have {}H1 := H1 (u (x0 + h)) (fun a pa => let: And3 lt1 _ _ := H a pa in lt1).
rewrite -[X in norm1 X](subrK (\sum_(a | parents a) D a *m (u (x0 + h) a - u x0 a - J a *m h))).
have -> : g (u (x0 + h)) - g (u x0) - (\sum_(a | parents a) D a *m J a) *m h
        - \sum_(a | parents a) D a *m (u (x0 + h) a - u x0 a - J a *m h)
        = g (u (x0 + h)) - g (u x0) - \sum_(a | parents a) D a *m (u (x0 + h) a - u x0 a).
  rewrite -[LHS]addrA -opprD mulmx_suml -big_split /=; congr (_ - _).
  by apply: eq_bigr => a _; rewrite -mulmxA -mulmxDr addrC subrK.
rewrite [eps]splitr mulrDl; apply: le_trans (norm1D _ _) _; apply: ler_add.
  apply: le_trans H1 _; apply: le_trans (_ : eps1 * (K * norm1 h) <= _).
    by rewrite ler_pmul2l // mulr_suml ler_sum // => a /H[].
  by rewrite mulrA ler_wpmul2r ?norm1_ge0.
apply: le_trans (norm1_sum _ _ _) _; apply: le_trans (_ : eps2 * M * norm1 h <= _); last first.
  by rewrite ler_wpmul2r ?norm1_ge0.
rewrite -mulrA mulrCA mulr_suml ler_sum // => a /H[_ _ le3]; apply: le_trans (norm1_mulmx _ _) _.
by rewrite ler_wpmul2l ?mxnorm_ge0.
Qed.

(* Whether the D a are the Jacobians at v0 depends only on g, and on v0 at the parents. *)
Lemma partials_at m (g : (forall a, 'cV[F]_(d a)) -> 'cV[F]_m) v0 v1 (D : forall a, 'M[F]_(m, d a)) :
  (forall v w, (forall a, parents a -> v a = w a) -> g v = g w) ->
  (forall a, parents a -> v0 a = v1 a) -> is_partials g v0 D -> is_partials g v1 D.
Proof.
move=> g_reads v01 dg eps /dg[del del_gt0 H]; exists del => // v near.
have move_eq a : parents a -> v a - v1 a = v a - v0 a by move=> pa; rewrite v01.
have sum_move (S : zmodType) (h : forall a, 'cV[F]_(d a) -> S) :
    \sum_(a | parents a) h a (v a - v1 a) = \sum_(a | parents a) h a (v a - v0 a).
  by apply: eq_bigr => a /move_eq->.
rewrite -(g_reads v0 v1 v01) (sum_move _ (fun a => mulmx (D a))) (sum_move _ (fun a => @norm1 F (d a))).
by apply: H => a pa; rewrite -move_eq ?near.
Qed.

(* L13.  Taken one at a time, D a is the Jacobian of g in parent a, the other parents held fixed.  Here w x
   is v0 with the variable of a replaced by x; at x = v0 a, this is v0 again. *)
Theorem partial_is_jacobian m (g : (forall a, 'cV[F]_(d a)) -> 'cV[F]_m) v0 D a
    (w : 'cV[F]_(d a) -> forall b, 'cV[F]_(d b)) :
  is_partials g v0 D -> parents a ->
  (forall x, w x a = x) -> (forall x b, b != a -> w x b = v0 b) -> g (w (v0 a)) = g v0 ->
  is_jacobian (fun x => g (w x)) (v0 a) (D a).
Proof.
move=> dg pa wa wb w0 eps /dg[del del_gt0 H]; exists del => // h h_lt.
have only_a b : b != a -> w (v0 a + h) b - v0 b = 0 by move=> ba; rewrite wb // subrr.
have := H (w (v0 a + h)); rewrite !(bigD1 a pa) /= wa [v0 a + h - _]addrC addKr.
rewrite big1 => [|b /andP[_ ba]]; last by rewrite only_a // mulmx0.
rewrite [X in eps * (_ + X)]big1 => [|b /andP[_ ba]]; last by rewrite only_a // norm1_0.
rewrite !addr0 w0; apply=> b _.
by have [->|ba] := eqVneq b a; [rewrite wa addrC addKr | rewrite only_a ?norm1_0].
Qed.

End Parents.

(* L2a, with vectors: one inner function.  It is the rule above for a vertex with a single parent. *)
Theorem chain_rule_one n p m (f : 'cV[F]_p -> 'cV[F]_m) (g : 'cV[F]_n -> 'cV[F]_p) x0 Df Dg :
  is_jacobian f (g x0) Df -> is_jacobian g x0 Dg -> is_jacobian (fun x => f (g x)) x0 (Df *m Dg).
Proof.
move=> jf jg; have := @chain_rule _ (pred1 tt) (fun _ : unit => p) m n (fun v => f (v tt))
  (fun x _ => g x) x0 (fun _ => Df) (fun _ => Dg); rewrite big_pred1_eq; apply=> // eps /jf[del del_gt0 H].
exists del => // v /(_ tt isT) /H; rewrite !big_pred1_eq.
by rewrite [g x0 + _]addrC subrK.
Qed.

End ChainRule.
