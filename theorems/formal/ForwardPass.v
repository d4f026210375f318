(* The forward pass computes the global functions.                                            (lecture: L12)

   The global function of a vertex gives its value as a function of the leaves alone; it is what one gets by
   putting the local functions into each other.  Two facts say that the forward pass computes it: when the
   loop is over, every leaf has its given value and every other vertex is its local function of its parents;
   and there is only one such assignment of values. *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum BackproofFormal.BackwardPass.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section ForwardPass.
Variables (n : nat) (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (R : ringType).
Variables (leaf : pred 'I_n.+1) (f : forall i : 'I_n.+1, (forall j, 'cV[R]_(d j)) -> 'cV[R]_(d i)).
Notation vertex := 'I_n.+1.
Hypotheses (topological : acyclic e) (local : reads_parents e f).
Implicit Type u : forall j, 'cV[R]_(d j).

(* L12.  u is an assignment of values to all vertices that extends the given values of the leaves. *)
Definition extends (u0 u : forall j, 'cV[R]_(d j)) : Prop :=
  (forall i, leaf i -> u i = u0 i) /\ (forall i, ~~ leaf i -> u i = f i u).

(* There is at most one. *)
Theorem at_most_one_extension u0 u1 u2 : extends u0 u1 -> extends u0 u2 -> forall i, u1 i = u2 i.
Proof.
case=> leaf1 inner1 [leaf2 inner2] i; have [m] := ubnP (val i); elim: m i => // m IH i i_lt.
have [leaf_i|inner_i] := boolP (leaf i); first by rewrite leaf1 ?leaf2.
rewrite inner1 // inner2 //; apply: local => a ai.
by apply: IH; apply: leq_trans (topological ai) _; rewrite -ltnS.
Qed.

(* The loop invariant: the vertices below m have their final values, the leaves still have theirs. *)
Lemma forward_invariant k m u0 u : m + k = n.+1 ->
  (forall i, leaf i -> u i = u0 i) -> (forall i : vertex, i < m -> ~~ leaf i -> u i = f i u) ->
  extends u0 (foldl (forward_turn leaf f) u [seq inord i | i <- iota m k]).
Proof.
elim: k m u => [|k IH] m u mk leaves inner.
  by split=> // i; apply: inner; rewrite -(addn0 m) mk ltn_ord.
have m_val : val (inord m : vertex) = m by rewrite /= inordK // -mk addnS leq_addr.
set i0 : vertex := inord m; rewrite /= -/i0 /forward_turn.
apply: IH => [|i leaf_i|i]; first by rewrite addSn -addnS.
  have [_|inner0] := boolP (leaf i0); first exact: leaves.
  by rewrite write_other ?leaves //; apply: contraNneq inner0 => <-.
rewrite ltnS leq_eqVlt => /orP[/eqP i_m|i_lt] inner_i.
  have i_i0 : i = i0 by apply: val_inj; rewrite m_val -i_m.
  move: inner_i; rewrite {}i_i0 {i i_m} => inner0; rewrite (negbTE inner0) write_same; apply: local => a /topological a_lt.
  by rewrite write_other //; apply: contraTneq a_lt => ->; rewrite ltnn.
have [_|inner0] := boolP (leaf i0); first exact: inner.
rewrite write_other; last by apply: contraTneq i_lt => ->; rewrite m_val ltnn.
rewrite inner //; apply: local => a /topological a_lt.
by rewrite write_other //; apply: contraTneq (ltn_trans a_lt i_lt) => ->; rewrite m_val ltnn.
Qed.

(* L12.  THE FORWARD PASS COMPUTES THE GLOBAL FUNCTIONS. *)
Theorem forward_computes_global_functions u0 : extends u0 (forward leaf f u0).
Proof. exact: (@forward_invariant n.+1 0). Qed.

Corollary forward_leaf u0 i : leaf i -> forward leaf f u0 i = u0 i.
Proof. by have [leaves _] := forward_computes_global_functions u0; apply: leaves. Qed.

Corollary forward_inner u0 i : ~~ leaf i -> forward leaf f u0 i = f i (forward leaf f u0).
Proof. by have [_ inner] := forward_computes_global_functions u0; apply: inner. Qed.

(* Only the values at the leaves matter. *)
Corollary forward_agrees u1 u2 : (forall i, leaf i -> u1 i = u2 i) ->
  forall i, forward leaf f u1 i = forward leaf f u2 i.
Proof.
move=> same; have [leaves2 inner2] := forward_computes_global_functions u2.
apply: (@at_most_one_extension u1); first exact: forward_computes_global_functions.
by split=> // i leaf_i; rewrite leaves2 ?same.
Qed.

End ForwardPass.
