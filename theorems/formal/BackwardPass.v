(* Theorem 2: the backward pass computes the sums over paths.                           (lecture: L14, L16)

   After the loop p_j = \sum_(i | e j i) p_i D_{j->i}, for j = n-1, ..., 0, the value at every vertex j is

        p_j   =   p_out   times   the sum, over all paths from j to the output, of the products of Jacobians.

   This holds over every ring, for all dimensions, for every list of the paths, and whatever stands in the
   memory before the loop, except at the output.  The order need not be n-1, ..., 0: every order will do in
   which a vertex comes after all its children. *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section Memory.
Variables (vertex : eqType) (T : vertex -> Type).

Lemma write_same (memory : forall j, T j) j (x : T j) : write memory x j = x.
Proof. by rewrite /write; case: eqP => // jj; rewrite eq_axiomK. Qed.

Lemma write_other (memory : forall j, T j) j (x : T j) k : k != j -> write memory x k = memory k.
Proof. by rewrite /write eq_sym; case: eqP. Qed.

End Memory.

Section BackwardPass.
Variables (n : nat) (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (R : ringType) (D : forall j i : 'I_n.+1, 'M[R]_(d i, d j)).
Notation vertex := 'I_n.+1.
Notation out := (out n).
Hypothesis topological : acyclic e.

(* An order is good when no vertex is written twice, and each is written after all its children; `before`
   lists what is written already. *)
Fixpoint children_first (before order : seq vertex) : Prop :=
  if order is j :: later then
    [/\ j \notin before, forall i, e j i -> i \in before & children_first (j :: before) later]
  else True.

(* L14.  The order of the lecture, n-1, ..., 0, is good. *)
Lemma descending_order_is_good : children_first [:: out] [seq inord j | j <- rev (iota 0 n)].
Proof.
suff good m before : (m <= n)%N -> (forall i : vertex, (i \in before) = (m <= i)%N) ->
    children_first before [seq inord j | j <- rev (iota 0 m)].
  apply: good => // i; rewrite inE; apply/eqP/idP => [-> //|n_le]; apply/val_inj/eqP => /=.
  by rewrite eqn_leq n_le -ltnS ltn_ord.
elim: m before => // m IH before m_lt written.
have -> : iota 0 m.+1 = rcons (iota 0 m) m by rewrite -cats1 -addn1 iotaD.
rewrite rev_rcons /=; have m_val : val (inord m : vertex) = m by rewrite /= inordK // ltnW.
split=> [|i /topological|]; first by rewrite written m_val ltnn.
  by rewrite written m_val.
apply: IH => [|i]; first exact: ltnW.
by rewrite inE written -val_eqE /= m_val eq_sym [RHS]leq_eqVlt.
Qed.

Section Values.
Variables (r : nat) (p0 : forall j, 'M[R]_(r, d j)).
Implicit Type p : forall j, 'M[R]_(r, d j).

(* What is to be shown of p_j: it is p_out times the sum over the paths from j to the output. *)
Definition is_right (p : forall j, 'M[R]_(r, d j)) (j : vertex) : Prop :=
  p j = p0 out *m path_sum D j out (all_paths e j out).

(* L16 (1).  The adjoint of j, once written, is the sum over its children of their adjoints times D. *)
Lemma theorem2_step1_recursion p j : backward_turn e D p j j = \sum_(i | e j i) p i *m D j i.
Proof. exact: write_same. Qed.

(* L16 (2).  By the induction hypothesis the adjoints of the children are their sums over paths. *)
Lemma theorem2_step2_induction_hypothesis p j : (forall i, e j i -> is_right p i) ->
  \sum_(i | e j i) p i *m D j i = \sum_(i | e j i) (p0 out *m path_sum D i out (all_paths e i out)) *m D j i.
Proof. by move=> right; apply: eq_bigr => i ji; rewrite right. Qed.

(* L16 (3).  And these are together the sum over the paths from j. *)
Lemma theorem2_step3_sum_by_first_edge j : j != out ->
  \sum_(i | e j i) (p0 out *m path_sum D i out (all_paths e i out)) *m D j i =
  p0 out *m path_sum D j out (all_paths e j out).
Proof.
move=> j_out; have listed := all_paths_listed topological.
rewrite (path_sum_by_first_edge D j_out (listed _ _) (fun i _ => listed i out)) mulmx_sumr.
by apply: eq_bigr => i _; rewrite mulmxA.
Qed.

(* L14.  The loop invariant: what is written is right, and stays so after another turn. *)
Lemma loop_invariant p before j : out \in before -> j \notin before -> (forall i, e j i -> i \in before) ->
  (forall i, i \in before -> is_right p i) -> forall i, i \in j :: before -> is_right (backward_turn e D p j) i.
Proof.
move=> out_before j_before children right i; rewrite inE; have [-> _|ij /= i_before] := eqVneq i j.
  rewrite /is_right theorem2_step1_recursion theorem2_step2_induction_hypothesis => [|c jc].
    by apply: theorem2_step3_sum_by_first_edge; apply: contraNneq j_before => ->.
  exact/right/children.
by rewrite /is_right /backward_turn write_other // right.
Qed.

Lemma backward_over_right order before p : out \in before -> children_first before order ->
  (forall i, i \in before -> is_right p i) ->
  forall j, (j \in before) || (j \in order) -> is_right (backward_over e D p order) j.
Proof.
elim: order before p => [|k later IH] before p out_before; first by move=> _ right j; rewrite orbF => /right.
case=> k_before children good right j j_in; apply: (IH (k :: before)) => //=.
- by rewrite inE out_before orbT.
- exact: loop_invariant.
by move: j_in; rewrite !inE; case: (j == k); rewrite ?orbT //= ?orbF.
Qed.

Lemma out_right : is_right p0 out.
Proof. by rewrite /is_right (path_sum_of_itself D topological (all_paths_listed topological out out)) mulmx1. Qed.

(* THEOREM 2, for any order in which every vertex comes after its children. *)
Theorem theorem2_any_order order j L : children_first [:: out] order -> (j == out) || (j \in order) ->
  lists_paths e j out L -> backward_over e D p0 order j = p0 out *m path_sum D j out L.
Proof.
move=> good j_in listed; have -> : path_sum D j out L = path_sum D j out (all_paths e j out).
  by apply: perm_big; apply: lists_paths_perm listed (all_paths_listed topological j out).
apply: (@backward_over_right order [:: out]) => //; rewrite ?inE //.
by move=> i; rewrite inE => /eqP->; apply: out_right.
Qed.

(* L16, THEOREM 2.  The backward pass leaves at every vertex the sum over all paths to the output. *)
Theorem theorem2 j L : lists_paths e j out L -> backward e D p0 j = p0 out *m path_sum D j out L.
Proof.
apply: theorem2_any_order; first exact: descending_order_is_good.
have [//|j_out] := eqVneq j out; apply/mapP; exists (val j); last by rewrite inord_val.
rewrite mem_rev mem_iota /= add0n ltn_neqAle -ltnS ltn_ord andbT.
by apply: contra j_out => /eqP j_n; apply/eqP/val_inj.
Qed.

(* After L14.  Any two such orders give the same adjoints. *)
Corollary any_topological_order order1 order2 j :
  children_first [:: out] order1 -> children_first [:: out] order2 -> j \in order1 -> j \in order2 ->
  backward_over e D p0 order1 j = backward_over e D p0 order2 j.
Proof.
move=> good1 good2 in1 in2; have listed := all_paths_listed topological j out.
by rewrite !(theorem2_any_order _ _ listed) ?in1 ?in2 ?orbT.
Qed.

(* After L16.  A vertex without a path to the output has adjoint zero. *)
Corollary unreachable_is_zero j : (forall s, ~~ is_path e j out s) -> backward e D p0 j = 0.
Proof.
move=> none; have listed := all_paths_listed topological j out.
by rewrite (theorem2 listed) (path_sum_unreachable D listed none) mulmx0.
Qed.

(* After L16.  The equations of the loop hold when it is over: p_j is the sum of p_i D_{j->i}. *)
Corollary recursion_holds_after_the_loop j : j != out ->
  backward e D p0 j = \sum_(i | e j i) backward e D p0 i *m D j i.
Proof.
move=> j_out; have listed k := all_paths_listed topological k out.
rewrite (theorem2 (listed j)) -(theorem2_step3_sum_by_first_edge j_out).
by apply: eq_bigr => i _; rewrite (theorem2 (listed i)).
Qed.

End Values.

(* After L14.  Adjoints are linear in p_out: those for A p + B q are A times those for p plus B times those
   for q. *)
Corollary linear_in_the_seed r s t (A : 'M[R]_(s, r)) (B : 'M[R]_(s, t))
    (p : forall j, 'M[R]_(r, d j)) (q : forall j, 'M[R]_(t, d j)) j :
  backward e D (fun i => A *m p i + B *m q i) j = A *m backward e D p j + B *m backward e D q j.
Proof.
by rewrite !(theorem2 _ (all_paths_listed topological j out)) mulmxDl !mulmxA.
Qed.

End BackwardPass.

(* After L16.  Counting: with every Jacobian the number 1, the backward pass counts the paths. *)
Theorem counts_paths n (e : rel 'I_n.+1) (R : ringType) j L : acyclic e -> lists_paths e j (out n) L ->
  backward e (d := fun _ => 1%N) (fun _ _ => 1%:M) (fun _ => 1%:M) j = (size L)%:R%:M :> 'M[R]_1.
Proof.
move=> topological listed; rewrite (theorem2 _ topological _ listed) mul1mx /path_sum.
rewrite big_seq (eq_bigr (fun _ => 1%:M)) => [|s s_in]; last first.
  case: listed => _ L_mem; move: s_in; rewrite L_mem => /andP[_ /eqP].
  elim: s j {L_mem} => [|i s IH] j /=; first by move=> ->; rewrite identity_same.
  by move=> /IH ->; rewrite mulmx1.
rewrite -big_seq big_const_seq count_predT.
by elim: (size L) => [|m IH]; rewrite ?raddf0 //= IH -raddfD /= -mulrS.
Qed.

(* After L14.  Forward and backward agree on every direction v: pushing v through the edges to the output and
   pairing it with p_out gives what pulling p_out back to the leaf and pairing it with v gives.  Here v_k is
   the movement of vertex k when leaf j alone moves, by v_j: it moves with its parents, by their Jacobians. *)
Section Pairing.
Variables (n : nat) (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (R : ringType) (D : forall j i : 'I_n.+1, 'M[R]_(d i, d j)).
Hypothesis topological : acyclic e.
Variables (j : 'I_n.+1) (m : nat) (v : forall k, 'M[R]_(d k, m)).
Hypothesis moves_with_parents : forall k, k != j -> v k = \sum_(a | e a k) D a k *m v a.

Lemma movement_is_path_sum k L : lists_paths e j k L -> v k = path_sum D j k L *m v j.
Proof.
have [b] := ubnP (val k); elim: b k L => // b IH k L k_lt listed.
have [kj|kj] := eqVneq k j.
  by case: _ / kj L listed => L listed; rewrite (path_sum_of_itself D topological listed) mul1mx.
have listed_to a (_ : e a k) := all_paths_listed topological j a.
rewrite moves_with_parents // (path_sum_by_last_edge D _ listed listed_to) 1?eq_sym // mulmx_suml.
apply: eq_bigr => a ak; rewrite -mulmxA -IH //; last exact: listed_to ak.
by apply: leq_trans (topological ak) _; rewrite -ltnS.
Qed.

Theorem pairing r (p0 : forall j, 'M[R]_(r, d j)) : p0 (out n) *m v (out n) = backward e D p0 j *m v j.
Proof.
have listed := all_paths_listed topological j (out n).
by rewrite (theorem2 D topological p0 listed) (movement_is_path_sum listed) mulmxA.
Qed.

End Pairing.
