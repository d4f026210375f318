(* The exponential, the logarithm and the hyperbolic tangent, over the real numbers.                (lecture: L1, L3)

   The numbers are the real numbers of Coq's own library, and exp, ln and tanh are its functions; the library
   mathcomp-analysis says that they are an ordered field.  Both rest on classical axioms; axioms.txt lists them.

   Reading guide, beyond Calculus.v
     R                     the real numbers
     exp, ln, tanh         Coq's functions; ln is the logarithm only of numbers above 0
     map_mx phi x          the vector with the entries phi (x i 0) *)

Require Import Reals.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.analysis Require Import Rstruct.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.
Require Import BackproofFormal.real.Calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* ------------------------------------------------------------------ a function of one number, entry by entry *)

(* L3.  Entry i of the result moves with entry i of x, by the derivative there, and with no other. *)
Theorem entrywise_jacobian (F : realFieldType) n (phi dphi : F -> F) (x0 : 'cV[F]_n) :
  (forall i, is_derivative phi (x0 i 0) (dphi (x0 i 0))) ->
  is_jacobian (map_mx phi) x0 (\matrix_(i, j) ((i == j)%:R * dphi (x0 i 0))).
Proof.
move=> dphi_x; apply: jacobian_of_one; apply: partials_by_entry => i.
have entry := @entry_partials F _ (pred1 tt) (fun _ => n) tt i (fun _ => x0) (eqxx tt).
apply: partials_eq (function_partials (dphi_x i) entry) => [v|a _]; first by rewrite mxE.
by apply/matrixP => l j; rewrite !mxE; case: a; rewrite /= eq_sym mulrC.
Qed.

(* ------------------------------------------------------------------ exp, ln, tanh *)

(* Coq's library speaks of quotients of differences; ours, of an error that is small compared with the move. *)
Lemma derivative_of_library (phi : R -> R) (x c : R) : derivable_pt_lim phi x c -> is_derivative phi x c.
Proof.
move=> lim eps /RltP eps_gt0; have [[del del_gt0] /= H] := lim eps eps_gt0; exists del => [|t t_lt]; first exact/RltP.
have [->|t0] := eqVneq t 0; first by rewrite addr0 subrr mulr0 subr0 normr0 mulr0.
have /RltP := H t (elimN eqP t0) (elimT (RltP _ _) t_lt).
rewrite RdivE // => /ltW small; rewrite -ler_pdivr_mulr ?normr_gt0 // -normfV -normrM.
apply: le_trans small; rewrite le_eqVlt; apply/orP; left; apply/eqP; congr `|_|.
by rewrite mulrBl mulfK.
Qed.

Theorem exp_derivative (x : R) : is_derivative exp x (exp x).
Proof. exact/derivative_of_library/derivable_pt_lim_exp. Qed.

(* On its domain: the numbers above 0. *)
Theorem ln_derivative (x : R) : 0 < x -> is_derivative ln x x^-1.
Proof.
move=> x_gt0; have x0 : x != 0 by rewrite gt_eqF.
by rewrite -RinvE //; apply/derivative_of_library/derivable_pt_lim_ln/RltP.
Qed.

Lemma cosh_gt0 (x : R) : 0 < cosh x.
Proof. by apply/RltP/Rdiv_lt_0_compat; [apply: Rplus_lt_0_compat; apply: exp_pos | apply: Rlt_0_2]. Qed.

Theorem tanh_derivative (x : R) : is_derivative tanh x (1 - tanh x ^+ 2).
Proof.
apply: derivative_of_library; have cosh0 : cosh x <> 0 by apply/eqP; rewrite gt_eqF ?cosh_gt0.
have := derivable_pt_lim_div sinh cosh x _ _ (derivable_pt_lim_sinh x) (derivable_pt_lim_cosh x) cosh0.
congr (derivable_pt_lim _ _ _); rewrite expr2 /tanh -[RHS]/(Rminus 1 (Rmult (Rdiv (sinh x) (cosh x)) (Rdiv (sinh x) (cosh x)))).
by rewrite /Rsqr; field.
Qed.

(* ------------------------------------------------------------------ as vertices, entry by entry *)

Theorem exp_jacobian n (x0 : 'cV[R]_n) : is_jacobian (map_mx exp) x0 (\matrix_(i, j) ((i == j)%:R * exp (x0 i 0))).
Proof. by apply: (entrywise_jacobian (dphi := exp)) => i; apply: exp_derivative. Qed.

Theorem ln_jacobian n (x0 : 'cV[R]_n) : (forall i, 0 < x0 i 0) ->
  is_jacobian (map_mx ln) x0 (\matrix_(i, j) ((i == j)%:R * (x0 i 0)^-1)).
Proof. by move=> x_gt0; apply: entrywise_jacobian (GRing.inv (R := [unitRingType of R])) _ _ => i; apply: ln_derivative. Qed.

Theorem tanh_jacobian n (x0 : 'cV[R]_n) :
  is_jacobian (map_mx tanh) x0 (\matrix_(i, j) ((i == j)%:R * (1 - tanh (x0 i 0) ^+ 2))).
Proof. by apply: (entrywise_jacobian (dphi := fun x : R => 1 - tanh x ^+ 2)) => i; apply: tanh_derivative. Qed.

(* ------------------------------------------------------------------ two facts on exp and ln *)

Lemma exp_gt0 (x : R) : 0 < exp x.
Proof. exact/RltP/exp_pos. Qed.

Lemma lnK (x : R) : ln (exp x) = x.
Proof. exact: ln_exp. Qed.

Lemma ln_quotient (x y : R) : 0 < x -> 0 < y -> ln (x / y)%R = ln x - ln y.
Proof.
move=> x_gt0 y_gt0; have y0 : y != 0 by rewrite gt_eqF.
rewrite -(RinvE y0) [LHS]ln_mult ?ln_Rinv //; try exact/RltP.
by apply: Rinv_0_lt_compat; apply/RltP.
Qed.
