"""Functions and layers in the shapes that people write them, each with a wrong twin that says what is wrong, as data.

A file of this folder is one theme. It holds code as it stands in somebody's project, and ends with its list `ENTRIES`. A
comment marks one line for each entry, in the order of the list:

    # fault KIND | ARGUMENT | REPLACEMENT
    dx = dout @ w.T

The wrong twin is the same file with the line below the comment replaced: the line of a fault is never stale. A line
that ends with `# vertex` is the statement of the forward whose derivative is wrong, where there is one.

>>> (entry := load("activations")[0]).name, entry.fault.kind
('logistic class', 'wrong cache')
>>> load("no_such_theme")
Traceback (most recent call last):
    ...
FileNotFoundError: no file of real code is called 'no_such_theme'
"""

import functools
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

Shape: TypeAlias = Literal["vjp", "gradient", "value_and_gradient", "layer"]
Shown: TypeAlias = Literal["values", "cotangent", "again", "between", "dtype"]

FOLDER = Path(__file__).resolve().parent
KINDS = (
    "missing factor", "wrong factor", "missing term", "sign", "wrong axis", "mean for sum", "wrong cache", "overwrites cotangent",
    "assigned, not added", "wrong mask", "stale state", "not transposed", "not summed", "window", "remainder", "index ignored",
    "repeated ids", "gamma outside of sums", "held constant", "cotangent not used", "gates exchanged", "mode", "ties", "overflow",
    "down-cast", "wrong slice", "wrong function", "arguments exchanged", "wrong constant", "zero gradient", "not a number",
)  # fmt: skip
MARK = re.compile(r"^\s*# fault ([^|]+) \| ([^|]+) \| (.+)$")
VERTEX = "# vertex"
STEP = re.compile(r"(\w+)(?=[.\[]|$)|\[(\d+)\]|\['(\w+)'\]")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a twin: the kind, whose gradient is wrong, the line of the wrong statement, and that of the
    vertex in the forward, if one is meant."""

    kind: str
    argument: str
    line: int
    replacement: str
    vertex: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One function or layer as somebody hands it over.

    `shape` says what `backward` is: `vjp(args, out, ct)`, `gradient(*args)`, `value_and_gradient(*args)`; gradients are
    those of the arguments of `wrt` (all that hold floats), one alone or several. Of a layer `make()` gives a fresh
    object, with the methods of `methods`, and `parameters` says where each parameter's gradient is found; the backward
    of a `loss` takes no cotangent. `accumulates`: a second backward adds to the gradients, as it is meant to. `exposes`
    are arguments at which the fault is seen where it is not at `args`; `kink`: the right one has no derivative there.
    `shows` is in what the fault is seen: the values, the cotangent that it changes, the dtype, a forward of the same
    layer before (`again`), or one of another layer in between.
    """

    name: str
    shape: Shape
    args: tuple[Any, ...]
    f: Callable[..., Any] | None = None
    backward: Callable[..., Any] | None = None
    make: Callable[[], Any] | None = None
    methods: tuple[str, str] = ("forward", "backward")
    parameters: Mapping[str, str] = field(default_factory=lambda: {})
    loss: bool = False
    accumulates: bool = False
    wrt: tuple[int, ...] | None = None
    exposes: tuple[Any, ...] | None = None
    kink: bool = False
    shows: Shown = "values"
    accuracy: float = 1e-6
    theme: str = ""
    fault: Fault = Fault("", "", 0, "")
    twin: Callable[[], "Entry"] | None = None

    def wrong(self) -> "Entry":
        """The wrong twin, made afresh."""
        assert self.twin is not None
        return self.twin()


def vjp(name: str, f: Any, backward: Any, *args: Any, **more: Any) -> Entry:
    """One with `backward(args, out, ct)`."""
    return Entry(name=name, shape="vjp", f=f, backward=backward, args=args, **more)


def cached(name: str, forward: Any, backward: Any, *args: Any, **more: Any) -> Entry:
    """An entry with `out, cache = forward(*args)` and `backward(dout, cache)`."""
    f = functools.wraps(forward)(lambda *a: forward(*a)[0])
    return vjp(name, f, lambda a, out, ct: backward(ct, forward(*a)[1]), *args, **more)


def gradient(name: str, f: Any, backward: Any, *args: Any, **more: Any) -> Entry:
    """An entry with a scalar f and `backward(*args)`."""
    return Entry(name=name, shape="gradient", f=f, backward=backward, args=args, **more)


def value_and_gradient(name: str, both: Any, *args: Any, **more: Any) -> Entry:
    """An entry with `value, gradients = both(*args)`."""
    f = functools.wraps(both)(lambda *a: both(*a)[0])
    return Entry(name=name, shape="value_and_gradient", f=f, backward=both, args=args, **more)


def layer(name: str, make: Any, *args: Any, **more: Any) -> Entry:
    """An entry of a layer that `make()` builds, run at these arguments."""
    return Entry(name=name, shape="layer", make=make, args=args, **more)


def load(theme: str | None = None) -> list[Entry]:
    """The entries of one file, or of all, from modules that are executed anew: no state is left of an earlier load."""
    sys.modules.setdefault("entry", sys.modules[__name__])
    found: list[Entry] = []
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem != "entry" and theme in {None, path.stem}:
            lines = tuple(path.read_text(encoding="utf-8").splitlines())
            for number, (one, fault) in enumerate(zip(executed(path, lines), faults(lines), strict=True)):
                twin = functools.partial(_twin, path, lines, fault, number)
                found.append(replace(one, theme=path.stem, fault=fault, twin=twin))
    if not found:
        raise FileNotFoundError(f"no file of real code is called {theme!r}")
    return found


def faults(lines: tuple[str, ...]) -> Iterator[Fault]:
    """The marked faults of a file, in order."""
    vertex = None
    for number, text in enumerate(lines, start=1):
        mark = MARK.match(text)
        if mark:
            yield Fault(mark[1].strip(), mark[2].strip(), number + 1, mark[3].strip(), vertex)
            vertex = None
        elif text.rstrip().endswith(VERTEX):
            vertex = number


def executed(path: Path, lines: tuple[str, ...]) -> list[Entry]:
    """The entries of this text."""
    module = types.ModuleType(f"{FOLDER.name}.{path.stem}")
    module.__file__ = str(path)
    exec(compile("\n".join(lines) + "\n", str(path), "exec"), vars(module))
    return vars(module)["ENTRIES"]


def _twin(path: Path, lines: tuple[str, ...], fault: Fault, number: int) -> Entry:
    """The entry in the text with the marked line replaced; its source can be read by tools that quote it."""
    right = lines[fault.line - 1]
    wrong = right[: len(right) - len(right.lstrip())] + fault.replacement
    changed = (*lines[: fault.line - 1], wrong, *lines[fault.line :])
    own = path.with_name(f"{path.stem}~{number}.py")
    linecache.cache[str(own)] = (sum(map(len, changed)), None, [text + "\n" for text in changed], str(own))
    return replace(executed(own, changed)[number], theme=path.stem, fault=fault)


@dataclass(frozen=True)
class Plain:
    """An entry as a function of arrays, whole numbers and words, and its vjp with one gradient for each argument (None
    for those without)."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    vjp: Callable[..., Any]


def plain(entry: Entry, args: tuple[Any, ...] | None = None) -> Plain:
    """The adapter for checkers that know arrays alone: parameters of layers become arguments, trees are flattened,
    several outputs joined, float data bound."""
    given = entry.args if args is None else args
    wrt = tuple(k for k, a in enumerate(given) if any(_is_float(leaf) for leaf in leaves(a))) if entry.wrt is None else entry.wrt
    free = tuple(k for k, a in enumerate(given) if k in wrt or not any(_is_float(leaf) for leaf in leaves(a)))
    new = entry.make() if entry.make else None
    settings = [np.array(reach(new, path)) for path in entry.parameters]
    start = [*(leaf for k in free for leaf in leaves(given[k])), *settings]

    def run(flat: tuple[Any, ...]) -> Any:
        rest = iter(flat)
        own = list(given)
        for k in free:
            own[k] = rebuilt(given[k], rest)
        return called(entry, tuple(own), list(rest))

    def f(*flat: Any) -> Any:
        return joined(run(flat)[0])

    def vjp(flat: Any, out: Any, ct: Any) -> Any:
        value, pull = run(tuple(flat))
        found, own = pull(split(ct, value))
        several = found if isinstance(found, tuple) and len(wrt) != 1 else (found[0] if isinstance(found, tuple) else found,)
        gradients = dict(zip(wrt, several, strict=True)) if wrt else {}
        back = [leaf for k in free for leaf in (leaves(gradients[k]) if k in gradients else [None] * len(leaves(given[k])))]
        return (*back, *own)

    return Plain(f, tuple(start), vjp)


def called(
    entry: Entry, args: tuple[Any, ...], parameters: list[Any], one: Any = None
) -> tuple[Any, Callable[[Any], tuple[Any, list[Any]]]]:
    """One forward, of a fresh layer or of this one, and its backward: gradients of arguments, and of parameters."""
    if entry.make:
        one = entry.make() if one is None else one
        for path, value in zip(entry.parameters, parameters, strict=True):
            put(one, path, value)
        forward, backward = (getattr(one, name) for name in entry.methods)
        value = forward(*args)

        def pull(ct: Any) -> tuple[Any, list[Any]]:
            found = backward() if entry.loss else backward(ct)
            own = [reach(one, path) for path in entry.parameters.values()]
            return scaled((found, own), ct) if entry.loss else (found, own)

        return value, pull
    backward: Any = entry.backward
    if entry.shape == "value_and_gradient":
        value, found = backward(*args)
        return value, lambda ct: (scaled(found, ct), [])
    value = entry.f(*args) if entry.f else None
    return value, lambda ct: (scaled(backward(*args), ct) if entry.shape == "gradient" else backward(args, value, ct), [])


def scaled(tree: Any, factor: Any) -> Any:
    """The arrays of a tree times the cotangent of a scalar."""
    if isinstance(tree, dict):
        return {key: scaled(part, factor) for key, part in tree.items()}
    if isinstance(tree, tuple | list):
        return type(tree)(scaled(part, factor) for part in tree)
    return None if tree is None else factor * tree


def leaves(tree: Any) -> list[Any]:
    """The arrays of a tree, in order."""
    if isinstance(tree, dict):
        return [leaf for part in tree.values() for leaf in leaves(part)]
    return [leaf for part in tree for leaf in leaves(part)] if isinstance(tree, tuple | list) else [tree]


def rebuilt(tree: Any, rest: Iterator[Any]) -> Any:
    """The same tree with other arrays."""
    if isinstance(tree, dict):
        return {key: rebuilt(part, rest) for key, part in tree.items()}
    return type(tree)(rebuilt(part, rest) for part in tree) if isinstance(tree, tuple | list) else next(rest)


def joined(out: Any) -> Any:
    """Several outputs as one array."""
    return np.concatenate([np.reshape(part, -1) for part in out]) if isinstance(out, tuple) else out


def split(ct: Any, out: Any) -> Any:
    """The cotangent of each of several outputs."""
    if not isinstance(out, tuple):
        return ct
    ends = np.cumsum([int(np.size(part)) for part in out])
    return tuple(ct[end - int(np.size(part)) : end].reshape(np.shape(part)) for part, end in zip(out, ends, strict=True))


def reach(owner: Any, path: str) -> Any:
    """What stands at `params['W']` or `layers[0].dW`."""
    for name, place, key in STEP.findall(path):
        owner = getattr(owner, name) if name else owner[int(place)] if place else owner[key]
    return owner


def put(owner: Any, path: str, value: Any) -> None:
    """Another value there."""
    last = list(STEP.finditer(path))[-1]
    owner, (name, place, key) = reach(owner, path[: last.start()]), last.groups()
    if name:
        setattr(owner, name, value)
    else:
        owner[int(place) if place else key] = value


def normal(seed: int, *shape: int) -> Any:
    """Some numbers of a normal distribution, the same in every run."""
    return np.random.default_rng(seed).normal(size=shape)


def positive(seed: int, *shape: int) -> Any:
    """Some numbers between 0.3 and 2."""
    return np.random.default_rng(seed).uniform(0.3, 2.0, size=shape)


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray | np.generic) and np.asarray(value).dtype.kind == "f")
