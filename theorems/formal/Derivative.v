(* What a derivative is.                                                            (lecture: L1, L3)

   The lecture takes the derivative of a function from vectors to vectors as known and writes it as a
   matrix, the Jacobian.  This file says what that matrix is, and proves that there is at most one.

   Reading guide
     F               any ordered field: the rational numbers and the real numbers are two of them
     'cV[F]_n        column vectors with n entries,      'M[F]_(m, n)   matrices with m rows, n columns
     A *m x          matrix product,                     1%:M           the identity matrix
     norm1 x         |x_1| + ... + |x_n|, the size of a vector
     is_jacobian u x0 J     "J is the Jacobian of u at the point x0":
                     u (x0 + h) = u x0 + J h + an error that is small compared with h
   Nothing here is assumed: no axiom on limits, on the reals, or on functions. *)

From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Derivative.
Variable F : realFieldType.

(* The size of a vector: the sum of the absolute values of its entries. *)
Definition norm1 n (x : 'cV[F]_n) : F := \sum_i `|x i 0|.

(* "g h is small compared with h": for every eps > 0, however small, there is a radius del > 0 such that
   the size of g h is at most eps times the size of h, whenever h is smaller than del. *)
Definition negligible n m (g : 'cV[F]_n -> 'cV[F]_m) : Prop :=
  forall eps, 0 < eps -> exists2 del, 0 < del &
    forall h, norm1 h < del -> norm1 (g h) <= eps * norm1 h.

(* L3.  J is the Jacobian of u at x0: J h is u (x0 + h) - u x0, up to an error that is negligible. *)
Definition is_jacobian n m (u : 'cV[F]_n -> 'cV[F]_m) (x0 : 'cV[F]_n) (J : 'M[F]_(m, n)) : Prop :=
  negligible (fun h => u (x0 + h) - u x0 - J *m h).

(* ------------------------------------------------------------------ the size of a vector *)

Lemma norm1_ge0 n (x : 'cV[F]_n) : 0 <= norm1 x.
Proof. by apply: sumr_ge0 => i _; apply: normr_ge0. Qed.

Lemma norm1_0 n : norm1 (0 : 'cV[F]_n) = 0.
Proof. by rewrite /norm1 big1 // => i _; rewrite mxE normr0. Qed.

Lemma norm1_eq0 n (x : 'cV[F]_n) : norm1 x = 0 -> x = 0.
Proof.
move=> /eqP; rewrite psumr_eq0 => [/allP x0|i _]; last exact: normr_ge0.
apply/matrixP => i j; rewrite ord1 mxE; apply/eqP; rewrite -normr_eq0.
by apply: x0; rewrite mem_index_enum.
Qed.

Lemma norm1N n (x : 'cV[F]_n) : norm1 (- x) = norm1 x.
Proof. by apply: eq_bigr => i _; rewrite mxE normrN. Qed.

(* The triangle inequality, for two vectors, for a difference, and for any finite sum. *)
Lemma norm1D n (x y : 'cV[F]_n) : norm1 (x + y) <= norm1 x + norm1 y.
Proof. by rewrite -big_split ler_sum // => i _; rewrite mxE ler_norm_add. Qed.

Lemma norm1B n (x y : 'cV[F]_n) : norm1 (x - y) <= norm1 x + norm1 y.
Proof. by apply: le_trans (norm1D _ _) _; rewrite norm1N. Qed.

Lemma norm1_sum (I : Type) (r : seq I) (P : pred I) n (x : I -> 'cV[F]_n) :
  norm1 (\sum_(i <- r | P i) x i) <= \sum_(i <- r | P i) norm1 (x i).
Proof.
elim/big_rec2: _ => [|i b a _ ab]; first by rewrite norm1_0.
by apply: le_trans (norm1D _ _) _; rewrite ler_add2l.
Qed.

(* A matrix makes a vector larger by at most a fixed factor, the sum of its absolute entries. *)
Definition mxnorm m n (A : 'M[F]_(m, n)) : F := \sum_i \sum_j `|A i j|.

Lemma mxnorm_ge0 m n (A : 'M[F]_(m, n)) : 0 <= mxnorm A.
Proof. by do 2!apply: sumr_ge0 => ? _; apply: normr_ge0. Qed.

Lemma norm1_entry n (x : 'cV[F]_n) i : `|x i 0| <= norm1 x.
Proof. by rewrite /norm1 (bigD1 i) //= ler_addl sumr_ge0. Qed.

Lemma norm1_mulmx m n (A : 'M[F]_(m, n)) (x : 'cV[F]_n) : norm1 (A *m x) <= mxnorm A * norm1 x.
Proof.
rewrite /mxnorm mulr_suml ler_sum // => i _; rewrite mxE mulr_suml.
apply: le_trans (ler_norm_sum _ _ _) _; apply: ler_sum => j _.
by rewrite normrM ler_wpmul2l // norm1_entry.
Qed.

(* The vector with t in place i and zeros elsewhere; its size is |t|. *)
Definition along n (i : 'I_n) (t : F) : 'cV[F]_n := t *: delta_mx i 0.

Lemma norm1_along n (i : 'I_n) t : norm1 (along i t) = `|t|.
Proof.
rewrite /norm1 (bigD1 i) //= big1 ?addr0 => [|k /negbTE ki]; first by rewrite !mxE !eqxx mulr1.
by rewrite !mxE ki mulr0 normr0.
Qed.

Lemma mulmx_along m n (A : 'M[F]_(m, n)) j t i : (A *m along j t) i 0 = A i j * t.
Proof. by rewrite /along -scalemxAr mxE -colE mxE mulrC. Qed.

(* However large C is, some e > 0 makes e C at most eps. *)
Lemma small_factor (eps C : F) : 0 < eps -> 0 <= C -> exists2 e, 0 < e & e * C <= eps.
Proof.
move=> eps_gt0 C_ge0; have C1_gt0 : 0 < 1 + C by rewrite ltr_paddr ?ltr01 //.
exists (eps / (1 + C)); first by rewrite divr_gt0.
by rewrite mulrAC ler_pdivr_mulr // ler_wpmul2l ?ler_addr ?ler01 // ltW.
Qed.

(* ------------------------------------------------------------------ negligible functions *)

Lemma negligible_eq n m (g1 g2 : 'cV[F]_n -> 'cV[F]_m) : (forall h, g1 h = g2 h) -> negligible g1 -> negligible g2.
Proof.
by move=> g12 n1 eps eps_gt0; have [del del_gt0 H] := n1 _ eps_gt0; exists del => // h /H; rewrite g12.
Qed.

Lemma negligible0 n m : negligible (fun _ : 'cV[F]_n => 0 : 'cV[F]_m).
Proof. by move=> eps eps_gt0; exists 1 => // h _; rewrite norm1_0 mulr_ge0 ?norm1_ge0 ?ltW. Qed.

Lemma negligibleB n m (g1 g2 : 'cV[F]_n -> 'cV[F]_m) :
  negligible g1 -> negligible g2 -> negligible (fun h => g1 h - g2 h).
Proof.
move=> n1 n2 eps eps_gt0; have half_gt0 : 0 < eps / 2%:R by rewrite divr_gt0 ?ltr0n.
have [del1 del1_gt0 H1] := n1 _ half_gt0; have [del2 del2_gt0 H2] := n2 _ half_gt0.
exists (Num.min del1 del2) => [|h]; rewrite lt_minr; first exact/andP.
case/andP=> /H1 le1 /H2 le2; apply: le_trans (norm1B _ _) _.
by rewrite [eps]splitr mulrDl ler_add.
Qed.

(* A linear function that is negligible is zero: test it on a small step along each axis. *)
Lemma negligible_linear n m (A : 'M[F]_(m, n)) : negligible (fun h => A *m h) -> A = 0.
Proof.
move=> nA; apply/matrixP => i j; rewrite mxE; apply/eqP/negPn/negP => Aij.
have eps_gt0 : 0 < `|A i j| / 2%:R by rewrite divr_gt0 ?normr_gt0 ?ltr0n.
have [del del_gt0 H] := nA _ eps_gt0; have half_gt0 : 0 < del / 2%:R by rewrite divr_gt0 ?ltr0n.
have /H small : norm1 (along j (del / 2%:R)) < del.
  by rewrite norm1_along gtr0_norm // ltr_pdivr_mulr ?ltr0n // mulr_natr mulr2n ltr_addl.
have := le_trans (norm1_entry _ i) small; rewrite norm1_along mulmx_along normrM ler_pmul2r ?normr_gt0 ?gt_eqF //.
by rewrite leNgt ltr_pdivr_mulr ?ltr0n // mulr_natr mulr2n ltr_addl normr_gt0 Aij.
Qed.

(* ------------------------------------------------------------------ the Jacobian *)

(* A function has at most one Jacobian at a point: "the" Jacobian is well said. *)
Theorem jacobian_unique n m (u : 'cV[F]_n -> 'cV[F]_m) x0 J1 J2 :
  is_jacobian u x0 J1 -> is_jacobian u x0 J2 -> J1 = J2.
Proof.
move=> j1 j2; apply/eqP; rewrite -subr_eq0; apply/eqP/negligible_linear.
apply: negligible_eq (negligibleB j2 j1) => h.
by rewrite mulmxBl; set a := u _ - u _; rewrite opprB addrC -addrA addKr.
Qed.

(* L1, L3.  Entry (i, j) of the Jacobian is the partial derivative of output i in input j alone: when only
   entry j of the input moves, by t, output i moves by J_ij t, up to an error small compared with t. *)
Theorem jacobian_entry n m (u : 'cV[F]_n -> 'cV[F]_m) x0 J i j :
  is_jacobian u x0 J ->
  forall eps, 0 < eps -> exists2 del, 0 < del &
    forall t, `|t| < del -> `|u (x0 + along j t) i 0 - u x0 i 0 - J i j * t| <= eps * `|t|.
Proof.
move=> ju eps /ju[del del_gt0 H]; exists del => // t t_lt.
have := H (along j t); rewrite norm1_along => /(_ t_lt); apply: le_trans.
by apply: le_trans _ (norm1_entry _ i); rewrite !mxE -mulmx_along [(J *m _) i 0]mxE.
Qed.

(* Two functions that agree everywhere have the same Jacobians. *)
Lemma jacobian_eq n m (u1 u2 : 'cV[F]_n -> 'cV[F]_m) x0 J :
  (forall x, u1 x = u2 x) -> is_jacobian u1 x0 J -> is_jacobian u2 x0 J.
Proof. by move=> u12; apply: negligible_eq => h; rewrite !u12. Qed.

(* The derivative of a linear function plus a constant is the matrix of the linear function. *)
Lemma jacobian_affine n m (A : 'M[F]_(m, n)) b x0 : is_jacobian (fun x => A *m x + b) x0 A.
Proof.
apply: negligible_eq (@negligible0 n m) => h.
by rewrite mulmxDr [_ + A *m h + b]addrAC [_ + A *m h]addrC addrK subrr.
Qed.

(* The derivative of a variable in itself is the identity matrix ... *)
Lemma jacobian_id n (x0 : 'cV[F]_n) : is_jacobian (fun x => x) x0 1%:M.
Proof. by apply: jacobian_eq (jacobian_affine 1%:M 0 x0) => x; rewrite mul1mx addr0. Qed.

(* ... and the derivative of a constant is zero. *)
Lemma jacobian_const n m (c : 'cV[F]_m) (x0 : 'cV[F]_n) : is_jacobian (fun _ => c) x0 0.
Proof. by apply: jacobian_eq (jacobian_affine 0 c x0) => x; rewrite mul0mx add0r. Qed.

(* Near x0, a function with a Jacobian moves by at most a fixed factor times the move of its input. *)
Lemma jacobian_bounded n m (u : 'cV[F]_n -> 'cV[F]_m) x0 J : is_jacobian u x0 J ->
  exists2 del, 0 < del & forall h, norm1 h < del -> norm1 (u (x0 + h) - u x0) <= (1 + mxnorm J) * norm1 h.
Proof.
move=> /(_ 1 ltr01)[del del_gt0 H]; exists del => // h /H small.
rewrite -[u _ - u _](subrK (J *m h)) mulrDl; apply: le_trans (norm1D _ _) _.
by rewrite ler_add // norm1_mulmx.
Qed.

End Derivative.
