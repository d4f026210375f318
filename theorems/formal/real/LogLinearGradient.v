(* The gradient of the log-linear network.                                                       (lecture: L5, L8, L9)

   The loss is - ln p(y), where p is softmax of V g(W x + b) + gamma.  LogLinear.v shows that the backward pass computes
   its derivative in every leaf.  Here the loss is written without the graph, and what the backward pass leaves is
   worked out, vertex by vertex (L8): with e_k = p(k) - [k = y],

       in gamma: e        in V: e_k h_i        in b: (e V)_i dg(z_i)        in W: (e V)_i dg(z_i) x_j

   In V this is minus the features at the right label, plus their mean under the model: - f(y) + sum_k p(k) f(k).

   Reading guide, beyond LogLinear.v
     'rV[R]_n            rows with n entries
     mxvec A             the matrix A as a row, row by row *)

Require Import Reals.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.analysis Require Import Rstruct.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum.
Require Import BackproofFormal.BackwardPass BackproofFormal.ForwardPass.
Require Import BackproofFormal.real.Calculus BackproofFormal.real.MatrixProduct.
Require Import BackproofFormal.real.Elementary BackproofFormal.real.LogSoftmax BackproofFormal.real.LogLinear.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Gradient.
Variables (p m n : nat).
Notation K := n.+1.
Variables (g dg : R -> R) (y : 'I_K).
Hypothesis g_derivative : forall x, is_derivative g x (dg x).

(* ------------------------------------------------------------------ L5: the loss, without a graph *)

Section Model.
Variables (W : 'M[R]_(m, p)) (x : 'cV[R]_p) (b : 'cV[R]_m) (V : 'M[R]_(K, m)) (gamma : 'cV[R]_K).

Definition pre_features : 'cV[R]_m := W *m x + b.
Definition features : 'cV[R]_m := map_mx g pre_features.
Definition scores : 'cV[R]_K := V *m features + gamma.
Definition probability (k : 'I_K) : R := softmax scores k.
Definition loss : R := (- ln (probability y))%R.

(* The values that are given to the leaves. *)
Definition leaf_values (i : 'I_10) : 'cV[R]_(network_size p m n i) :=
  match val i as k return 'cV[R]_(network_size p m n k) with
  | 0 => vector W | 1 => x | 2 => b | 3 => vector V | 4 => gamma | _ => 0
  end.

(* e_k, and e V followed by dg. *)
Definition score_error : 'rV[R]_K := \row_k (probability k - (k == y)%:R).
Definition feature_error : 'rV[R]_m := \row_i ((score_error *m V) ord0 i * dg (pre_features i ord0)).

End Model.

Notation network := (@network_function p m n g y).
Notation leaf := network_leaf.
Notation run u0 := (forward leaf network u0).

(* The forward pass, vertex by vertex; its last value is the loss. *)
Section Values.
Variable u0 : forall i : 'I_10, 'cV[R]_(network_size p m n i).
Notation u := (run u0).
Let W := matrix (u0 at_W : 'cV_(m * p)).
Let x : 'cV_p := u0 at_x.
Let b : 'cV_m := u0 at_b.
Let V := matrix (u0 at_V : 'cV_(K * m)).
Let gamma : 'cV_K := u0 at_gamma.

Lemma at_leaf i : leaf i -> u i = u0 i.
Proof. exact: forward_leaf (@network_acyclic) (@network_local _ _ _ _ _) _ _. Qed.

Lemma at_inner i : ~~ leaf i -> u i = network i u.
Proof. exact: forward_inner (@network_acyclic) (@network_local _ _ _ _ _) _ _. Qed.

Lemma value_z : u at_z = pre_features W x b.
Proof. by rewrite at_inner // /network_function /= /layer /= !at_leaf. Qed.

Lemma value_h : u at_h = features W x b.
Proof. by rewrite at_inner // /network_function /= value_z. Qed.

Lemma value_l : u at_l = scores W x b V gamma.
Proof. by rewrite at_inner // /network_function /= /layer /= value_h !at_leaf. Qed.

Lemma value_q : u at_q = log_softmax (scores W x b V gamma).
Proof. by rewrite at_inner // /network_function /= value_l. Qed.

Theorem forward_pass_computes_the_loss : u (out 9) = (loss W x b V gamma)%:M.
Proof.
by rewrite -/at_o at_inner // /network_function /= value_q log_softmax_is_ln_softmax.
Qed.

(* L8.  The backward pass, vertex by vertex. *)
Variable p0 : forall i : 'I_10, 'M[R]_(network_size p m n (out 9), network_size p m n i).
Hypothesis seed : p0 (out 9) = 1%:M.
Notation D := (network_D dg y u).
Notation adjoint := (backward network_edges D p0).

Lemma one_child j i : j != out 9 -> network_edges j =1 pred1 i -> adjoint j = adjoint i *m D j i.
Proof.
move=> j_out child; rewrite (recursion_holds_after_the_loop _ network_acyclic) // (eq_bigl _ _ child).
exact: big_pred1_eq.
Qed.

Lemma adjoint_o : adjoint at_o = 1%:M.
Proof.
have listed := all_paths_listed network_acyclic at_o at_o.
by rewrite (theorem2 _ network_acyclic _ listed) (path_sum_of_itself _ network_acyclic listed) mulmx1 seed.
Qed.

Lemma adjoint_q : adjoint at_q = - delta_mx 0 y.
Proof. by rewrite (@one_child _ at_o) ?adjoint_o ?mul1mx //; move=> i; elim/each_vertex: i. Qed.

Lemma adjoint_l : adjoint at_l = score_error W x b V gamma.
Proof.
rewrite (@one_child _ at_q) ?adjoint_q //; last by move=> i; elim/each_vertex: i.
rewrite /network_D /= value_l mulNmx -rowE; apply/matrixP => i k; rewrite !mxE {i}.
by rewrite opprB eq_sym.
Qed.

Lemma adjoint_gamma : adjoint at_gamma = score_error W x b V gamma.
Proof. by rewrite (@one_child _ at_l) ?adjoint_l ?mulmx1 //; move=> i; elim/each_vertex: i. Qed.

Lemma adjoint_V : adjoint at_V = mxvec (\matrix_(k, i) (score_error W x b V gamma ord0 k * features W x b i ord0)).
Proof.
rewrite (@one_child _ at_l) ?adjoint_l //; last by move=> i; elim/each_vertex: i.
apply/matrixP => i c; rewrite ord1 {i}; case/mxvec_indexP: c => k i.
rewrite mxvecE [RHS]mxE mxE (bigD1 k) //= big1 => [|k' /negbTE kk].
  by rewrite [X in _ * X]mxE row_of_index column_of_index eqxx mul1r addr0 /l_operands value_h.
by rewrite [X in _ * X]mxE row_of_index kk mul0r mulr0.
Qed.

Lemma adjoint_h : adjoint at_h = score_error W x b V gamma *m V.
Proof. by rewrite (@one_child _ at_l) ?adjoint_l /network_D /layer_jacobian /= ?at_leaf //; move=> i; elim/each_vertex: i. Qed.

Lemma adjoint_z : adjoint at_z = feature_error W x b V gamma.
Proof.
rewrite (@one_child _ at_h) ?adjoint_h //; last by move=> i; elim/each_vertex: i.
apply/matrixP => z i; rewrite ord1 {z} [RHS]mxE mxE (bigD1 i) //= big1 => [|k /negbTE ki].
  by rewrite /network_D /= value_z [X in _ * X]mxE eqxx mul1r addr0.
by rewrite /network_D /= [X in _ * X]mxE ki mul0r mulr0.
Qed.

Lemma adjoint_b : adjoint at_b = feature_error W x b V gamma.
Proof. by rewrite (@one_child _ at_z) ?adjoint_z ?mulmx1 //; move=> i; elim/each_vertex: i. Qed.

Lemma adjoint_x : adjoint at_x = feature_error W x b V gamma *m W.
Proof. by rewrite (@one_child _ at_z) ?adjoint_z /network_D /layer_jacobian /= ?at_leaf //; move=> i; elim/each_vertex: i. Qed.

Lemma adjoint_W : adjoint at_W = mxvec (\matrix_(i, j) (feature_error W x b V gamma ord0 i * x j ord0)).
Proof.
rewrite (@one_child _ at_z) ?adjoint_z //; last by move=> i; elim/each_vertex: i.
apply/matrixP => z c; rewrite ord1 {z}; case/mxvec_indexP: c => i j.
rewrite mxvecE [RHS]mxE mxE (bigD1 i) //= big1 => [|k /negbTE ki].
  by rewrite [X in _ * X]mxE row_of_index column_of_index eqxx mul1r addr0 /z_operands at_leaf.
by rewrite [X in _ * X]mxE row_of_index ki mul0r mulr0.
Qed.

End Values.

(* ------------------------------------------------------------------ the gradient, without a graph *)

Section Theorems.
Variables (W : 'M[R]_(m, p)) (x : 'cV[R]_p) (b : 'cV[R]_m) (V : 'M[R]_(K, m)) (gamma : 'cV[R]_K).
Notation given := (leaf_values W x b V gamma).
Notation e := (score_error W x b V gamma).
Notation f := (feature_error W x b V gamma).

(* The loss, of what stands at the leaves. *)
Let loss_at (u0 : forall i : 'I_10, 'cV[R]_(network_size p m n i)) : R :=
  loss (matrix (u0 at_W : 'cV_(m * p))) (u0 at_x) (u0 at_b) (matrix (u0 at_V : 'cV_(K * m))) (u0 at_gamma).
Let ones (i : 'I_10) : 'M[R]_(network_size p m n (out 9), network_size p m n i) := const_mx 1.

Lemma ones_at_out : ones (out 9) = 1%:M.
Proof. by apply/matrixP => i j; rewrite !ord1 !mxE. Qed.

(* What stands at the leaves, read as matrices again. *)
Lemma given_W : matrix (given at_W : 'cV_(m * p)) = W.
Proof. exact: vectorK. Qed.

Lemma given_V : matrix (given at_V : 'cV_(K * m)) = V.
Proof. exact: vectorK. Qed.

Lemma unmoved (j : 'I_10) (w : 'cV[R]_(network_size p m n j)) (k : 'I_10) : k != j -> write given w k = given k.
Proof. exact: write_other. Qed.

(* One leaf moves, the others stay: what the backward pass leaves there is the derivative of the loss in it alone. *)
Lemma derivative_in_leaf (j : 'I_10) (J : 'M[R]_(1, network_size p m n j)) (phi : 'cV[R]_(network_size p m n j) -> R) :
  leaf j -> backward network_edges (network_D dg y (run given)) ones j = J ->
  (forall w : 'cV[R]_(network_size p m n j), loss_at (write given w) = phi w) ->
  is_jacobian (fun w => (phi w)%:M) (given j) J.
Proof.
move=> leaf_j <- phi_loss; have D := @network_derivative p m n g dg y g_derivative given j ones leaf_j ones_at_out.
have same (w : 'cV[R]_(network_size p m n j)) : run (write given w) (out 9) = (phi w)%:M.
  by rewrite -phi_loss; apply: forward_pass_computes_the_loss.
have D' := jacobian_eq same D; exact D'.
Qed.

(* L5, L9.  The derivative of the loss in gamma, in V, in b, in W, and in the input x. *)
Theorem gradient_in_gamma : is_jacobian (fun w : 'cV_K => (loss W x b V w)%:M) gamma e.
Proof.
apply: (@derivative_in_leaf at_gamma) => // [|w]; first by rewrite (adjoint_gamma given ones_at_out) given_W given_V.
by rewrite /loss_at write_same (unmoved w (isT : at_W != at_gamma)) (unmoved w (isT : at_x != at_gamma))
  (unmoved w (isT : at_b != at_gamma)) (unmoved w (isT : at_V != at_gamma)) ?given_W ?given_V.
Qed.

Theorem gradient_in_V : is_jacobian (fun w : 'cV_(K * m) => (loss W x b (matrix w) gamma)%:M)
  (vector V) (mxvec (\matrix_(k, i) (e ord0 k * features W x b i ord0))).
Proof.
apply: (@derivative_in_leaf at_V) => // [|w]; first by rewrite (adjoint_V given ones_at_out) given_W given_V.
by rewrite /loss_at write_same (unmoved w (isT : at_W != at_V)) (unmoved w (isT : at_x != at_V))
  (unmoved w (isT : at_b != at_V)) (unmoved w (isT : at_gamma != at_V)) ?given_W ?given_V.
Qed.

Theorem gradient_in_b : is_jacobian (fun w : 'cV_m => (loss W x w V gamma)%:M) b f.
Proof.
apply: (@derivative_in_leaf at_b) => // [|w]; first by rewrite (adjoint_b given ones_at_out) given_W given_V.
by rewrite /loss_at write_same (unmoved w (isT : at_W != at_b)) (unmoved w (isT : at_x != at_b))
  (unmoved w (isT : at_V != at_b)) (unmoved w (isT : at_gamma != at_b)) ?given_W ?given_V.
Qed.

Theorem gradient_in_W : is_jacobian (fun w : 'cV_(m * p) => (loss (matrix w) x b V gamma)%:M)
  (vector W) (mxvec (\matrix_(i, j) (f ord0 i * x j ord0))).
Proof.
apply: (@derivative_in_leaf at_W) => // [|w]; first by rewrite (adjoint_W given ones_at_out) given_W given_V.
by rewrite /loss_at write_same (unmoved w (isT : at_x != at_W)) (unmoved w (isT : at_b != at_W))
  (unmoved w (isT : at_V != at_W)) (unmoved w (isT : at_gamma != at_W)) ?given_W ?given_V.
Qed.

Theorem gradient_in_x : is_jacobian (fun w : 'cV_p => (loss W w b V gamma)%:M) x (f *m W).
Proof.
apply: (@derivative_in_leaf at_x) => // [|w]; first by rewrite (adjoint_x given ones_at_out) given_W given_V.
by rewrite /loss_at write_same (unmoved w (isT : at_W != at_x)) (unmoved w (isT : at_b != at_x))
  (unmoved w (isT : at_V != at_x)) (unmoved w (isT : at_gamma != at_x)) ?given_W ?given_V.
Qed.

(* With f(k) the matrix that has the features in row k and 0 elsewhere: minus f(y), plus the mean of f under p. *)
Definition label_features (k : 'I_K) : 'M[R]_(K, m) := \matrix_(k', i) ((k' == k)%:R * features W x b i ord0).

Theorem gradient_in_V_is_mean_features_minus_features :
  is_jacobian (fun w : 'cV_(K * m) => (loss W x b (matrix w) gamma)%:M) (vector V)
    (mxvec (\sum_k probability W x b V gamma k *: label_features k - label_features y)).
Proof.
have := gradient_in_V; congr (is_jacobian _ _ (mxvec _)); apply/matrixP => k i.
rewrite [LHS]mxE [RHS]mxE summxE [(- label_features y) k i]mxE [label_features y k i]mxE [score_error _ _ _ _ _ _ _]mxE mulrBl.
congr (_ - _); rewrite (bigD1 k) //= big1 => [|k' kk]; first by rewrite !mxE eqxx mul1r addr0.
by rewrite mxE [label_features k' k i]mxE [k == k']eq_sym (negbTE kk) mul0r mulr0.
Qed.

End Theorems.
End Gradient.

(* With tanh as the transfer function: nothing is left as a hypothesis. *)
Corollary tanh_network_gradient_in_W p m n (y : 'I_n.+1) (W : 'M[R]_(m, p)) (x : 'cV[R]_p) (b : 'cV[R]_m)
    (V : 'M[R]_(n.+1, m)) (gamma : 'cV[R]_n.+1) :
  is_jacobian (fun w : 'cV_(m * p) => (loss tanh y (matrix w) x b V gamma)%:M) (vector W)
    (mxvec (\matrix_(i, j) (feature_error tanh (fun z : R => 1 - tanh z ^+ 2) y W x b V gamma ord0 i * x j ord0))).
Proof. exact: gradient_in_W tanh_derivative W x b V gamma. Qed.
