"""`check_layer` on layers and networks in the ways in which people write them (`zoo.py`): right ones are certified, wrong
ones are flagged, in words that name the parameter or the protocol."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, assert_correct, check, check_layer

# pyright: reportUnknownMemberType=false
SPEC: Any = importlib.util.spec_from_file_location("zoo_of_layers", Path(__file__).parent / "zoo.py")
ZOO: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ZOO)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
RNG = np.random.default_rng(0)
X, T, T3 = RNG.normal(size=(2, 3)), np.array([0, 1]), np.array([2, 0])
W = RNG.normal(size=(3, 2))
Two = RNG.normal(size=(3, 2))

RIGHT: dict[str, tuple[Callable[[], Any], Any, list[str]]] = {
    "dW beside W": (lambda: ZOO.Affine(W.copy(), np.zeros(2)), X, ["gradients: x (returned), W (dW), b (db)"]),
    "no parameters": (ZOO.Relu, X, ["gradients: x (returned)"]),
    "a loss layer": (ZOO.SoftmaxWithLoss, (X, T), []),
    "a loss layer that uses no cotangent": (
        ZOO.LossThatIgnores,
        (X, T),
        ["the backward uses no cotangent: checked as the gradient of the forward's one number"],
    ),
    "shared dictionary, gradient(x, t)": (ZOO.TwoLayers, (X, T), ["no gradient is returned for x: taken as data"]),
    "lists, in place": (ZOO.ListNet, (Two[:2], T3), []),
    "parameter objects": (ZOO.Linear, X, ["gradients of parameters are added to what is there (+=), and zero_grad sets them to zero"]),
    "layers in a list": (
        lambda: ZOO.Sequential(ZOO.Linear(3, 4), ZOO.Relu(), ZOO.Linear(4, 2)),
        X,
        ["gradients of parameters are added to what is there (+=): set them to zero before each step"],
    ),
    "all returned": (ZOO.ReturnsAll, X, ["gradients: x (returned), W (returned[1]), b (returned[2])"]),
    "loss, grads = loss(X, y)": (ZOO.CourseNet, (X, T3), []),
    "sizes by the first forward": (ZOO.Lazy, X, []),
    "dropout": (ZOO.Dropout, X, [f"random numbers are drawn at zoo.py:{ZOO.Dropout.forward.__code__.co_firstlineno + 2}"]),
    "batch norm, both modes": (ZOO.BatchNorm, Two, []),
    "nothing is returned": (ZOO.KeepsAll, X, ["gradients: inputs (dinputs), weights (dweights), biases (dbiases)"]),
    "a step of its own": (ZOO.TakesStep, X[:1], ["gradients: input_data (returned), weights (a step of rate 1)"]),
    "attributes and a dictionary": (ZOO.Attention, Two, ["gradients: x (returned), Wq (grads['Wq'])"]),
    "a backward without arguments": (ZOO.MeanSquares, (X, X + 1.0), ["no gradient is returned for target: taken as data"]),
    "an embedding": (ZOO.EveryUse, np.array([0, 2, 1]), ["gradients: params[0] (grads[0])"]),
}
WRONG: dict[str, tuple[Callable[[], Any], Any, str]] = {
    "a bias divided again": (ZOO.TwoLayersWrong, (X, T), "params['b1']"),
    "a layer left out": (ZOO.ListNetWrong, (Two[:2], T3), "params[1]"),
    "a mean for a sum": (ZOO.LinearWrong, X, "bias.data"),
    "weight decay that the loss does not have": (ZOO.ReturnsAllWrong, X, "W"),
    "half of the regularisation": (ZOO.CourseNetWrong, (X, T3), "params['W2']"),
    "evaluation mode of dropout": (ZOO.DropoutWrong, X, "training set to False"),
    "evaluation mode of batch norm": (ZOO.BatchNormWrong, Two, "training set to False"),
    "a step before the gradient of the input": (ZOO.TakesStepWrong, X[:1], "input_data"),
    "an absolute value": (ZOO.KeepsAllWrong, X, "the gradient of inputs"),
    "a transposition": (ZOO.AttentionWrong, Two, "Wk"),
    "the size of a batch": (ZOO.MeanSquaresWrong, (X, X + 1.0), "the gradient of prediction"),
    "a bias of another shape": (ZOO.ListWithWrongShape, X, "gradient of params[1]: shape (2,), the argument has shape (1, 2)"),
    "the last use of a row": (ZOO.LastUse, np.array([0, 2, 1]), "keep the contribution of their last use only"),
    "a mask that is kept for ever": (ZOO.StaleMask, X, "with forward twice, then backward, entry"),
    "a mask of the class": (ZOO.SharedMask, X, "with two layers alive, when the other one ran its forward in between"),
    "a backward that changes what was kept": (ZOO.ConsumesCache, X, "with backward twice, entry"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_layer_is_certified(name: str) -> None:
    make, x, notes = RIGHT[name]
    result = check_layer(make, x, effort="quick")
    assert result.ok, result.explain()
    assert result.proved == result.points > 1
    for words in notes:
        assert any(note.startswith(words) for note in result.notes), result.notes


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_layer_is_flagged_by_name(name: str) -> None:
    make, x, words = WRONG[name]
    result = check_layer(make, x)
    assert result.verdict is Verdict.WRONG
    assert words in result.explain()


def test_findings_name_the_entry_of_a_parameter() -> None:
    result = check_layer(ZOO.CourseNetWrong, (X, T3), effort="quick")
    assert "params['W2'][0, 0]   found" in result.explain()
    assert "print(check_layer(CourseNetWrong, x, effort='quick', seed=0).explain())" in result.reproduction
    assert result.name == "CourseNetWrong"


def test_the_natural_glue_of_a_layer_is_led_here() -> None:
    layer = ZOO.Affine(W.copy(), np.zeros(2))
    result = check(layer.forward, (X,), lambda args, out, ct: (layer.backward(ct),))
    assert result.verdict is Verdict.WRONG or result.ok
    relu = ZOO.Relu()
    words = check(relu.forward, (X,), lambda args, out, ct: (relu.backward(ct),)).explain()
    assert "It uses the state that the last forward left" in words
    assert "check_layer(make, x)" in words


# what is told


class Odd:
    """Nothing has a name that is known."""

    def __init__(self) -> None:
        self.kernel, self.slope = np.array([[1.0, -2.0, 0.5]]), {}

    def ahead(self, x: Any) -> Any:
        self.kept = x
        return np.sin(x @ self.kernel.T)

    def back(self, d: Any) -> Any:
        d = d * np.cos(self.kept @ self.kernel.T)
        self.slope["of kernel"] = d.T @ self.kept
        return d @ self.kernel


def test_names_may_be_told() -> None:
    told: dict[str, Any] = {"forward": "ahead", "backward": "back", "parameters": {"kernel": "slope['of kernel']"}}
    result = check_layer(Odd, X, effort="quick", **told)
    assert result.ok
    assert result.notes[0] == "gradients: x (returned), kernel (slope['of kernel'])"
    assert check_layer(ZOO.ReturnsAll, X, parameters={"b": "returned[2]"}, effort="quick").notes[0].endswith("b (returned[2])")
    assert check_layer(ZOO.ReturnsAllWrong, X, parameters=["b"], effort="quick").ok


@pytest.mark.parametrize(
    ("make", "x", "options", "error", "words"),
    [
        (Odd, X, {}, TypeError, 'which has no forward; it must build a layer, or say forward="its name"'),
        (Odd, X, {"forward": "ahead"}, TypeError, "has no backward"),
        (lambda: ZOO.Relu(), X + 1j, {}, TypeError, "not taken yet; give x.real and x.imag"),
        (ZOO.Relu(), X, {}, TypeError, r"make must be a function that builds a fresh layer, found a Relu; write check_layer\(lambda"),
        (ZOO.ReturnsAll, X, {"parameters": ["V"]}, ValueError, "parameters names V, of which no gradient was found"),
        (ZOO.ReturnsAll, X, {"parameters": {"V": "dV"}}, ValueError, "parameters names V, which the layer does not have"),
        (
            lambda: ZOO.Affine(np.ones((X.shape[1], 2)), np.zeros(2)),
            X,
            {"parameters": {"W": "nope"}},
            ValueError,
            "a gradient is at nope, where nothing is after the backward",
        ),
        (ZOO.Relu, X, {"forward": "ahead"}, TypeError, "has no method 'ahead'; write the name of one that it has"),
        (ZOO.ReturnsAll, X, {"effort": "some"}, ValueError, "effort"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_to_write(make: Any, x: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        check_layer(make, x, **options)


def test_a_backward_without_any_gradient_is_refused() -> None:
    class Silent(ZOO.Relu):
        def backward(self, _: Any) -> None:
            return None

    with pytest.raises(ValueError, match="no gradient was found"):
        check_layer(Silent, X)


def test_domain_is_asked_about_the_inputs() -> None:
    class Log:
        def forward(self, x: Any) -> Any:
            self.x = x
            return np.log(x)

        def backward(self, d: Any) -> Any:
            return d / np.where(self.x > 0.1, self.x, 1.0)

    x = np.array([0.5, 2.0])
    assert check_layer(Log, x, domain=lambda x: bool(np.all(x > 0.2)), effort="quick").ok
    assert check_layer(Log, x).verdict is Verdict.WRONG


def test_a_layer_may_be_checked_as_a_function_too() -> None:
    def f(x: Any, w: Any) -> Any:
        return ZOO.Affine(w, np.zeros(2)).forward(x)

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        layer = ZOO.Affine(args[1], np.zeros(2))
        layer.forward(args[0])
        return layer.backward(ct), layer.dW

    assert_correct(f, (X, W), vjp=vjp, effort="quick")


def test_lines_to_paste_hold_what_was_told() -> None:
    result = check_layer(ZOO.ReturnsAllWrong, X, parameters={"W": "returned[1]"}, effort="quick")
    assert not result.ok
    assert "x, parameters={'W': 'returned[1]'}, effort='quick', seed=0)" in result.reproduction
