(* Checking the words that a program lists for a given graph.                          (lecture: L15, L16)

   Theorem 2 says that the backward pass computes a sum over paths.  A program that runs the backward pass
   on one graph, with one free letter per edge in place of the matrices, ends with a list of words: each
   word is a product of letters, and its letters, taken in path order, should be the edges of one path.
   This file contains a small function, `accepts`, that decides whether such a list is right: no word twice,
   every word a path from j to k, no path missing.  It is proved to decide exactly this.

   Everything runs on plain numbers and lists, so that Coq computes it quickly: edges are pairs of numbers,
   vertices are numbered 0, 1, ..., n-1 (the lecture counts from 1), a word is a list of edges.

   Reading guide
     [:: x; y]         a list,     x :: s   the list s with x put in front,     s ++ t   the two in a row
     x \in s           x occurs in the list s,      uniq s   no element occurs twice in s
     ab.1, ab.2        the two ends of the edge ab: ab.1 -> ab.2
     [seq f x | x <- s & C x]     the list of all f x, for the x in s with property C *)

From mathcomp Require Import all_ssreflect.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Definition edge := (nat * nat)%type.
Definition word := seq edge.

(* ------------------------------------------------------------------ what is decided *)

(* L10.  A list of edges is a graph on 0, ..., n-1 when every edge goes from a smaller to a larger number. *)
Definition is_graph (n : nat) (edges : seq edge) : bool := all (fun ab => ab.1 < ab.2 < n) edges.

(* L15.  The word p is a path from j to k: its first edge leaves j, and the rest is a path from there to k.
   The empty word is a path from j to j. *)
Fixpoint is_word_path (edges : seq edge) (j k : nat) (p : word) : bool :=
  if p is ab :: p' then [&& ab \in edges, ab.1 == j & is_word_path edges ab.2 k p'] else j == k.

(* The list is right: it contains no word twice, and exactly the words that are paths from j to k. *)
Definition lists_all_paths (edges : seq edge) (j k : nat) (words : seq word) : Prop :=
  uniq words /\ forall p, (p \in words) = is_word_path edges j k p.

(* ------------------------------------------------------------------ how it is decided *)

(* The paths from j to k with at most m edges: the empty path if j is k, and every edge that leaves j,
   followed by every path from its head. *)
Fixpoint paths_upto (edges : seq edge) (k m j : nat) : seq word :=
  (if j == k then [:: [::]] else [::]) ++
  if m is m'.+1 then flatten [seq [seq ab :: p | p <- paths_upto edges k m' ab.2] | ab <- edges & ab.1 == j]
  else [::].

(* The order of a dictionary, on words: compare the first edges, then the second, and so on. *)
Fixpoint word_before (p q : word) : bool :=
  match p, q with
  | [::], _ => true
  | _, [::] => false
  | (a, b) :: p', (c, d) :: q' => if a != c then a < c else if b != d then b < d else word_before p' q'
  end.

(* THE CHECKER.  The edges form a graph, and the words, sorted, are the paths from j to k, sorted. *)
Definition accepts (n : nat) (edges : seq edge) (j k : nat) (words : seq word) : bool :=
  is_graph n edges && (sort word_before words == sort word_before (paths_upto (undup edges) k n j)).

(* The same for a whole backward pass.  A result is a triple (n, edges, words_of): the graph, and for each
   vertex j = 0, ..., n-1 in turn the words from j to the output n-1, which the backward pass left in p_j. *)
Definition result := (nat * seq edge * seq (seq word))%type.

Definition accepts_result (r : result) : bool :=
  let: (n, edges, words_of) := r in
  (size words_of == n) && all (fun j => accepts n edges j n.-1 (nth [::] words_of j)) (iota 0 n).

(* The same for a table of results. *)
Definition accepts_all (table : seq result) : bool := all accepts_result table.

(* Does the table contain every graph on 0, ..., n-1, once each?  The graphs are the sublists of the list of
   all pairs a < b; the edges of a result are first put in the order of that list. *)
Definition pairs_below (n : nat) : seq edge := [seq (a, b) | b <- iota 0 n, a <- iota 0 b].

Fixpoint sublists (s : seq edge) : seq (seq edge) :=
  if s is ab :: s' then sublists s' ++ [seq ab :: t | t <- sublists s'] else [:: [::]].

Definition graph_of (r : result) : seq edge := [seq ab <- pairs_below r.1.1 | ab \in r.1.2].

Definition has_every_graph (n : nat) (table : seq result) : bool :=
  sort word_before [seq graph_of r | r <- table & r.1.1 == n] == sort word_before (sublists (pairs_below n)).

(* ------------------------------------------------------------------ the proof *)

Lemma word_before_total : total word_before.
Proof.
elim=> [|[a b] p IH] [|[c d] q] //=; rewrite [c == a]eq_sym [d == b]eq_sym.
by case: (ltngtP a c) => //= _; case: (ltngtP b d) => //= _; apply: IH.
Qed.

Lemma word_before_anti : antisymmetric word_before.
Proof.
elim=> [|[a b] p IH] [|[c d] q] //=; rewrite [c == a]eq_sym [d == b]eq_sym.
have [//=|//=|-> /=] := ltngtP a c; have [//=|//=|-> /=] := ltngtP b d.
by move=> H; rewrite (IH q H).
Qed.

Lemma word_before_trans : transitive word_before.
Proof.
elim=> [|[a b] p IH] [|[c d] q] [|[e f] r] //=.
have [ca _|//=|-> /=] := ltngtP c a.
  have [ae _|//=|<- _] := ltngtP a e; last by rewrite ltn_eqF.
  by rewrite (ltn_eqF (ltn_trans ca ae)) (ltn_trans ca ae).
have [//=|//=|_ /=] := ltngtP a e.
have [db _|//=|-> /=] := ltngtP d b.
  have [bf _|//=|<- _] := ltngtP b f; last by rewrite ltn_eqF.
  by rewrite (ltn_eqF (ltn_trans db bf)) (ltn_trans db bf).
by have [//=|//=|_ /=] := ltngtP b f; apply: IH.
Qed.

(* paths_upto lists the paths with at most m edges, and no others ... *)
Lemma mem_paths_upto edges k m j p :
  (p \in paths_upto edges k m j) = is_word_path edges j k p && (size p <= m).
Proof.
have empty q i : (q \in (if i == k then [:: [::]] else [::] : seq word)) = (i == k) && (q == [::]).
  by case: (i == k); rewrite // inE.
elim: m j p => [|m IH] j p; rewrite /= mem_cat empty; first by case: p => [|ab p]; rewrite /= ?andbF ?orbF.
case: p => [|ab p]; rewrite /= ?andbF ?andbT ?orbF /=.
  case: (j == k) => //=; apply/negP => /flattenP[s /mapP[ab _ ->]].
  by case/mapP.
apply/flattenP/idP => [[s /mapP[cd]]|].
  rewrite mem_filter => /andP[/eqP <- cd_in] -> /mapP[q]; rewrite IH => /andP[qp q_le] [-> ->].
  by rewrite cd_in eqxx qp.
case/andP=> /and3P[ab_in /eqP <- pp] p_le.
exists [seq ab :: q | q <- paths_upto edges k m ab.2]; last by rewrite mem_map ?IH ?pp // => ? ? [].
by apply/mapP; exists ab; rewrite ?mem_filter ?eqxx.
Qed.

(* ... and it lists each of them once. *)
Lemma paths_upto_uniq edges k m j : uniq edges -> uniq (paths_upto edges k m j).
Proof.
move=> edges_uniq; have one i : uniq (if i == k then [:: [::]] else [::] : seq word) by case: eqP.
elim: m j => [|m IH] j; rewrite /= cat_uniq one //= ; apply/andP; split.
  by apply/hasPn => p /flattenP[s /mapP[ab _ ->]] /mapP[q _ ->]; case: eqP.
have : uniq [seq ab <- edges | ab.1 == j] by rewrite filter_uniq.
elim: [seq ab <- edges | _] => //= ab r IHr /andP[ab_r /IHr r_uniq].
rewrite cat_uniq r_uniq andbT map_inj_uniq ?IH => [|? ? []] //=.
apply/hasPn => p /flattenP[s /mapP[cd cd_r ->]] /mapP[q _ ->]; apply/negP => /mapP[q' _ [cd_ab _]].
by rewrite -cd_ab cd_r in ab_r.
Qed.

(* In a graph on 0, ..., n-1 the vertices of a path increase, so no path has more than n edges. *)
Lemma word_path_size n edges j k p : is_graph n edges -> is_word_path edges j k p -> size p <= n.
Proof.
move=> /allP graph; have : p = [::] \/ j + size p <= n -> size p <= n.
  by case=> [-> //|]; apply: leq_trans; apply: leq_addl.
move=> bound path; apply: bound.
elim: p j path => [|[a b] p IH] j /=; first by left.
case/and3P=> /graph /= /andP[ab b_lt] /eqP <- /IH[->|p_le]; right.
  by rewrite addn1; apply: leq_trans b_lt; apply: leqW.
by rewrite addnS -addSn; apply: leq_trans p_le; rewrite leq_add2r.
Qed.

(* THE CHECKER IS RIGHT.  It accepts exactly when the edges form a graph and the list of words has no word
   twice and contains exactly the paths from j to k. *)
Theorem accepts_correct n edges j k words :
  accepts n edges j k words = true <-> is_graph n edges /\ lists_all_paths edges j k words.
Proof.
have canonical p : is_graph n edges ->
    (p \in paths_upto (undup edges) k n j) = is_word_path edges j k p.
  move=> graph; have same : is_word_path (undup edges) j k p = is_word_path edges j k p.
    by elim: p j => //= ab p IH j; rewrite mem_undup IH.
  rewrite mem_paths_upto same; case path: (is_word_path _ _ _ _) => //=.
  exact: word_path_size graph path.
have sorted : (sort word_before words == sort word_before (paths_upto (undup edges) k n j)) =
    perm_eq words (paths_upto (undup edges) k n j).
  by apply/eqP/idP => /(perm_sortP word_before_total word_before_trans word_before_anti).
rewrite /accepts sorted; split=> [/andP[graph same]|[graph [words_uniq words_mem]]].
  split=> //; split=> [|p]; last by rewrite (perm_mem same) canonical.
  by rewrite (perm_uniq same) paths_upto_uniq ?undup_uniq.
rewrite graph; apply: uniq_perm => // [|p]; first by rewrite paths_upto_uniq ?undup_uniq.
by rewrite words_mem canonical.
Qed.

(* For a whole backward pass: the result is accepted exactly when it holds one list for each vertex, and
   each of them is right. *)
Theorem accepts_result_correct n edges words_of :
  0 < n ->
  accepts_result (n, edges, words_of) = true <->
  [/\ size words_of = n, is_graph n edges
    & forall j, j < n -> lists_all_paths edges j n.-1 (nth [::] words_of j)].
Proof.
move=> n_gt0; rewrite /=; split=> [/andP[/eqP-> /allP right]|[-> graph right]].
  have {}right j : j < n -> is_graph n edges /\ lists_all_paths edges j n.-1 (nth [::] words_of j).
    by move=> j_lt; apply/accepts_correct/right; rewrite mem_iota.
  by split=> // [|j /right[]//]; have [] := right 0 n_gt0.
rewrite eqxx; apply/allP => j; rewrite mem_iota => /= j_lt.
by apply/accepts_correct; split=> //; apply: right.
Qed.

(* For a table: every result in an accepted table is right. *)
Theorem accepts_all_sound table : accepts_all table = true ->
  forall n edges words_of j, (n, edges, words_of) \in table -> j < n ->
  is_graph n edges /\ lists_all_paths edges j n.-1 (nth [::] words_of j).
Proof.
move=> /allP right n edges words_of j /right; case: n => // n; move=> /accepts_result_correct[] // _ graph all_j.
by move=> /all_j.
Qed.

Lemma mem_sublists (C : pred edge) s : [seq ab <- s | C ab] \in sublists s.
Proof.
elim: s => //= ab s IH; rewrite mem_cat; case: (C ab); last by rewrite IH.
by rewrite map_f ?orbT.
Qed.

(* A table that has every graph on n vertices leaves none out: whichever pairs a < b one chooses as edges,
   some result in the table is about the graph with exactly these edges. *)
Theorem has_every_graph_sound n table : has_every_graph n table = true ->
  forall chosen : pred edge, exists edges words_of,
    (n, edges, words_of) \in table /\ forall a b, a < b < n -> ((a, b) \in edges) = chosen (a, b).
Proof.
move=> /eqP/(perm_sortP word_before_total word_before_trans word_before_anti)/perm_mem same chosen.
have := same [seq ab <- pairs_below n | chosen ab]; rewrite mem_sublists => /mapP[[[n' edges] words_of]].
rewrite mem_filter /= => /andP[/eqP-> r_in] /eqP; rewrite /graph_of /= => /eqP graph.
exists edges, words_of; split=> // a b /andP[ab b_lt].
have ab_in : (a, b) \in pairs_below n.
  by apply/allpairsPdep; exists b, a; rewrite !mem_iota /= add0n.
by have := congr1 (fun s => (a, b) \in s) graph; rewrite !mem_filter ab_in !andbT.
Qed.

(* ------------------------------------------------------------------ the checker at work *)

(* The lecture's four-vertex graph (L11): from its vertex 2, here 1, two paths lead to the output. *)
Definition four : seq edge := [:: (0, 2); (1, 2); (1, 3); (2, 3)].

Example right_list : accepts 4 four 1 3 [:: [:: (1, 3)]; [:: (1, 2); (2, 3)]] = true.
Proof. by vm_compute. Qed.

(* The order in which the words are listed does not matter. *)
Example other_order : accepts 4 four 1 3 [:: [:: (1, 2); (2, 3)]; [:: (1, 3)]] = true.
Proof. by vm_compute. Qed.

(* Refused: a path is missing; a word occurs twice; a word runs backward; a word is no path; no graph. *)
Example missing_path : accepts 4 four 1 3 [:: [:: (1, 3)]] = false.
Proof. by vm_compute. Qed.

Example word_twice : accepts 4 four 1 3 [:: [:: (1, 3)]; [:: (1, 2); (2, 3)]; [:: (1, 3)]] = false.
Proof. by vm_compute. Qed.

Example wrong_side : accepts 4 four 1 3 [:: [:: (1, 3)]; [:: (2, 3); (1, 2)]] = false.
Proof. by vm_compute. Qed.

Example no_path : accepts 4 four 1 3 [:: [:: (1, 3)]; [:: (1, 2); (2, 3)]; [:: (0, 2); (2, 3)]] = false.
Proof. by vm_compute. Qed.

Example edge_downward : accepts 4 ((3, 2) :: four) 1 3 [:: [:: (1, 3)]; [:: (1, 2); (2, 3)]] = false.
Proof. by vm_compute. Qed.

(* All results of the backward pass on this graph; and all graphs on two vertices. *)
Example four_result : accepts_result (4, four,
  [:: [:: [:: (0, 2); (2, 3)]]; [:: [:: (1, 3)]; [:: (1, 2); (2, 3)]]; [:: [:: (2, 3)]]; [:: [::]]]) = true.
Proof. by vm_compute. Qed.

Definition two_vertices : seq result :=
  [:: (2, [::], [:: [::]; [:: [::]]]); (2, [:: (0, 1)], [:: [:: [:: (0, 1)]]; [:: [::]]])].

Example two_vertices_right : accepts_all two_vertices = true.
Proof. by vm_compute. Qed.

Example two_vertices_all : has_every_graph 2 two_vertices = true.
Proof. by vm_compute. Qed.

Example one_graph_missing : has_every_graph 2 (behead two_vertices) = false.
Proof. by vm_compute. Qed.
