(* Splitting a sum over paths.                                                (lecture: L15, L16)

   Both proofs of the lecture split the paths from j to k by one edge: Theorem 1 by the last edge, Theorem 2
   by the first.  Each splitting is two facts: a product along a longer path is a product along a shorter
   path times one matrix; and the shorter paths, each made longer by its edge, are all the paths, once each.

   Reading guide, beyond Definitions.v
     i :: s          the list s with i put in front:   the path s from i, after the edge to i
     rcons s k       the list s with k put at its end: the path s, before the edge to k
     flatten         several lists put together into one
     lists_paths e j k L     L lists the paths from j to k, each once *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Definitions BackproofFormal.PathList.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section PathSum.
Variables (n : nat) (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (R : ringType) (D : forall j i : 'I_n.+1, 'M[R]_(d i, d j)).
Notation vertex := 'I_n.+1.
Hypothesis topological : acyclic e.

Lemma identity_same j : identity d R j j = 1%:M.
Proof. by rewrite /identity; case: eqP => // jj; rewrite eq_axiomK. Qed.

Lemma identity_other j k : j != k -> identity d R j k = 0.
Proof. by rewrite /identity; case: eqP. Qed.

(* ------------------------------------------------------------------ by the first edge *)

(* L16 (3).  The first edge moves into the path: the product along j -> i -> ... -> k is the product along
   i -> ... -> k times D_{j->i}. *)
Lemma theorem2_step3_first_edge_moves_in j i s k : product D j (i :: s) k = product D i s k *m D j i.
Proof. by []. Qed.

(* L16 (3).  The first edges part the paths: made longer by their first edges, the paths from the children
   of j are the paths from j; the empty path is one of them only if j is k. *)
Lemma theorem2_step3_first_edges_part j k (L_from : vertex -> seq (seq vertex)) :
  j != k -> (forall i, e j i -> lists_paths e i k (L_from i)) ->
  lists_paths e j k (flatten [seq [seq i :: s | s <- L_from i] | i <- enum vertex & e j i]).
Proof.
move=> jk listed; split.
  have : uniq [seq i <- enum vertex | e j i] by rewrite filter_uniq ?enum_uniq.
  have : all (fun i => e j i) [seq i <- enum vertex | e j i] by rewrite filter_all.
  elim: [seq i <- enum vertex | _] => //= i r IHr /andP[ji r_ok] /andP[i_r /(IHr r_ok) r_uniq].
  rewrite cat_uniq r_uniq andbT map_inj_uniq => [|? ? []] //; have [-> _] := listed i ji.
  apply/hasPn => p /flattenP[s /mapP[c c_r ->]] /mapP[q _ ->]; apply/negP => /mapP[q' _ [ci _]].
  by rewrite -ci c_r in i_r.
move=> s; rewrite -[RHS]/(is_path e j k s); case: s => [|i s].
  rewrite /is_path /= (negbTE jk); apply/negP => /flattenP[t /mapP[i _ ->]].
  by case/mapP.
apply/flattenP/idP => [[t /mapP[c]]|].
  rewrite mem_filter => /andP[jc _] -> /mapP[q]; have [_ ->] := listed c jc.
  by move=> /andP[cq lq] [-> ->]; rewrite /is_path /= jc cq lq.
case/andP=> /andP[ji is_] ls; exists [seq i :: q | q <- L_from i].
  by apply/mapP; exists i => //; rewrite mem_filter ji mem_enum.
by apply: map_f; have [_ ->] := listed i ji; apply/andP.
Qed.

(* Hence the sum over the paths from j splits by the first edge. *)
Theorem path_sum_by_first_edge j k L (L_from : vertex -> seq (seq vertex)) :
  j != k -> lists_paths e j k L -> (forall i, e j i -> lists_paths e i k (L_from i)) ->
  path_sum D j k L = \sum_(i | e j i) path_sum D i k (L_from i) *m D j i.
Proof.
move=> jk listed listed_from; rewrite /path_sum.
rewrite (perm_big _ (lists_paths_perm listed (theorem2_step3_first_edges_part jk listed_from))) /=.
rewrite big_flatten big_map big_filter big_enum_cond /=.
by apply: eq_bigr => i _; rewrite big_map mulmx_suml.
Qed.

(* ------------------------------------------------------------------ by the last edge *)

(* L15 (3).  The last edge moves into the path: the product along j -> ... -> a -> k is D_{a->k} times the
   product along j -> ... -> a. *)
Lemma theorem1_step3_last_edge_moves_in j s k : product D j (rcons s k) k = D (last j s) k *m product D j s (last j s).
Proof. by elim: s j => [|i s IH] j /=; rewrite ?identity_same ?mul1mx ?mulmx1 // IH mulmxA. Qed.

(* L15 (4).  The last edges part the paths: the sets P(j, a, k) of the paths from j to k whose last edge
   comes from a are disjoint, and together they are P(j, k). *)
Lemma theorem1_step4_last_edges_part j k (L_to : vertex -> seq (seq vertex)) :
  j != k -> (forall a, e a k -> lists_paths e j a (L_to a)) ->
  lists_paths e j k (flatten [seq [seq rcons s k | s <- L_to a] | a <- enum vertex & e a k]).
Proof.
move=> jk listed; split.
  have : uniq [seq a <- enum vertex | e a k] by rewrite filter_uniq ?enum_uniq.
  have : all (fun a => e a k) [seq a <- enum vertex | e a k] by rewrite filter_all.
  elim: [seq a <- enum vertex | _] => //= a r IHr /andP[ak r_ok] /andP[a_r /(IHr r_ok) r_uniq].
  rewrite cat_uniq r_uniq andbT map_inj_uniq; last exact: rcons_injl.
  have [-> La_mem] := listed a ak; apply/hasPn => p /flattenP[s /mapP[c c_r ->]] /mapP[q q_in ->].
  apply/negP => /mapP[q' q'_in /rcons_inj[qq']]; rewrite -qq' La_mem in q'_in.
  have [_ Lc_mem] := listed c (allP r_ok c c_r); rewrite Lc_mem in q_in.
  by case/andP: q'_in => _ /eqP qa; case/andP: q_in => _ /eqP qc; rewrite -qa qc c_r in a_r.
move=> s; apply/flattenP/idP => [[t /mapP[a]]|/andP[]].
  rewrite mem_filter => /andP[ak _] -> /mapP[q]; have [_ ->] := listed a ak.
  by move=> /andP[jq /eqP qa] ->; rewrite unfold_in /is_path rcons_path last_rcons jq qa ak eqxx.
case: (lastP s) => [|s' b]; first by rewrite /= (negbTE jk).
rewrite last_rcons rcons_path => /andP[js' eb] /eqP bk; rewrite {}bk in eb *.
exists [seq rcons t k | t <- L_to (last j s')].
  by apply/mapP; exists (last j s') => //; rewrite mem_filter eb mem_enum.
by apply: map_f; have [_ ->] := listed _ eb; rewrite unfold_in /is_path js' eqxx.
Qed.

(* Hence the sum over the paths to k splits by the last edge. *)
Theorem path_sum_by_last_edge j k L (L_to : vertex -> seq (seq vertex)) :
  j != k -> lists_paths e j k L -> (forall a, e a k -> lists_paths e j a (L_to a)) ->
  path_sum D j k L = \sum_(a | e a k) D a k *m path_sum D j a (L_to a).
Proof.
move=> jk listed listed_to; rewrite /path_sum.
rewrite (perm_big _ (lists_paths_perm listed (theorem1_step4_last_edges_part jk listed_to))) /=.
rewrite big_flatten big_map big_filter big_enum_cond /=.
apply: eq_bigr => a ak; rewrite big_map mulmx_sumr big_seq [RHS]big_seq.
have [_ La_mem] := listed_to a ak; apply: eq_bigr => s; rewrite La_mem => /andP[_ /eqP sa].
by rewrite theorem1_step3_last_edge_moves_in; case: _ / sa.
Qed.

(* ------------------------------------------------------------------ the ends of the inductions *)

(* From a vertex to itself there is the empty path alone, and its product is the identity. *)
Lemma path_sum_of_itself j L : lists_paths e j j L -> path_sum D j j L = 1%:M.
Proof. by move=> /(paths_to_itself topological)->; rewrite /path_sum big_seq1 /= identity_same. Qed.

(* After L16.  If no path leads from j to k, the sum over the paths is zero. *)
Lemma path_sum_unreachable j k L : lists_paths e j k L -> (forall s, ~~ is_path e j k s) -> path_sum D j k L = 0.
Proof.
case=> _ L_mem none; rewrite /path_sum big_seq big1 // => s; rewrite L_mem.
by move=> path_s; have := none s; rewrite [is_path _ _ _ _]path_s.
Qed.

End PathSum.
