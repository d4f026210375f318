(* The product of two matrices, and an affine layer, have the Jacobians of the lecture.              (lecture: L3, L7)

   A matrix is a variable like any other: it is read as the vector of its entries, row by row.  So the Jacobian of
   A B in A has a row for every entry of A B, and a column for every entry of A.  Any ordered field, no axioms.

   Reading guide, beyond Calculus.v
     mxvec_index i j       the place of entry (i, j) in the vector of a matrix
     row_of r, column_of r     the other way round: which entry stands in place r
     vector A, matrix x    a matrix as a vector, and a vector as a matrix
     \matrix_(r, c) x r c  the matrix with entry x r c in row r, column c *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.
Require Import BackproofFormal.real.Calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma index_pair (S T : eqType) (x : S) (y : T) (s : seq S) (t : seq T) : x \in s -> y \in t ->
  index (x, y) [seq (a, b) | a <- s, b <- t] = (index x s * size t + index y t)%N.
Proof.
move=> x_s y_t; elim: s x_s => //= a s IH; rewrite inE index_cat size_map.
have [<- _|xa /= x_s] := eqVneq x a.
  by rewrite map_f ?eqxx //= (@index_map _ _ (pair x)) // => ? ? [].
have -> : (x, y) \in [seq (a, b) | b <- t] = false.
  by apply/mapP=> -[b _ [ab]]; rewrite ab eqxx in xa.
by rewrite IH // mulSn addnA.
Qed.

Section Places.
Variables m n : nat.

Definition row_of (r : 'I_(m * n)) : 'I_m := (enum_val (cast_ord (esym (mxvec_cast m n)) r)).1.
Definition column_of (r : 'I_(m * n)) : 'I_n := (enum_val (cast_ord (esym (mxvec_cast m n)) r)).2.

Lemma row_of_index (i : 'I_m) (j : 'I_n) : row_of (mxvec_index i j) = i.
Proof. by rewrite /row_of /mxvec_index cast_ordK enum_rankK. Qed.

Lemma column_of_index (i : 'I_m) (j : 'I_n) : column_of (mxvec_index i j) = j.
Proof. by rewrite /column_of /mxvec_index cast_ordK enum_rankK. Qed.

Lemma index_of_place r : mxvec_index (row_of r) (column_of r) = r.
Proof. by case/mxvec_indexP: r => i j; rewrite row_of_index column_of_index. Qed.

Lemma same_place (i i' : 'I_m) (j j' : 'I_n) : (val (mxvec_index i j) == val (mxvec_index i' j')) = (i == i') && (j == j').
Proof.
rewrite val_eqE; apply/eqP/andP => [same|[/eqP-> /eqP->] //].
by rewrite -(row_of_index i j) -{2}(column_of_index i j) same row_of_index column_of_index !eqxx.
Qed.

(* Row by row: the entry in row i and column j stands in place i n + j. *)
Lemma place_of_entry (i : 'I_m) (j : 'I_n) : val (mxvec_index i j) = (i * n + j)%N.
Proof.
have -> : val (mxvec_index i j) = index (i, j) (enum [finType of 'I_m * 'I_n]).
  by rewrite -[in RHS](nth_enum_rank (i, j) (i, j)) index_uniq ?enum_uniq -?cardE.
have -> : enum [finType of 'I_m * 'I_n] = [seq (a, b) | a <- enum 'I_m, b <- enum 'I_n].
  by rewrite enumT unlock /= /prod_enum.
by rewrite index_pair ?mem_enum // size_enum_ord !index_enum_ord.
Qed.

Variable F : realFieldType.

Definition vector (A : 'M[F]_(m, n)) : 'cV[F]_(m * n) := (mxvec A)^T.
Definition matrix (x : 'cV[F]_(m * n)) : 'M[F]_(m, n) := vec_mx x^T.

Lemma vectorE A i j : vector A (mxvec_index i j) 0 = A i j.
Proof. by rewrite mxE mxvecE. Qed.

Lemma matrixE x i j : matrix x i j = x (mxvec_index i j) 0.
Proof. by rewrite !mxE. Qed.

Lemma vectorK A : matrix (vector A) = A.
Proof. by rewrite /matrix /vector trmxK mxvecK. Qed.

Lemma matrixK x : vector (matrix x) = x.
Proof. by rewrite /matrix /vector vec_mxK trmxK. Qed.

End Places.

(* ------------------------------------------------------------------ the product of two matrices *)

Section Product.
Variables (F : realFieldType) (m p q : nat).

(* Two operands: the left factor A, m times p, and the right factor B, p times q. *)
Definition factors (left : bool) : nat := if left then (m * p)%N else (p * q)%N.

Implicit Type v : forall s, 'cV[F]_(factors s).

Definition matrix_product v : 'cV[F]_(m * q) := vector (matrix (v true : 'cV_(m * p)) *m matrix (v false : 'cV_(p * q))).

(* Entry (i, k) of A B moves with entry (i', j) of A by B_jk if i = i', and with entry (j, k') of B by A_ij if k = k'. *)
Definition product_jacobian v (s : bool) : 'M[F]_(m * q, factors s) :=
  if s return 'M[F]_(m * q, factors s)
  then \matrix_(r < m * q, c < m * p) ((row_of r == row_of c)%:R * matrix (v false : 'cV_(p * q)) (column_of c) (column_of r))
  else \matrix_(r < m * q, c < p * q) ((column_of r == column_of c)%:R * matrix (v true : 'cV_(m * p)) (row_of r) (row_of c)).

Theorem matrix_product_partials v : is_partials xpredT matrix_product v (product_jacobian v).
Proof.
apply: partials_by_entry => r.
pose A : 'M_(m, p) := matrix (v true : 'cV[F]_(m * p)); pose B : 'M_(p, q) := matrix (v false : 'cV[F]_(p * q)).
have entry_A i j := @entry_partials F _ xpredT factors true (mxvec_index i j) v isT.
have entry_B j k := @entry_partials F _ xpredT factors false (mxvec_index j k) v isT.
have terms j := product_partials_scalar (entry_A (row_of r) j) (entry_B j (column_of r)).
apply: partials_eq (sum_partials (index_enum [finType of 'I_p]) terms) => [w|s _].
  rewrite -raddf_sum -[r in RHS]index_of_place vectorE mxE; congr _%:M.
  by apply: eq_bigr => j _; rewrite !matrixE.
apply/matrixP => i c; rewrite ord1 summxE [RHS]mxE {i}; case: s c => c; rewrite [RHS]mxE.
  case/mxvec_indexP: c => i' j'; rewrite row_of_index column_of_index matrixE (bigD1 j') //= big1 => [|j /negbTE jj].
    by rewrite !mxE /= same_place eqxx andbT [i' == _]eq_sym mulr0 add0r addr0 mulrC.
  by rewrite !mxE /= same_place [j' == j]eq_sym jj andbF !mulr0 addr0.
case/mxvec_indexP: c => j' k'; rewrite row_of_index column_of_index matrixE (bigD1 j') //= big1 => [|j /negbTE jj].
  by rewrite !mxE /= same_place eqxx [k' == _]eq_sym mulr0 !addr0 mulrC.
by rewrite !mxE /= same_place [j' == j]eq_sym jj !mulr0 addr0.
Qed.

End Product.

(* ------------------------------------------------------------------ an affine layer, W x + b *)

Section Layer.
Variables (F : realFieldType) (m p : nat).

(* Three operands: Some true is W, m times p; Some false is the vector x with p entries; None is b with m entries. *)
Definition layer_sizes (s : option bool) : nat :=
  match s with Some true => (m * p)%N | Some false => p | None => m end.

Implicit Type v : forall s, 'cV[F]_(layer_sizes s).

Definition layer v : 'cV[F]_m := matrix (v (Some true) : 'cV_(m * p)) *m v (Some false) + v None.

(* L7.  Entry i of W x + b moves with entry (i', j) of W by x_j if i = i', with x by W, and with b by itself. *)
Definition layer_jacobian v (s : option bool) : 'M[F]_(m, layer_sizes s) :=
  match s return 'M[F]_(m, layer_sizes s) with
  | Some true => \matrix_(i < m, c < m * p) ((i == row_of c)%:R * v (Some false) (column_of c) 0)
  | Some false => matrix (v (Some true) : 'cV_(m * p))
  | None => 1%:M
  end.

Theorem layer_partials v : is_partials xpredT layer v (layer_jacobian v).
Proof.
apply: partials_by_entry => i.
have entry_W j := @entry_partials F _ xpredT layer_sizes (Some true) (mxvec_index i j) v isT.
have entry_x j := @entry_partials F _ xpredT layer_sizes (Some false) j v isT.
have entry_b := @entry_partials F _ xpredT layer_sizes None i v isT.
have terms j := product_partials_scalar (entry_W j) (entry_x j).
apply: partials_eq (add_partials (sum_partials (index_enum [finType of 'I_p]) terms) entry_b) => [w|s _].
  rewrite -raddf_sum -raddfD /layer mxE [(matrix _ *m _) _ _]mxE; congr (_ + _)%:M.
  by apply: eq_bigr => j _; rewrite matrixE.
apply/matrixP => l c; rewrite ord1 [LHS]mxE summxE [RHS]mxE {l}; case: s c => [[]|] c.
- rewrite [RHS]mxE; case/mxvec_indexP: c => i' j'; rewrite row_of_index column_of_index (bigD1 j') //= big1 => [|j /negbTE jj].
    by rewrite !mxE /= same_place eqxx andbT [i' == _]eq_sym mulr0 add0r !addr0 mulrC.
  by rewrite !mxE /= same_place [j' == j]eq_sym jj andbF !mulr0 addr0.
- rewrite (bigD1 c) //= big1 => [|j /negbTE jj].
    by rewrite !mxE /= eqxx mulr1 mulr0 !addr0.
  by rewrite !mxE /= val_eqE [c == j]eq_sym jj !mulr0 addr0.
by rewrite big1 => [|j _]; rewrite !mxE /= ?mulr0 ?addr0 ?add0r // eq_sym.
Qed.

End Layer.
