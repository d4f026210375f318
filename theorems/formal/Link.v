(* The words that a program lists, and the theorem.                                      (lecture: L15, L16)

   Validation.v checks lists of words on plain numbers.  Here it is shown that words which it accepts are,
   read as lists of edges, exactly the paths of which Theorem 2 speaks; hence the sum of the products that
   they stand for is what the backward pass of the lecture computes. *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Definitions BackproofFormal.SlideFormula BackproofFormal.Validation.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section Link.
Variable n : nat.
Notation V := 'I_n.+1.

(* An edge, and a word, of numbers read as an edge, and a path, of vertices; and back. *)
Definition edge_of_vertices (ab : V * V) : edge := (val ab.1, val ab.2).
Definition vertices_of_edge (ab : edge) : V * V := (inord ab.1, inord ab.2).
Definition path_of_word (p : word) : seq (V * V) := map vertices_of_edge p.

Variables (E : rel V) (edges : seq edge).
Hypothesis same_edges : forall a b : V, E a b = ((val a, val b) \in edges).

Lemma path_of_wordK q : path_of_word (map edge_of_vertices q) = q.
Proof. by elim: q => //= [[a b] q ->]; rewrite /vertices_of_edge /= !inord_val. Qed.

Lemma word_of_pathK j k p : is_graph n.+1 edges -> is_word_path edges j k p ->
  map edge_of_vertices (path_of_word p) = p.
Proof.
move=> /allP graph; elim: p j => //= [[a b] p IH] j /= /and3P[/graph/= /andP[ab b_lt] _ /IH->].
by rewrite /edge_of_vertices /= !inordK // (ltn_trans ab).
Qed.

Lemma is_word_path_vertices (j k : V) q : is_word_path edges (val j) (val k) (map edge_of_vertices q) = is_edge_path E j k q.
Proof.
elim: q j => [|[a b] q IH] j; rewrite /is_edge_path /= eqseq_cons ?andbT //.
by rewrite IH -same_edges /is_edge_path /= eq_sym -andbA; do 2!bool_congr.
Qed.

Theorem accepted_words_are_the_paths (j k : V) words : accepts n.+1 edges (val j) (val k) words = true ->
  uniq (map path_of_word words) /\ map path_of_word words =i is_edge_path E j k.
Proof.
move=> /accepts_correct[graph [words_uniq words_paths]].
split=> [|q].
  rewrite map_inj_in_uniq // => p1 p2; rewrite !words_paths => path1 path2 same.
  by rewrite -(word_of_pathK graph path1) same (word_of_pathK graph path2).
rewrite -[RHS]/(is_edge_path E j k q) -is_word_path_vertices -words_paths.
apply/mapP/idP => [[p p_in ->]|q_in]; last by exists (map edge_of_vertices q); rewrite ?path_of_wordK.
by rewrite (word_of_pathK graph (j := j) (k := k)) // -words_paths.
Qed.
(* THE LINK.  If the checker accepts the words listed for vertex j, the sum of their products is the value
   that the lecture's loop computes, over every ring and for all Jacobians that are numbers. *)
Theorem accepted_words_are_the_adjoint (R : ringType) (D : V -> V -> R) (p0 : V -> R) (j : V) words :
  acyclic E -> p0 (out n) = 1 -> accepts n.+1 edges (val j) n words = true ->
  number_backward E D p0 j = \sum_(p <- map path_of_word words) \prod_(ab <- rev p) D ab.1 ab.2.
Proof.
move=> topological seed accepted.
have [P_uniq P_mem] := @accepted_words_are_the_paths j (out n) words accepted.
exact: theorem2_on_the_slide.
Qed.

End Link.
