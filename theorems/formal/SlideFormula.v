(* Theorem 2 as it stands on the slide.                                                       (lecture: L16)

   When every variable is one number, Jacobians are numbers and the theorem reads literally

        p_j   =   \sum_(p in P(j, n))  \prod_((a, b) in p)  D_{a->b}.

   A path is a list of edges here, as the product has it; the numbers come from any ring, commutative or
   not, so the product is ordered, later edges on the left: `rev p` is the path read backward.

   Reading guide, beyond Definitions.v
     unzip1 p, unzip2 p       the tails, and the heads, of the edges in the list p
     \prod_(ab <- rev p) D ab.1 ab.2     the product of D over the edges of p, the last edge first *)

From mathcomp Require Import all_ssreflect all_algebra.
Require Import BackproofFormal.Definitions BackproofFormal.PathList BackproofFormal.PathSum BackproofFormal.BackwardPass.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section SlideFormula.
Variables (n : nat) (e : rel 'I_n.+1) (R : ringType) (D : 'I_n.+1 -> 'I_n.+1 -> R).
Notation vertex := 'I_n.+1.
Hypothesis topological : acyclic e.

(* L15.  A list of edges is a path from j to k when they are edges of the graph, the first leaves j, the last
   enters k, and each begins where the one before it ends. *)
Definition is_edge_path (j k : vertex) (p : seq (vertex * vertex)) : bool :=
  all (fun ab => e ab.1 ab.2) p && (j :: unzip2 p == rcons (unzip1 p) k).

(* L14.  The loop of the slide, on numbers. *)
Definition number_turn (p : vertex -> R) (j : vertex) : vertex -> R :=
  fun k => if k == j then \sum_(i | e j i) p i * D j i else p k.

Definition number_backward (p0 : vertex -> R) : vertex -> R := foldl number_turn p0 [seq inord j | j <- rev (iota 0 n)].

(* A path as a list of edges, and as the list of the vertices after j, are the same thing. *)
Fixpoint edges_of (j : vertex) (s : seq vertex) : seq (vertex * vertex) :=
  if s is i :: s' then (j, i) :: edges_of i s' else [::].

Lemma unzip2_edges_of j s : unzip2 (edges_of j s) = s.
Proof. by elim: s j => //= i s IH j; rewrite IH. Qed.

Lemma is_edge_path_edges_of j k s : is_edge_path j k (edges_of j s) = is_path e j k s.
Proof.
rewrite /is_edge_path /is_path unzip2_edges_of; elim: s j => [|i s IH] j /=; first by rewrite eqseq_cons andbT.
by rewrite eqseq_cons eqxx /= -!andbA IH.
Qed.

Lemma edges_of_unzip2 j k p : is_edge_path j k p -> edges_of j (unzip2 p) = p.
Proof.
rewrite /is_edge_path; elim: p j => //= [[a b] p IH] j /= /andP[/andP[_ all_p]].
by rewrite eqseq_cons => /andP[/eqP-> tail]; rewrite IH // all_p.
Qed.

Lemma product_edges_of j k s : is_path e j k s ->
  \prod_(ab <- rev (edges_of j s)) D ab.1 ab.2 = product (d := fun _ => 1%N) (fun a b => (D a b)%:M) j s k 0 0.
Proof.
rewrite /is_path => /andP[_ /eqP]; elim: s j => [|i s IH] j /=; first by move=> ->; rewrite big_nil identity_same mxE.
by move=> last_s; rewrite rev_cons -cats1 big_cat big_seq1 IH //= [RHS]mxE big_ord1 [(D j i)%:M _ _]mxE eqxx mulr1n.
Qed.
(* The loop on numbers is the loop on matrices with one row and one column. *)
Lemma number_backward_is_backward p0 j :
  number_backward p0 j = backward e (d := fun _ => 1%N) (fun a b => (D a b)%:M) (fun i => (p0 i)%:M : 'M[R]_1) j 0 0.
Proof.
rewrite /number_backward /backward /backward_over; move: [seq _ | _ <- _] => order.
suff same p (q : vertex -> 'M[R]_1) : (forall i, p i = q i 0 0) ->
    forall k, foldl number_turn p order k =
      foldl (backward_turn e (d := fun _ => 1%N) (fun a b => (D a b)%:M) (r := 1)) q order k 0 0.
  by apply: same => i; rewrite mxE eqxx mulr1n.
elim: order p q => //= i order IH p q pq; apply: IH => k; rewrite /number_turn.
have [->|ki] := eqVneq k i; last by rewrite /backward_turn write_other.
rewrite theorem2_step1_recursion summxE; apply: eq_bigr => b _.
by rewrite mxE big_ord1 [(D i b)%:M _ _]mxE eqxx mulr1n pq.
Qed.

(* L16, THEOREM 2 as on the slide: p_n = 1, every variable is one number, and P lists the paths from j. *)
Theorem theorem2_on_the_slide (p0 : vertex -> R) j (P : seq (seq (vertex * vertex))) :
  p0 (out n) = 1 -> uniq P -> P =i is_edge_path j (out n) ->
  number_backward p0 j = \sum_(p <- P) \prod_(ab <- rev p) D ab.1 ab.2.
Proof.
move=> seed P_uniq P_mem; pose L := [seq unzip2 p | p <- P].
have inP p : p \in P -> is_edge_path j (out n) p by rewrite P_mem.
have listed : lists_paths e j (out n) L.
  split=> [|s].
    rewrite map_inj_in_uniq // => p q /inP path_p /inP path_q pq.
    by rewrite -(edges_of_unzip2 path_p) pq (edges_of_unzip2 path_q).
  rewrite -[RHS]/(is_path e j (out n) s) -is_edge_path_edges_of.
  apply/mapP/idP => [[p /inP path_p ->]|path_s]; first by rewrite (edges_of_unzip2 path_p).
  by exists (edges_of j s); rewrite ?unzip2_edges_of // P_mem.
rewrite number_backward_is_backward (theorem2 _ topological _ listed) seed mul1mx /path_sum summxE big_map.
rewrite big_seq [RHS]big_seq; apply: eq_bigr => p /inP path_p.
have path_s : is_path e j (out n) (unzip2 p) by rewrite -is_edge_path_edges_of (edges_of_unzip2 path_p).
by rewrite -(product_edges_of path_s) (edges_of_unzip2 path_p).
Qed.

(* And such a list P exists. *)
Theorem edge_paths_can_be_listed j k : exists2 P, uniq P & P =i is_edge_path j k.
Proof.
have [L_uniq L_mem] := all_paths_listed topological j k.
exists [seq edges_of j s | s <- all_paths e j k].
  by rewrite map_inj_uniq // => s t st; rewrite -(unzip2_edges_of j s) st unzip2_edges_of.
move=> p; rewrite -[RHS]/(is_edge_path j k p); apply/mapP/idP => [[s]|path_p].
  by rewrite L_mem => path_s ->; rewrite is_edge_path_edges_of.
exists (unzip2 p); last by rewrite (edges_of_unzip2 path_p).
by rewrite L_mem -[_ \in _]/(is_path e j k (unzip2 p)) -is_edge_path_edges_of (edges_of_unzip2 path_p).
Qed.

End SlideFormula.
