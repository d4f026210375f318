(* There is a list of the paths.                                                             (lecture: L15)

   The theorems hold for every list of the paths from j to k in which none stands twice and none is
   missing.  Here such a list is built, so that they speak of something: first the paths with at most m
   edges, then all, since in an acyclic graph no path has more than n edges. *)

From mathcomp Require Import all_ssreflect.
Require Import BackproofFormal.Definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section PathList.
Variables (n : nat) (e : rel 'I_n.+1).
Notation vertex := 'I_n.+1.

(* The paths from j to k with at most m edges: the empty one if j is k; and every edge from j, followed by
   every path from its head to k with at most m - 1 edges. *)
Fixpoint paths_upto (m : nat) (k j : vertex) : seq (seq vertex) :=
  (if j == k then [:: [::]] else [::]) ++
  if m is m'.+1 then flatten [seq [seq i :: s | s <- paths_upto m' k i] | i <- enum vertex & e j i] else [::].

Lemma mem_paths_upto m k j s : (s \in paths_upto m k j) = is_path e j k s && (size s <= m).
Proof.
have empty q i : (q \in (if i == k then [:: [::]] else [::] : seq (seq vertex))) = (i == k) && (q == [::]).
  by case: (i == k); rewrite // inE.
elim: m j s => [|m IH] j s; rewrite /= mem_cat empty.
  by case: s => [|i s]; rewrite /is_path /= ?andbF ?orbF ?andbT.
case: s => [|i s]; rewrite /is_path /= ?andbF ?andbT ?orbF /=.
  case: (j == k) => //=; apply/negP => /flattenP[t /mapP[i _ ->]].
  by case/mapP.
apply/flattenP/idP => [[t /mapP[c]]|].
  rewrite mem_filter => /andP[jc _] -> /mapP[q]; rewrite IH => /andP[/andP[cq lq] q_le] [-> ->].
  by rewrite jc cq lq.
case/andP=> /andP[/andP[ji is_] ls] s_le; exists [seq i :: q | q <- paths_upto m k i]; last first.
  by rewrite mem_map ?IH /is_path ?is_ ?ls // => ? ? [].
by apply/mapP; exists i => //; rewrite mem_filter ji mem_enum.
Qed.

Lemma paths_upto_uniq m k j : uniq (paths_upto m k j).
Proof.
have one i : uniq (if i == k then [:: [::]] else [::] : seq (seq vertex)) by case: eqP.
elim: m j => [|m IH] j; rewrite /= cat_uniq one //=; apply/andP; split.
  by apply/hasPn => p /flattenP[s /mapP[i _ ->]] /mapP[q _ ->]; case: eqP.
have : uniq [seq i <- enum vertex | e j i] by rewrite filter_uniq ?enum_uniq.
elim: [seq i <- enum vertex | _] => //= i r IHr /andP[i_r /IHr r_uniq].
rewrite cat_uniq r_uniq andbT map_inj_uniq ?IH => [|? ? []] //=.
apply/hasPn => p /flattenP[s /mapP[c c_r ->]] /mapP[q _ ->]; apply/negP => /mapP[q' _ [ci _]].
by rewrite -ci c_r in i_r.
Qed.

Hypothesis topological : acyclic e.

(* The numbers grow along a path, so it has at most n - j edges. *)
Lemma path_size j s : path e j s -> j + size s <= n.
Proof.
elim: s j => [|i s IH] j /=; first by rewrite addn0 -ltnS.
by case/andP=> /topological ji /IH; apply: leq_trans; rewrite addnS -addSn leq_add2r.
Qed.

Definition all_paths (j k : vertex) : seq (seq vertex) := paths_upto n k j.

(* THE PATHS CAN BE LISTED. *)
Theorem all_paths_listed j k : lists_paths e j k (all_paths j k).
Proof.
split=> [|s]; first exact: paths_upto_uniq.
rewrite mem_paths_upto; apply: andb_idr => /andP[/path_size le _].
by apply: leq_trans le; apply: leq_addl.
Qed.

(* Two lists of the same paths differ in their order only. *)
Lemma lists_paths_perm j k L1 L2 : lists_paths e j k L1 -> lists_paths e j k L2 -> perm_eq L1 L2.
Proof. by case=> uniq1 mem1 [uniq2 mem2]; apply: uniq_perm => // s; rewrite mem1 mem2. Qed.

(* From a vertex to itself there is the empty path and no other: the numbers grow along a path. *)
Lemma paths_to_itself j L : lists_paths e j j L -> L = [:: [::]].
Proof.
move=> listed; have one : lists_paths e j j [:: [::]].
  split=> // s; rewrite inE -[RHS]/(is_path e j j s); case: s => [|i s]; rewrite /is_path /= ?eqxx //.
  apply/esym/negP => /andP[/andP[/topological ji is_] /eqP ls].
  have : i <= last i s by elim: s i is_ {ls ji} => //= b s IH i /andP[/topological ib /IH]; apply/leq_trans/ltnW.
  by rewrite ls leqNgt ji.
by apply: perm_small_eq (lists_paths_perm listed one).
Qed.

End PathList.
