"""All checkers of the certificate benchmark see the same function, and a certificate of too few digits is not timed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest

from backproof.engine import backward, forward, jacobians
from benchmarks import certificates
from benchmarks.certificates import PEERS, Peer, as_graph, by_mpmath, certified, certified_digits, reference, value
from benchmarks.measure import Disagreement


def test_the_graph_and_the_function_are_the_same() -> None:
    for seed in range(5):
        sketch = reference(seed)
        graph, leaves = as_graph(sketch)
        assert np.isclose(value(sketch, np, [np.array(x) for x in leaves]), forward(graph, leaves)[graph.n][0], rtol=1e-13)


def test_the_certificate_the_differences_and_the_backward_pass_agree() -> None:
    sketch = reference()
    graph, leaves = as_graph(sketch)
    p = backward(graph, jacobians(graph, forward(graph, leaves)))
    right = np.concatenate([p[j][0] for j in (1, 2, 3)])
    assert np.allclose(certified(graph, leaves), right, rtol=1e-12)
    assert np.allclose(by_mpmath(sketch)(), right, rtol=1e-12)


def test_eighteen_digits_are_proved_and_fewer_are_refused() -> None:
    graph, leaves = as_graph(reference())
    assert certified_digits(graph, leaves) >= 18
    with pytest.raises(Disagreement, match="digits are certified where 1000 are asked for"):
        certified_digits(graph, leaves, asked=1000)


@pytest.mark.parametrize(("name", "package"), [peer[:2] for peer in PEERS])
def test_every_peer_accepts_the_function_and_looks_at_every_argument(name: str, package: str, apart: Callable[[str], None]) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs {package}")
    apart(
        "import numpy as np\n"
        "from benchmarks.certificates import LEAVES, PEERS, as_graph, certified, reference\n"
        f"make = next(make for name, _, make in PEERS if name == {name!r})\n"
        "sketch = reference()\n"
        "make(sketch).check()\n"
        "assert np.allclose(make(sketch).gradient(), certified(*as_graph(sketch)), rtol=1e-12)\n"
        "for lost in range(LEAVES):\n"
        "    try:\n"
        "        make(sketch, lost).check()\n"
        "    except (AssertionError, RuntimeError):\n"
        "        continue\n"
        "    raise SystemExit(f'the derivative by argument {lost} is gone, and nothing is flagged')"
    )


def test_a_peer_with_another_gradient_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that every installation has stands for the peer."""
    wrong = Peer(lambda: None, lambda: [1.0] * 9)
    monkeypatch.setattr(certificates, "PEERS", (("a checker", "numpy", lambda sketch: wrong),))
    with pytest.raises(Disagreement, match=r"a checker gives 1\.0 where backproof"):
        certificates.compared(quick=True)
