(* Loops that look like the backward pass and are not.                                        (lecture: L14)

   A theorem that a wrong program also satisfied would say nothing.  Here are three wrong loops, each with a
   graph on which it leaves something else than the sum over paths:

        ascending      runs over the vertices upward, so that a vertex is done before its children;
        missing m      leaves out vertex m;
        overwriting    keeps the contribution of the last child instead of adding them up.

   The graph has three vertices 0, 1, 2 and all three edges 0 -> 1, 0 -> 2, 1 -> 2; every Jacobian is the
   number 1.  Two paths lead from 0 to 2, so the right value at 0 is 2; each of these loops leaves 1. *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum.
Require Import BackproofFormal.BackwardPass BackproofFormal.SlideFormula.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section Loops.
Variables (n : nat) (e : rel 'I_n.+1) (R : ringType) (D : 'I_n.+1 -> 'I_n.+1 -> R).

Definition ascending (p0 : 'I_n.+1 -> R) := foldl (number_turn e D) p0 [seq inord j | j <- iota 0 n].

Definition missing (m : nat) (p0 : 'I_n.+1 -> R) := foldl (number_turn e D) p0 [seq inord j | j <- rev (iota 0 n) & j != m].

Definition overwriting_turn (p : 'I_n.+1 -> R) (j : 'I_n.+1) : 'I_n.+1 -> R :=
  fun k => if k == j then foldl (fun _ i => p i * D j i) 0 [seq i <- enum 'I_n.+1 | e j i] else p k.

Definition overwriting (p0 : 'I_n.+1 -> R) := foldl overwriting_turn p0 [seq inord j | j <- rev (iota 0 n)].

(* What it means that a loop is right: wherever the vertex is and whatever the graph, it leaves the sum. *)
Definition computes_path_sums (loop : ('I_n.+1 -> R) -> 'I_n.+1 -> R) : Prop :=
  forall p0 j P, p0 (out n) = 1 -> uniq P -> P =i is_edge_path e j (out n) ->
  loop p0 j = \sum_(p <- P) \prod_(ab <- rev p) D ab.1 ab.2.

End Loops.

(* The loop of the lecture is right on every graph ... *)
Theorem the_lectures_loop_is_right n (e : rel 'I_n.+1) (R : ringType) (D : 'I_n.+1 -> 'I_n.+1 -> R) :
  acyclic e -> computes_path_sums e D (number_backward e D).
Proof. by move=> topological p0 j P; apply: theorem2_on_the_slide. Qed.

Section Triangle.
Notation vertex := 'I_3.

Definition triangle : rel vertex := fun j i => (j < i)%N.
Definition ones : vertex -> vertex -> int := fun _ _ => 1.
Definition seed : vertex -> int := fun j => if j == out 2 then 1 else 0.

Let v0 : vertex := Ordinal (isT : (0 < 3)%N).
Let v1 : vertex := Ordinal (isT : (1 < 3)%N).
Let v2 : vertex := Ordinal (isT : (2 < 3)%N).

Lemma triangle_acyclic : acyclic triangle.
Proof. by []. Qed.

Let in0 : inord 0 = v0. Proof. by apply: val_inj; rewrite /= inordK. Qed.
Let in1 : inord 1 = v1. Proof. by apply: val_inj; rewrite /= inordK. Qed.
Let out2 : out 2 = v2. Proof. exact: val_inj. Qed.

Let enum3 : enum vertex = [:: v0; v1; v2].
Proof. by apply: (inj_map val_inj); rewrite val_enum_ord. Qed.

Let turn p j k : number_turn triangle ones p j k =
  if k == j then (if (j < v0)%N then p v0 else 0) + (if (j < v1)%N then p v1 else 0) + (if (j < v2)%N then p v2 else 0) else p k.
Proof.
rewrite /number_turn; case: eqP => // _; rewrite big_mkcond -big_enum enum3 !big_cons big_nil /triangle /ones.
by rewrite !mulr1 -[X in _ = _ + X]addr0 -[RHS]addrA.
Qed.

Let descending : [seq inord j | j <- rev (iota 0 2)] = [:: v1; v0] :> seq vertex.
Proof. by rewrite /= in0 in1. Qed.

Let upward : [seq inord j | j <- iota 0 2] = [:: v0; v1] :> seq vertex.
Proof. by rewrite /= in0 in1. Qed.

Let turned := number_turn triangle ones.

Let right_value : number_backward triangle ones seed v0 = 2.
Proof.
rewrite /number_backward descending -[LHS]/(turned (turned seed v1) v0 v0).
by rewrite /turned !turn.
Qed.

Let ascending_value : ascending triangle ones seed v0 = 1.
Proof.
rewrite /ascending upward -[LHS]/(turned (turned seed v0) v1 v0).
by rewrite /turned !turn.
Qed.

Let missing_value : missing triangle ones 1 seed v0 = 1.
Proof.
rewrite /missing -[LHS]/(turned seed (inord 0) v0) in0.
by rewrite /turned !turn.
Qed.

Let overwriting_value : overwriting triangle ones seed v0 = 1.
Proof. by rewrite /overwriting /= in0 in1 /overwriting_turn enum3 /= /ones /seed out2. Qed.

Let refuted loop : loop seed v0 = 1 -> ~ computes_path_sums triangle ones loop.
Proof.
move=> value right; have [P P_uniq P_mem] := edge_paths_can_be_listed triangle_acyclic v0 (out 2).
have seed_out : seed (out 2) = 1 by rewrite /seed eqxx.
have := the_lectures_loop_is_right ones triangle_acyclic seed_out P_uniq P_mem.
by rewrite -(right seed v0 P) // value right_value.
Qed.

(* ... and each of these is wrong on the triangle. *)
Theorem ascending_order_is_wrong : ~ computes_path_sums triangle ones (ascending triangle ones).
Proof. exact: refuted ascending_value. Qed.

Theorem missing_a_vertex_is_wrong : ~ computes_path_sums triangle ones (missing triangle ones 1).
Proof. exact: refuted missing_value. Qed.

Theorem overwriting_is_wrong : ~ computes_path_sums triangle ones (overwriting triangle ones).
Proof. exact: refuted overwriting_value. Qed.

End Triangle.
