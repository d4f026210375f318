(* What the theorems speak of: graphs, paths, products along paths, and the two loops.  (lecture: L10, L12-L15)

   Everything else in this folder is about these definitions and no others.

   Reading guide
     'I_n.+1              the numbers 0, 1, ..., n: the vertices (the lecture counts from 1)
     e : rel 'I_n.+1      the edges: e j i says that there is an edge from j to i
     d : 'I_n.+1 -> nat   d j is the number of entries of the variable of vertex j
     'M[R]_(d i, d j)     matrices over the ring R with d i rows and d j columns
     A *m B, 1%:M         the matrix product, the identity matrix
     D j i                the Jacobian on the edge from j to i, a matrix with d i rows and d j columns
     \sum_(i | e j i) x i     the sum of x i over all i with an edge from j to i
     \sum_(s <- L) x s        the sum of x s over all s in the list L *)

From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* ------------------------------------------------------------------ graphs and paths *)

Section Paths.
Variables (n : nat) (e : rel 'I_n.+1).

(* L10.  Every edge leads from a smaller to a larger number; hence there is no cycle. *)
Definition acyclic : Prop := forall j i, e j i -> (j < i)%N.

(* L10.  The output is the last vertex. *)
Definition out : 'I_n.+1 := ord_max.

(* L15.  A path from j to k is given by the vertices after j, one after the other: each is reached by an
   edge from the one before, and the last one is k.  The empty list is a path from j to j. *)
Definition is_path (j k : 'I_n.+1) (s : seq 'I_n.+1) : bool := path e j s && (last j s == k).

(* L15.  L is a list of the paths from j to k: none stands in it twice, and none is missing. *)
Definition lists_paths (j k : 'I_n.+1) (L : seq (seq 'I_n.+1)) : Prop := uniq L /\ L =i is_path j k.

End Paths.

(* ------------------------------------------------------------------ products along paths *)

Section Products.
Variables (n : nat) (d : 'I_n.+1 -> nat) (R : ringType).

(* The identity matrix where j is k; a path never ends elsewhere, and the value there is 0. *)
Definition identity (j k : 'I_n.+1) : 'M[R]_(d k, d j) :=
  if j =P k is ReflectT jk then ecast i 'M[R]_(d i, d j) jk 1%:M else 0.

Variable D : forall j i : 'I_n.+1, 'M[R]_(d i, d j).

(* L15.  The product of the Jacobians along a path from j to k, later edges on the left. *)
Fixpoint product (j : 'I_n.+1) (s : seq 'I_n.+1) (k : 'I_n.+1) : 'M[R]_(d k, d j) :=
  if s is i :: s' then product i s' k *m D j i else identity j k.

(* L15.  The sum over the paths in a list. *)
Definition path_sum (j k : 'I_n.+1) (L : seq (seq 'I_n.+1)) : 'M[R]_(d k, d j) := \sum_(s <- L) product j s k.

End Products.

(* ------------------------------------------------------------------ the two loops *)

Section Memory.
Variables (vertex : eqType) (T : vertex -> Type).

(* A memory holds a value for every vertex.  Writing x at j changes the value at j and no other. *)
Definition write (memory : forall j, T j) (j : vertex) (x : T j) : forall k, T k :=
  fun k => if j =P k is ReflectT jk then ecast i (T i) jk x else memory k.

End Memory.

Section Loops.
Variables (n : nat) (e : rel 'I_n.+1) (d : 'I_n.+1 -> nat) (R : ringType).

(* L14.  One turn of the backward loop: p_j becomes the sum over the edges from j of p_i D_{j->i}. *)
Definition backward_turn (D : forall j i : 'I_n.+1, 'M[R]_(d i, d j)) r (p : forall j, 'M[R]_(r, d j)) (j : 'I_n.+1) :=
  write p (\sum_(i | e j i) p i *m D j i).

(* The loop over some vertices in some order ... *)
Definition backward_over (D : forall j i : 'I_n.+1, 'M[R]_(d i, d j)) r (p0 : forall j, 'M[R]_(r, d j)) (order : seq 'I_n.+1) :=
  foldl (backward_turn D (r := r)) p0 order.

(* L14.  ... and the backward pass: j = n-1, n-2, ..., 0.  The memory p0 is arbitrary; only its value at the
   output, the given p_n, will turn out to matter. *)
Definition backward (D : forall j i : 'I_n.+1, 'M[R]_(d i, d j)) r (p0 : forall j, 'M[R]_(r, d j)) :=
  backward_over D p0 [seq inord j | j <- rev (iota 0 n)].

(* L12.  The forward pass: for each vertex in turn that is no leaf, its function of the values so far. *)
Variables (leaf : pred 'I_n.+1) (f : forall i : 'I_n.+1, (forall j, 'cV[R]_(d j)) -> 'cV[R]_(d i)).

Definition forward_turn (u : forall j, 'cV[R]_(d j)) (i : 'I_n.+1) := if leaf i then u else write u (f i u).

Definition forward (u0 : forall j, 'cV[R]_(d j)) := foldl forward_turn u0 [seq inord i | i <- iota 0 n.+1].

(* L10.  The function of a vertex reads its parents and nothing else. *)
Definition reads_parents : Prop := forall i v w, (forall j, e j i -> v j = w j) -> f i v = f i w.

(* L10.  No edge enters a leaf. *)
Definition leaves_have_no_parents : Prop := forall j i, e j i -> ~~ leaf i.

End Loops.
