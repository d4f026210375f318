(* Results of the backward pass, written as short texts.                                          (lecture: L15, L16)

   Validation.v checks tables of results.  For all 32,768 graphs on six vertices such a table is too long to be read by
   Coq in the notation of lists; here a result is a text, as in

       bcef;/bf;/e;cf;/f;/;/

   Every edge is a letter: a is (0, 1), b is (0, 2), c is (1, 2), and so on.  ";" ends a word, "/" ends the words of
   a vertex.  First stands one word with the edges of the graph, then the words of vertex 0, of vertex 1, ...  A text is
   accepted if it is just what is written for the result that it stands for, and this result is accepted; so nothing
   that a program wrote is passed over. *)

From Coq Require Import Init.Byte.
From mathcomp Require Import all_ssreflect.
Require Import BackproofFormal.Validation.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(* A text is a list of bytes, and is written between quotes. *)
Inductive text : Type := Text of seq byte.
Definition signs (t : text) : seq byte := let: Text s := t in s.

Declare Scope text_scope.
Delimit Scope text_scope with text.
Bind Scope text_scope with text.
String Notation text Text signs : text_scope.

(* ------------------------------------------------------------------ letters and edges *)

(* The edges among seven vertices, in the order of pairs_below, with their letters. *)
Definition edge_of (c : byte) : edge :=
  match c with
  | "a" => (0, 1)
  | "b" => (0, 2) | "c" => (1, 2)
  | "d" => (0, 3) | "e" => (1, 3) | "f" => (2, 3)
  | "g" => (0, 4) | "h" => (1, 4) | "i" => (2, 4) | "j" => (3, 4)
  | "k" => (0, 5) | "l" => (1, 5) | "m" => (2, 5) | "n" => (3, 5) | "o" => (4, 5)
  | "p" => (0, 6) | "q" => (1, 6) | "r" => (2, 6) | "s" => (3, 6) | "t" => (4, 6) | "u" => (5, 6)
  | _ => (0, 0)
  end%byte.

Definition letters : seq byte := signs "abcdefghijklmnopqrstu".

Definition letter_of (ab : edge) : byte := nth "?"%byte letters (index ab (pairs_below 7)).

(* ------------------------------------------------------------------ reading and writing *)

(* What was read so far, the last first: the edges of the word, the words of the vertex, the vertices. *)
Fixpoint read_on (s : seq byte) (word : word) (words : seq Validation.word) (vertices : seq (seq Validation.word)) :=
  match s with
  | [::] => rev vertices
  | (";" :: rest)%byte => read_on rest [::] (rev word :: words) vertices
  | ("/" :: rest)%byte => read_on rest [::] [::] (rev words :: vertices)
  | c :: rest => read_on rest (edge_of c :: word) words vertices
  end.

Definition read (t : text) : result :=
  if read_on (signs t) [::] [::] [::] is (edges :: _) :: words_of then (size words_of, edges, words_of) else (0, [::], [::]).

Definition written_words (words : seq word) : seq byte :=
  flatten [seq rcons (map letter_of w) ";"%byte | w <- words] ++ [:: "/"%byte].

Definition written (r : result) : seq byte := flatten (map written_words ([:: r.1.2] :: r.2)).

Fixpoint same_signs (s1 s2 : seq byte) : bool :=
  match s1, s2 with
  | [::], [::] => true
  | c1 :: s1', c2 :: s2' => Byte.eqb c1 c2 && same_signs s1' s2'
  | _, _ => false
  end.

(* THE CHECKER OF TEXTS. *)
Definition accepts_text (t : text) : bool := let r := read t in same_signs (written r) (signs t) && accepts_result r.

Definition accepts_texts (texts : seq text) : bool := all accepts_text texts.

Lemma same_signs_eq s1 s2 : same_signs s1 s2 = true -> s1 = s2.
Proof. by elim: s1 s2 => [|c1 s1 IH] [|c2 s2] //= /andP[/Byte.byte_dec_bl -> /IH ->]. Qed.

(* Accepted texts stand for an accepted table ... *)
Theorem accepts_texts_all texts : accepts_texts texts = true -> accepts_all (map read texts) = true.
Proof. by rewrite /accepts_texts /accepts_all all_map; apply: sub_all => text /andP[]. Qed.

(* ... and no two of them stand for the same result. *)
Theorem accepted_texts_differ t1 t2 :
  accepts_text t1 = true -> accepts_text t2 = true -> read t1 = read t2 -> t1 = t2.
Proof.
move=> /andP[/same_signs_eq written1 _] /andP[/same_signs_eq written2 _] same.
rewrite same written2 in written1.
by case: t1 t2 written1 {written2 same} => [s1] [s2] /= ->.
Qed.

(* Texts in parts: if each part is accepted, so are all together. *)
Theorem accepts_both texts1 texts2 :
  accepts_texts texts1 = true -> accepts_texts texts2 = true -> accepts_texts (texts1 ++ texts2) = true.
Proof. by rewrite /accepts_texts all_cat => -> ->. Qed.

(* What accepted texts with every graph on n vertices show: whichever pairs a < b one chooses as edges, some text is about
   the graph with exactly these edges, and lists for every vertex the paths from it to the last one. *)
Theorem accepted_texts_sound n texts :
  accepts_texts texts = true -> has_every_graph n (map read texts) = true ->
  forall chosen : pred edge, exists edges words_of,
    (forall a b, a < b < n -> ((a, b) \in edges) = chosen (a, b)) /\
    (forall j, j < n -> is_graph n edges /\ lists_all_paths edges j n.-1 (nth [::] words_of j)).
Proof.
move=> /accepts_texts_all right every chosen; have [edges [words_of [r_in same]]] := has_every_graph_sound every chosen.
by exists edges, words_of; split=> // j; apply: accepts_all_sound right _ _ _ _ r_in.
Qed.

(* ------------------------------------------------------------------ at work *)

Example four_text : accepts_text "bcef;/bf;/e;cf;/f;/;/" = true.
Proof. by vm_compute. Qed.

Example four_text_read : read "bcef;/bf;/e;cf;/f;/;/" = (4, four,
  [:: [:: [:: (0, 2); (2, 3)]]; [:: [:: (1, 3)]; [:: (1, 2); (2, 3)]]; [:: [:: (2, 3)]]; [:: [::]]]).
Proof. by vm_compute. Qed.

(* Refused: a path is missing; the end is missing; a sign that is no letter. *)
Example text_path_missing : accepts_text "bcef;/bf;/e;/f;/;/" = false.
Proof. by vm_compute. Qed.

Example text_end_missing : accepts_text "bcef;/bf;/e;cf;/f;/;" = false.
Proof. by vm_compute. Qed.

Example text_no_letter : accepts_text "bcef;/bf;/e;cf;/f!;/;/" = false.
Proof. by vm_compute. Qed.
