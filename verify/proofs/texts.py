"""The results of the backward pass on every graph with six vertices, as texts that are short enough for Coq.

In the notation of lists (`verify.proofs.translation`) they take 8 million letters, here one: an edge is a letter, `;`
ends a word, `/` ends the words of a vertex. First stands one word with the edges of the graph, then the words of every
vertex. What a text means, and that no two stand for the same result, is defined and proved in
theorems/formal/TableText.v. Evidence that is kept holds their SHA-256 instead of the texts.

>>> from backproof.verify.proofs.translation import named_graphs
>>> text_of(result(named_graphs()["L11 four vertices"]))
'bcef;/bf;/e;cf;/f;/;/'
>>> text_of(Result(8, ((0, 7),), ((),) * 8))
Traceback (most recent call last):
    ...
ValueError: texts are of graphs with up to 7 vertices, found an edge (0, 7)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from backproof.engine import backward
from backproof.engine.graph import Edge
from backproof.verify.proofs.translation import Result, Tables, result, small_graphs
from backproof.verify.three_way.routes import Backward

LETTERS = "abcdefghijklmnopqrstu"  # one for each of the 21 edges among seven vertices, as in TableText.v
WHOLE = 6  # vertices: 32,768 graphs, a minute of Coq; with seven there are 2,097,152
PART = 4096  # chosen: texts in one definition; Coq is no faster with fewer


def text_of(found: Result) -> str:
    """One result as a text. ValueError for an edge that has no letter."""
    return "".join("".join(f"{''.join(map(_letter, word))};" for word in words) + "/" for words in ((found.edges,), *found.words))


def _letter(edge: Edge) -> str:
    a, b = edge
    if not 0 <= a < b <= 6:
        raise ValueError(f"texts are of graphs with up to 7 vertices, found an edge {edge}")
    return LETTERS[b * (b - 1) // 2 + a]


def texts_of_all(backward_pass: Backward = backward, n: int = WHOLE) -> tuple[str, ...]:
    """What the backward pass leaves on every graph with n vertices. NotWords if that is no sum of words."""
    return tuple(text_of(result(graph, backward_pass)) for graph in small_graphs(n))


def digest(texts: Iterable[str]) -> str:
    """The SHA-256 of the texts, one a line."""
    lines = hashlib.sha256()
    for text in texts:
        lines.update(f"{text}\n".encode())
    return lines.hexdigest()


def coq_texts(texts: Sequence[str], n: int = WHOLE, part: int = PART) -> Tables:
    """A Coq file that states, and proves by computation, that every text is right and that no graph with n vertices is
    missing; with the digest of the texts.
    """
    parts = [texts[start : start + part] for start in range(0, len(texts), part)]
    names = [f"texts_{n}_{number}" for number in range(len(parts))]
    together, right = names[-1], f"{names[-1]}_right"
    for name in reversed(names[:-1]):
        together, right = f"{name} ++ ({together})", f"(accepts_both {name}_right {right})"
    whole = f"""
Definition texts_{n} : seq text := {together}.
Theorem texts_{n}_right : accepts_texts texts_{n} = true.
Proof. exact {right}. Qed.
Theorem texts_{n}_all : has_every_graph {n} (map read texts_{n}) = true.
Proof. vm_cast_no_check (erefl true). Qed.
"""
    head = "From mathcomp Require Import all_ssreflect.\nRequire Import BackproofFormal.Validation BackproofFormal.TableText.\n"
    return Tables(head + "".join(map(_definition, names, parts)) + whole, len(texts), digest(texts))


def whole_tables(lists: Tables, texts: Tables) -> Tables:
    """Both in one file, with the digest of the texts."""
    return Tables(f"{lists.text}\n{texts.text}", lists.graphs + texts.graphs, texts.digest)


def _definition(name: str, texts: Sequence[str]) -> str:
    listed = ";\n".join(f'  "{text}"' for text in texts)
    right = f"Theorem {name}_right : accepts_texts {name} = true.\nProof. vm_cast_no_check (erefl true). Qed.\n"
    return f"Definition {name} : seq text := [::\n{listed}]%text.\n{right}"
