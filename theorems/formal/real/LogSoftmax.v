(* Log-softmax, by Theorem 1.                                                                  (lecture: L4, L15)

   LS_k(l) = l_k - ln (sum of exp l_k' over all k').  As a graph, with one local function for every vertex:

       vertex 0: l        1: a = exp l        2: s = the sum of a        3: c = ln s        4: q = l - c

   Two paths lead from l to q: the edge l -> q, and l -> a -> s -> c -> q.  Theorem 1 says that the Jacobian is the sum
   of the products of the local Jacobians along these two; worked out, it is the matrix of the lecture, with the
   entries [k = k'] - exp l_k' / (sum of exp l).  The number of entries is any number above 0.

   Reading guide, beyond Elementary.v
     const_mx 1     the matrix of ones; const_mx 1 *m a is the sum of a, as a vector with one entry
     \col_k x k     the vector with the entries x k *)

Require Import Reals.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.analysis Require Import Rstruct.
Require Import BackproofFormal.Derivative BackproofFormal.ChainRule BackproofFormal.Vertices.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum BackproofFormal.Analysis.
Require Import BackproofFormal.real.Calculus BackproofFormal.real.Elementary.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section LogSoftmax.
Variable n : nat.
Notation K := n.+1.

(* L4.  The function, and the matrix that is to be shown its Jacobian. *)
Definition sum_exp (l : 'cV[R]_K) : R := \sum_k exp (l k ord0).
Definition log_softmax (l : 'cV[R]_K) : 'cV[R]_K := \col_k (l k ord0 - ln (sum_exp l)).
Definition softmax (l : 'cV[R]_K) (k : 'I_K) : R := (exp (l k ord0) / sum_exp l)%R.
Definition log_softmax_jacobian_matrix (l : 'cV[R]_K) : 'M[R]_K := \matrix_(k, k') ((k == k')%:R - softmax l k').

Lemma sum_exp_gt0 l : 0 < sum_exp l.
Proof.
rewrite /sum_exp big_ord_recl ltr_paddr ?exp_gt0 ?sumr_ge0 // => k _; exact: ltW (exp_gt0 _).
Qed.

(* ------------------------------------------------------------------ the graph *)

Notation V := 'I_5.
Definition ls_l : V := Ordinal (isT : (0 < 5)%N).
Definition ls_a : V := Ordinal (isT : (1 < 5)%N).
Definition ls_s : V := Ordinal (isT : (2 < 5)%N).
Definition ls_c : V := Ordinal (isT : (3 < 5)%N).
Definition ls_q : V := Ordinal (isT : (4 < 5)%N).

Definition ls_edges : rel V := fun i j => (i, j) \in [:: (ls_l, ls_a); (ls_a, ls_s); (ls_s, ls_c); (ls_c, ls_q); (ls_l, ls_q)].
Definition ls_leaf : pred V := pred1 ls_l.
Definition ls_size (i : nat) : nat := match i with 2 | 3 => 1%N | _ => K end.

Implicit Type v : forall i : V, 'cV[R]_(ls_size i).

Definition ls_function (i : V) v : 'cV[R]_(ls_size i) :=
  match val i as k return 'cV[R]_(ls_size k) with
  | 1 => map_mx exp (v ls_l)
  | 2 => const_mx 1 *m v ls_a
  | 3 => map_mx ln (v ls_s)
  | 4 => v ls_l - const_mx 1 *m v ls_c
  | _ => 0
  end.

(* The local Jacobians, at the values v. *)
Definition ls_D v (i j : V) : 'M[R]_(ls_size j, ls_size i) :=
  match val i as a, val j as b return 'M[R]_(ls_size b, ls_size a) with
  | 0, 1 => \matrix_(k, k') ((k == k')%:R * exp (v ls_l k ord0))
  | 1, 2 => const_mx 1
  | 2, 3 => \matrix_(k, k') ((k == k')%:R * (v ls_s k ord0)^-1)
  | 3, 4 => - const_mx 1
  | 0, 4 => 1%:M
  | _, _ => 0
  end.

(* What holds of each vertex holds of all. *)
Lemma each_ls_vertex (P : V -> Prop) : P ls_l -> P ls_a -> P ls_s -> P ls_c -> P ls_q -> forall i, P i.
Proof.
move=> Pl Pa Ps Pc Pq i; have : i \in [:: ls_l; ls_a; ls_s; ls_c; ls_q] by case: i; do 5!case=> //.
by rewrite !inE; do 4!(case/orP=> [/eqP-> //|]); move/eqP->.
Qed.

Lemma ls_acyclic : acyclic ls_edges.
Proof. by move=> i; elim/each_ls_vertex: i => j; elim/each_ls_vertex: j. Qed.

Lemma ls_rootless : leaves_have_no_parents ls_edges ls_leaf.
Proof. by move=> i; elim/each_ls_vertex: i => j; elim/each_ls_vertex: j. Qed.

(* The values of all vertices, when l has the value x; the last of them is log-softmax. *)
Definition ls_values (x : 'cV[R]_K) (i : V) : 'cV[R]_(ls_size i) :=
  match val i as k return 'cV[R]_(ls_size k) with
  | 0 => x
  | 1 => map_mx exp x
  | 2 => (sum_exp x)%:M
  | 3 => (ln (sum_exp x))%:M
  | 4 => log_softmax x
  | _ => 0
  end.

Lemma ls_values_right x i : ~~ ls_leaf i -> ls_values x i = ls_function i (ls_values x).
Proof.
elim/each_ls_vertex: i => // _; rewrite /ls_values /ls_function /=; apply/matrixP => k z; rewrite ?ord1 {z} !mxE /=.
- by rewrite mulr1n; apply: eq_bigr => k' _; rewrite !mxE mul1r.
- by rewrite !mulr1n.
by rewrite big_ord1 !mxE mul1r mulr1n.
Qed.

(* ------------------------------------------------------------------ the local Jacobians are right *)

Lemma ls_partials x i : ~~ ls_leaf i ->
  is_partials (fun j => ls_edges j i) (ls_function i) (ls_values x) (fun j => ls_D (ls_values x) j i).
Proof.
elim/each_ls_vertex: i => // _.
- apply: (@jacobian_in_graph _ _ _ _ _ ls_l (map_mx exp)) => [j|]; [by elim/each_ls_vertex: j | exact: exp_jacobian].
- apply: (@jacobian_in_graph _ _ _ _ _ ls_a (fun a : 'cV_K => const_mx 1 *m a)) => [j|]; first by elim/each_ls_vertex: j.
  by apply: jacobian_eq (jacobian_affine _ 0 _) => y; rewrite addr0.
- apply: (@jacobian_in_graph _ _ _ _ _ ls_s (map_mx ln)) => [j|]; [by elim/each_ls_vertex: j | apply: ln_jacobian => k].
  by rewrite /ls_values /= mxE ord1 mulr1n sum_exp_gt0.
have := @affine_partials _ _ (fun j => ls_edges j ls_q) (fun j => ls_size j) K (fun j => ls_D (ls_values x) j ls_q) 0 (ls_values x).
apply: partials_eq => // v; rewrite addr0 (bigD1 ls_l) //= (bigD1 ls_c) //= big1 ?addr0 => [|j]; last by elim/each_ls_vertex: j.
by rewrite /ls_D /= mul1mx mulNmx.
Qed.

(* ------------------------------------------------------------------ Theorem 1 *)

(* L15.  The two paths from l to q. *)
Definition ls_paths : seq (seq V) := [:: [:: ls_q]; [:: ls_a; ls_s; ls_c; ls_q]].

Lemma ls_paths_listed : lists_paths ls_edges ls_l ls_q ls_paths.
Proof.
split=> // p; rewrite !inE; apply/orP/idP => [[/eqP->|/eqP->] //|].
case: p => // i p; rewrite -topredE /is_path /=; elim/each_ls_vertex: i => //.
  case: p => // i p /=; elim/each_ls_vertex: i => //; case: p => // i p /=; elim/each_ls_vertex: i => //.
  case: p => // i p /=; elim/each_ls_vertex: i => //; case: p => [|i p]; [by right | by elim/each_ls_vertex: i].
by case: p => [|i p]; [left | elim/each_ls_vertex: i].
Qed.

(* L4, by THEOREM 1.  The Jacobian of log-softmax is the sum over these two paths ... *)
Theorem log_softmax_path_sum x : is_jacobian log_softmax x (path_sum (ls_D (ls_values x)) ls_l ls_q ls_paths).
Proof.
have others y k : ls_leaf k -> k != ls_l -> ls_values y k = ls_values x k by move=> /eqP->; rewrite eqxx.
exact: (@theorem1 _ _ _ _ _ (ls_D (ls_values x)) _ ls_acyclic ls_rootless ls_l ls_values x (eqxx _) _ others ls_values_right
  (@ls_partials x) ls_q _ ls_paths_listed).
Qed.

(* ... and this is the matrix of the lecture. *)
Theorem ls_path_sum_is_the_lectures x : path_sum (ls_D (ls_values x)) ls_l ls_q ls_paths = log_softmax_jacobian_matrix x.
Proof.
rewrite /path_sum big_cons big_seq1 /= !identity_same mul1mx /ls_D /= mul1mx !mulNmx; apply/matrixP => k k'.
rewrite !mxE; congr (_ - _); rewrite (bigD1 k') //= big1 ?addr0 => [|j /negbTE jk]; last first.
  by rewrite [X in _ * X]mxE jk mul0r mulr0.
rewrite [X in _ * X]mxE eqxx mul1r !mxE big_ord1 !mxE big_ord1 !mxE eqxx mulr1n !mul1r mulr1.
by rewrite mulr1n mulrC.
Qed.

(* L4. *)
Theorem log_softmax_jacobian x : is_jacobian log_softmax x (log_softmax_jacobian_matrix x).
Proof. by rewrite -ls_path_sum_is_the_lectures; apply: log_softmax_path_sum. Qed.

(* Log-softmax is the logarithm of softmax, and the entries of softmax sum to 1. *)
Theorem log_softmax_is_ln_softmax x k : log_softmax x k ord0 = ln (softmax x k).
Proof. by rewrite mxE /softmax ln_quotient ?exp_gt0 ?sum_exp_gt0 // lnK. Qed.

Theorem softmax_sums_to_one x : \sum_k softmax x k = 1.
Proof. by rewrite -mulr_suml divff // gt_eqF ?sum_exp_gt0. Qed.

End LogSoftmax.
