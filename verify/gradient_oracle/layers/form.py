"""How a layer is used: a `Form`, plain data. Which methods are its forward and its backward, which arrays are its
parameters, where their gradients are, what it returns for its inputs, and its modes.

>>> form = Form("forward", "backward", (Parameter("W", ((("attribute", "W"),),), (("attribute", "dW"),)),))
>>> form.parameters[0].where
'dW'
>>> Parameter("b", ((("attribute", "b"),),), (("item", 1),), returned=True).where
'returned[1]'
>>> Form("forward")
Traceback (most recent call last):
    ...
TypeError: Form.__init__() missing 1 required positional argument: 'backward'
"""

from __future__ import annotations

from dataclasses import dataclass

from backproof.verify.gradient_oracle.handed.trees import Path, name_of

FORWARDS = ("forward", "forward_pass", "__call__", "fprop", "feedforward", "feed_forward", "forward_prop", "forward_propagation", "fwd")
BACKWARDS = ("backward", "backward_pass", "bprop", "backprop", "backward_prop", "back_prop", "backpropagate", "backward_propagation", "bwd")
LOSSES = ("loss", "value_and_gradient", "value_and_grad", "loss_and_grads")
GRADIENTS = ("gradient", "gradients", "grad", "compute_gradients")
ZEROING = ("zero_grad", "zero_grads", "zero_gradients", "zero_gradient", "flush_gradients", "clear_grads", "cleargrads", "reset_grads")
OUTPUTS = ("output", "outputs", "out", "y", "a", "activation", "result")
OF_INPUTS = ("dinputs", "dinput", "dx", "dX", "grad_input", "input_grad", "d_input", "dx_", "delta")
MODES = ("training", "is_training", "train_mode", "train_flg", "is_train", "training_mode", "trainable_mode", "train")
"""The names that people give to methods and attributes, the most usual first."""


@dataclass(frozen=True)
class Parameter:
    """An array that is differentiated: its `name`, all `paths` at which it stands, the `gradient`'s path (from the layer,
    or from what the backward `returned`); None where a gradient was to be and is not. The same gradient may stand
    `beside` at other paths. Where it is `applied`, the backward takes a step of a given rate itself: with a rate of 1 the
    gradient is what is gone."""

    name: str
    paths: tuple[Path, ...]
    gradient: Path | None
    returned: bool = False
    beside: tuple[Path, ...] = ()
    applied: bool = False

    @property
    def where(self) -> str:
        """Where its gradient is, in words."""
        if self.applied:
            return "a step of rate 1"
        if self.gradient is None:
            return "nowhere"
        return name_of("returned", self.gradient) if self.returned else name_of("", self.gradient)


@dataclass(frozen=True)
class Form:
    """How a layer is used.

    `forward`, `backward`   names of methods
    `parameters`  its arrays with gradients
    `inputs`      for each input of the forward, where its gradient is in what the backward returns, or in the layer where
                  that is `kept`; None for data
    `output`      where the layer keeps its output, if the forward returns nothing
    `lazy`        whether its parameters are made by the first forward
    `calls`       what the backward is given: "cotangent", "cache", "rate", "inputs"; or "value", where the forward returns
                  the gradients with its value
    `ignores`     whether the backward takes a cotangent of one by default, and uses none
    `added`       whether gradients are added to what is there
    `zero`        the method that sets gradients to zero
    `modes`       paths of flags that say whether it trains, or `mode_methods` (train, eval), or a keyword of the forward
    `training`    whether it trains as it is made; None where it has no modes
    `untouched`   arrays of floats without a gradient
    """

    forward: str
    backward: str
    parameters: tuple[Parameter, ...] = ()
    inputs: tuple[Path | None, ...] = ()
    kept: bool = False
    output: Path = ()
    lazy: bool = False
    calls: tuple[str, ...] = ("cotangent",)
    ignores: bool = False
    added: bool = False
    zero: str = ""
    modes: tuple[Path, ...] = ()
    mode_methods: tuple[str, ...] = ()
    mode_keyword: str = ""
    training: bool | None = None
    untouched: tuple[str, ...] = ()
