from __future__ import annotations

from backproof.verify.proofs.coq.dependencies import read_graph, uses

GRAPH = """N: 3 "theorem" [body=yes, kind=cnst, prop=yes, path="real.Exp", ];
N: 4 "lemma" [body=yes, kind=cnst, prop=yes, path="Small", ];
N: 5 "elsewhere" [body=yes, kind=cnst, prop=yes, path="Other", ];
E: 3 4 [weight=2, ];
E: 4 5 [weight=1, ];
E: 9 4 [weight=1, ];
"""


def test_edges_are_between_known_names_in_folders_too() -> None:
    assert read_graph(GRAPH, {"real.Exp.theorem", "Small.lemma"}) == (("real.Exp.theorem", "Small.lemma"),)


def test_uses_are_followed_and_circles_end() -> None:
    assert uses([("a", "b"), ("b", "c"), ("c", "a")], "a") == {"a", "b", "c"}
    assert uses([], "a") == set()
