"""The functions that a caller gives, refused where they are none, or cannot take what they will be called with.

>>> takes("vjp", lambda args, out, cotangent: (), 3, "(args, out, cotangent)", "vjp=…")
>>> takes("vjp", lambda x, ct: (), 3, "(args, out, cotangent)", "vjp=lambda args, out, cotangent: (…,)")
Traceback (most recent call last):
    ...
TypeError: vjp is called with (args, out, cotangent), and <lambda>(x, ct) cannot be: too many positional arguments; write vjp=lambda args, out, cotangent: (…,)
>>> must_be_function("f", 3, "check(f, args, vjp=…)")
Traceback (most recent call last):
    ...
TypeError: f must be a function, found an int (3); write check(f, args, vjp=…)
"""

from __future__ import annotations

import inspect
from typing import Any

from backproof.verify.gradient_oracle.given.words import of_what, one_line
from backproof.verify.lift.lifted import Function

VJP_FORM = "vjp=lambda args, out, cotangent: (…,), which returns one gradient for each argument"
CALL_FORM = "check(f, args, vjp=…)"


def taken_functions(
    f: Any,
    count: int,
    *,
    vjp: Any = None,
    gradient: Any = None,
    value_and_gradient: Any = None,
    reference: Any = None,
    residual: Any = None,
    domain: Any = None,
) -> None:
    """TypeError for what is no function, or cannot be called: f, gradient, reference and domain with `count` arguments,
    vjp with three. ValueError where there is not one of vjp, gradient and value_and_gradient."""
    of_the_arguments = (("gradient", gradient), ("value_and_gradient", value_and_gradient), ("reference", reference), ("domain", domain))
    for role, function in (("f", f), ("vjp", vjp), ("residual", residual), *of_the_arguments):
        if role == "f" or function is not None:
            must_be_function(role, function, CALL_FORM)
    what = "give vjp=… (a function of args, out, cotangent), gradient=… (a function of the arguments) or value_and_gradient=…"
    backwards = sum(backward is not None for backward in (vjp, gradient, value_and_gradient))
    if backwards > 1:
        raise ValueError(f"{what}, and one of them only")
    if not backwards:
        raise ValueError(f"nothing to check: {what}")
    args = f"the {count} argument{'' if count == 1 else 's'} of args"
    for role, function in (("f", f), *of_the_arguments):
        if function is not None:
            takes(role, function, count, args, "args=(x, …), as many as it takes; a list is the arguments too")
    if residual is not None:
        takes("residual", residual, count + 1, "the root and " + args, "residual=lambda out, *args: …")
        if reference is not None:
            raise ValueError("give residual=… or reference=…, and not both")
    if vjp is not None:
        takes("vjp", vjp, 3, "(args, out, cotangent)", VJP_FORM)


def must_be_function(role: str, value: Any, form: str) -> None:
    """TypeError for what cannot be called."""
    if not callable(value):
        raise TypeError(f"{role} must be a function, found {of_what(value)}; write {form}")
    if inspect.iscoroutinefunction(value) or inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value):
        kind = "a generator" if inspect.isgeneratorfunction(value) else "a coroutine"
        raise TypeError(
            f"{role} must be a function that returns its result, found {of_what(value)}, which returns {kind}; write a plain def"
        )


def takes(role: str, function: Function, count: int, what: str, form: str) -> None:
    """TypeError if the signature of a function, where it has one, does not take so many arguments. What it wraps is not
    asked: it is the wrapper that will be called."""
    try:
        signature = inspect.signature(function, follow_wrapped=False)
    except (ValueError, TypeError):
        return
    try:
        signature.bind(*(None for _ in range(count)))
    except TypeError as error:
        names = _as_parameters(signature)
        found = f"{one_line(getattr(function, '__name__', type(function).__name__))}({names})"
        raise TypeError(f"{role} is called with {what}, and {found} cannot be: {one_line(str(error))}; write {form}") from None


def _as_parameters(signature: inspect.Signature) -> str:
    shown: list[str] = []
    for parameter in signature.parameters.values():
        alone = parameter.kind is inspect.Parameter.KEYWORD_ONLY and not any(name.startswith("*") for name in shown)
        shown += ["*"] * alone + [_as_parameter(parameter)]
    return ", ".join(shown)


def _as_parameter(parameter: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    return f"{stars}{parameter.name}{'' if parameter.default is inspect.Parameter.empty else '=…'}"
