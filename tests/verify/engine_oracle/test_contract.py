"""What an engine may return, in every dress; and what it may not, each with its sentence. Never a crash, and never
CORRECT unless the numbers are right.
"""

from __future__ import annotations

import array
import datetime
import math
import random
from collections import ChainMap, OrderedDict, UserDict, defaultdict, deque
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest
import scipy.sparse

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.engine_oracle.answers import Ending
from backproof.verify.engine_oracle.contract import (
    MOST_KEYS,
    ContractError,
    _Refused,  # pyright: ignore[reportPrivateUsage]
    read_adjoints,
)
from backproof.verify.engine_oracle.foreign import LONGEST_MESSAGE, LONGEST_OWN
from backproof.verify.engine_oracle.trial import CLAIM_CONTRACT, check_engine, diagnose_engine
from backproof.verify.results.case_record import case_record
from backproof.verify.verdicts import Verdict

GRAPH = Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("z", "multiply", (2, 3))))
L11 = make_case("L11", "lecture", GRAPH, [3, 4])
"""(x + y)·y at 3, 4: the derivatives are 4 and 11, the adjoint of x + y is 4."""
RIGHT: dict[int, Any] = {1: 4.0, 2: 11.0, 3: 4.0, 4: 1.0}
LABELS = Graph(2, (leaf("x", (3,)), leaf("label", discrete=True), vertex("y", "pick", (1, 2))))


def returned(value: Any, case: Case = L11) -> Any:
    """The one comparison of an engine that returns this."""
    (comparison,) = check_engine(case, lambda *_: value).comparisons
    assert comparison.claim == CLAIM_CONTRACT
    return comparison


class Raises:
    """An object of which every way to look at it raises, or lies."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def _raise(self, *_: Any) -> Any:
        raise self.error

    __array__ = __float__ = __len__ = __iter__ = __getitem__ = __repr__ = __str__ = __index__ = __bool__ = __eq__ = __getattr__ = _raise
    __hash__ = object.__hash__


class LyingClass:
    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return float

    def __float__(self) -> float:
        return 4.0


class HostileDict(dict[Any, Any]):
    def __init__(self, method: str, error: BaseException | None = None) -> None:
        super().__init__(RIGHT)
        self.method, self.error = method, error or ZeroDivisionError("no")

    def __iter__(self) -> Iterator[Any]:
        if self.method == "__iter__":
            raise self.error
        if self.method == "endless":
            return iter(int, 1)
        return super().__iter__()

    def __getitem__(self, key: Any) -> Any:
        if self.method == "__getitem__":
            raise self.error
        return super().__getitem__(key)

    def __len__(self) -> int:
        if self.method == "__len__":
            raise self.error
        return 10**9

    def get(self, *_: Any) -> Any:
        raise self.error

    keys = items = values = __contains__ = get  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        return "no end" * 10**6


class Twice(Mapping[Any, Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter((1, np.int64(1), 2))

    def __len__(self) -> int:
        return 3

    def __getitem__(self, key: Any) -> Any:
        return RIGHT[int(key)]


class Whole(int):
    def __int__(self) -> int:
        return 77

    def __float__(self) -> float:
        return 77.0


class Number(float):
    def __float__(self) -> float:
        return 4.0


class Values(np.ndarray):
    def __array_finalize__(self, parent: Any) -> None:
        pass

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ZeroDivisionError


def nested(depth: int) -> Any:
    value: Any = 4.0
    for _ in range(depth):
        value = [value]
    return value


def wide(depth: int) -> Any:
    value: Any = [1.0, 1.0]
    for _ in range(depth):
        value = [value, value]
    return value


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
MASKED = np.ma.array([4.0], mask=[True])
OBJECT = "must be 1 × 1 real numbers, found what is no number: "

ADJOINTS_OF_X: list[tuple[Any, str]] = [
    (4 + 0j, "must be 1 × 1 real numbers, found a complex number"),
    (np.complex128(4), "found complex numbers (complex128)"),
    (np.array([4 + 5j]), "found complex numbers (complex128)"),
    (np.array([4], dtype=np.complex64), "found complex numbers (complex64)"),
    (mpmath.mpc(4), "found a complex number"),
    (np.array([4 + 0j], dtype=object), "found a complex number"),
    ([4 + 0j], "found a complex number"),
    ("4.0", "found text (str '4.0')"),
    (b"4.0", "found text (bytes b'4.0')"),
    (bytearray(b"\x04"), "found text (bytearray)"),
    (np.array(["4.0"]), "found text (<U3)"),
    (np.array([b"4.0"]), "found bytes (|S3)"),
    (["4.0"], "found text (str '4.0')"),
    (np.array(["4.0"], dtype=object), "found text (str)"),
    (np.ma.array([4.0]), "found a masked array"),
    (MASKED, "found a masked array"),
    ([MASKED], "found a masked array"),
    (np.ma.masked, "found a masked array"),
    (np.datetime64("2024-01-01"), "found dates (datetime64[D])"),
    (np.timedelta64(4, "s"), "found durations (timedelta64[s])"),
    (datetime.timedelta(4), OBJECT + "timedelta"),
    (True, "found a boolean, True"),
    (np.True_, "found booleans (bool)"),
    (np.array([True]), "found booleans (bool)"),
    ([True], "found a boolean, True"),
    (np.array([(4.0, 1)], dtype=[("a", float), ("b", int)]), "found records ("),
    (np.void(b"\x04"), "found records (|V1)"),
    (scipy.sparse.csr_matrix([[4.0]]), OBJECT + "csr_matrix"),
    (np.array([[1.0], [1.0, 2.0]], dtype=object), "must have 1 × 1 entries, found shape (2,)"),
    ([[1.0], [1.0, 2.0]], "found list of parts of different lengths"),
    ([4.0, [1.0]], "found list of parts of different lengths"),
    ((value for value in (4.0,)), OBJECT + "generator"),
    ({4.0}, OBJECT + "set"),
    ({1: 4.0}, OBJECT + "dict"),
    (lambda: 4.0, OBJECT + "function"),
    (object(), OBJECT + "object"),
    ([None], OBJECT.replace("what is no number: ", "None among its numbers")),
    (np.array([None]), "found None among its numbers"),
    (type, OBJECT + "type"),
    (LyingClass(), OBJECT + "LyingClass"),
    (10**400, "found a number beyond the range of float64 (an int of 1,329 bits)"),
    (Fraction(10**400), "found a number beyond the range of float64 (Fraction)"),
    (Decimal("sNaN"), "cannot be read as 1 × 1 real numbers: Decimal raised ValueError"),
    ([4.0, 4.0], "must have 1 × 1 entries, found shape (2,)"),
    ([], "must have 1 × 1 entries, found shape (0,)"),
    (np.zeros((0, 5)), "must have 1 × 1 entries, found shape (0, 5)"),
    (np.broadcast_to(4.0, (10**6, 10**6, 10**3)), "must have 1 × 1 entries, found shape (1000000, 1000000, 1000)"),
    (np.broadcast_to(np.array(4.0, dtype=object), (10**6, 10**6)), "must have 1 × 1 entries, found shape (1000000, 1000000)"),
    ([1.0] * 10**6, "found lists of far more than 1 numbers"),
    (range(10**12), "found lists of far more than 1 numbers"),
    ([np.zeros(10**7)], "found lists of far more than 1 numbers"),
    ([[4.0, 4.0]], "must have 1 × 1 entries, found shape (1, 2)"),
    (nested(1000), "found lists that are nested more than 64 deep"),
    (ENDLESS, "found lists that are nested more than 64 deep"),
    (wide(60), "found lists of far more than 1 numbers"),
    (
        Raises(ZeroDivisionError("two\nlines")),
        "cannot be read as 1 × 1 real numbers: Raises raised ZeroDivisionError: two\\nlines (test_co",
    ),
    (Raises(KeyError("\ud800\x1b[31m")), "KeyError: '\\ud800\\x1b[31m'"),
    (Raises(RecursionError()), "Raises raised RecursionError"),
    (Raises(GeneratorExit()), "Raises raised GeneratorExit"),
    (Raises(NotImplementedError()), "Raises raised NotImplementedError"),
    (Raises(ValueError("x" * 26_000_000)), "Raises raised ValueError: xxx"),
    (Raises(_Refused(Raises(KeyError()))), "must be 1 × 1 real numbers, found _Refused, whose message cannot be read"),
]

ANSWERS: list[tuple[Any, str]] = [
    (None, "the engine must return a mapping from vertices to adjoints, found NoneType"),
    ([4.0, 11.0], "found list"),
    (np.array([4.0, 11.0]), "found ndarray"),
    (Raises(KeyError()), "found Raises"),
    (LyingClass(), "found LyingClass"),
    (dict, "found type"),
    ({}, "no adjoint of leaf 'x' (vertex 1) was returned; expected 1 × 1 real numbers, or None where nothing depends on it"),
    ({1: 4.0}, "no adjoint of leaf 'y' (vertex 2) was returned"),
    ({"x": 4.0, "y": 11.0}, "the keys of the answer must be vertices, whole numbers 1 … 4; found 2 such keys, first 'x'"),
    ({**RIGHT, 0: 1.0}, "found a key that is no vertex, 0"),
    ({**RIGHT, 5: None}, "found a key that is no vertex, 5"),
    ({**RIGHT, -1: 1.0}, "found a key that is no vertex, -1"),
    ({**RIGHT, np.int64(9): 1.0}, "found a key that is no vertex, 9"),
    ({**RIGHT, 10**5000: 1.0}, "found a key that is no vertex, an int of 16,610 bits"),
    ({1.0: 4.0, 2.0: 11.0}, "found 2 such keys, first 1.0"),
    ({True: 4.0, 2: 11.0}, "found a key that is no vertex, True"),
    ({np.True_: 4.0, 2: 11.0}, "found a key that is no vertex, bool"),
    ({**RIGHT, (1, 2): 1.0}, "found a key that is no vertex, tuple"),
    ({**RIGHT, "\x1b]0;title\x07\n\ud800": 1.0}, "found a key that is no vertex, '\\x1b]0;title\\x07\\n\\ud800'"),
    ({**RIGHT, "k" * 10**7: 1.0}, "found a key that is no vertex, 'kkk"),
    ({**RIGHT, Raises(KeyError()): 1.0}, "found a key that is no vertex, Raises"),
    ({**RIGHT, **dict.fromkeys(range(5, 200_005))}, "found 200,000 such keys, first 5"),
    (Twice(), "the adjoint of 'x' (vertex 1) was returned twice; expected once"),
    (HostileDict("__iter__"), "the HostileDict that the engine returned cannot be read: ZeroDivisionError: no (test_contract.py:"),
    (HostileDict("__getitem__"), "cannot be read: ZeroDivisionError: no"),
    (HostileDict("__getitem__", GeneratorExit()), "cannot be read: GeneratorExit"),
    (HostileDict("__iter__", ContractError("y" * 10**7)), "yyy"),
    (
        HostileDict("__iter__", ContractError(Raises(KeyError()))),
        "ContractError, whose message cannot be read: its __str__ raised KeyError",
    ),
    (HostileDict("endless"), f"found more than {MOST_KEYS:,} such keys, first 0"),
]


@pytest.mark.parametrize(("value", "words"), ADJOINTS_OF_X, ids=lambda value: value[-30:] if isinstance(value, str) else "")
def test_what_is_no_adjoint_is_wrong_and_the_vertex_is_named(value: Any, words: str) -> None:
    comparison = returned({1: value, 2: 11.0})
    assert (comparison.verdict, comparison.ending) == (Verdict.WRONG, Ending.CONTRACT)
    assert comparison.detail.startswith("the adjoint of 'x' (vertex 1) ")
    assert words in comparison.detail
    assert comparison.detail.isprintable()
    assert len(comparison.detail) <= LONGEST_OWN


@pytest.mark.parametrize(("value", "words"), ANSWERS, ids=lambda value: value[-30:] if isinstance(value, str) else "")
def test_what_is_no_answer_is_wrong_and_says_what_was_found_and_expected(value: Any, words: str) -> None:
    comparison = returned(value)
    assert (comparison.verdict, comparison.ending) == (Verdict.WRONG, Ending.CONTRACT)
    assert words in comparison.detail
    assert comparison.detail.isprintable()
    assert len(comparison.detail) <= LONGEST_OWN


@pytest.mark.parametrize("method", ["__iter__", "__getitem__"])
def test_a_mapping_that_ends_the_process_is_an_exit(method: str) -> None:
    assert returned(HostileDict(method, SystemExit(0))).ending is Ending.EXIT
    assert returned({1: Raises(SystemExit(0)), 2: 11.0}).ending is Ending.EXIT


def test_a_discrete_leaf_has_no_adjoint() -> None:
    case = make_case("pick", "replay", LABELS, [[1.0, 2.0, 3.0], [1]])
    right = {1: [0.0, 1.0, 0.0]}
    assert check_engine(case, lambda *_: right).verdict is Verdict.CORRECT
    assert check_engine(case, lambda *_: {**right, 2: None}).verdict is Verdict.CORRECT
    for value in (0.0, 0, np.zeros(1), "label"):
        assert "the discrete leaf 'label' (vertex 2) has no adjoint; found" in returned({**right, 2: value}, case).detail


DRESSES: list[Any] = [
    RIGHT,
    {1: 4, 2: 11},
    {1: [4.0], 2: (11.0,)},
    {1: [[4.0]], 2: [[[11]]]},
    {np.int64(1): 4.0, np.uint8(2): 11.0},
    {1: np.float64(4.0), 2: np.int32(11)},
    {1: np.array(4.0), 2: np.array([[11.0]])},
    {1: np.array([4], dtype=np.uint8), 2: np.longdouble(11.0)},
    {1: np.float16(4.0), 2: ml_dtypes.bfloat16(11.0)},
    {1: np.array([4.0], dtype=">f8"), 2: np.array([11.0], dtype=ml_dtypes.bfloat16)},
    {1: np.asmatrix([4.0]), 2: np.array([11.0]).view(Values)},
    {1: np.array([4], dtype=object), 2: np.array([Fraction(11)], dtype=object)},
    {1: Fraction(4), 2: Decimal(11)},
    {1: mpmath.mpf(4), 2: [mpmath.mpf(11)]},
    {1: Whole(4), 2: Number(11.0)},
    {1: deque([4.0]), 2: range(11, 12)},
    {1: array.array("d", [4.0]), 2: memoryview(array.array("d", [11.0]))},
    {1: [np.array([4.0])], 2: [np.float32(11.0)]},
    {1: np.broadcast_to(4.0, (1, 1)), 2: np.lib.stride_tricks.as_strided(np.array([11.0, 0.0]), (1,), (16,))},
    OrderedDict(sorted(RIGHT.items(), reverse=True)),
    MappingProxyType(RIGHT),
    defaultdict(lambda: 7.0, RIGHT),
    UserDict(RIGHT),
    ChainMap({1: 4.0}, {2: 11.0}),
    HostileDict("__len__"),
    HostileDict("get"),
    {**RIGHT, 3: None, 4: None},
]


@pytest.mark.parametrize("answer", DRESSES, ids=lambda answer: type(answer).__name__)
def test_a_right_answer_is_correct_in_every_dress(answer: Any) -> None:
    assert check_engine(L11, lambda *_: answer).verdict is Verdict.CORRECT


def test_every_number_keeps_its_value() -> None:
    """A subclass with a `__float__` of its own is the number that it is."""
    assert read_adjoints({1: Whole(3), 2: Number(2.5)}, GRAPH, 1) == {1: np.array([[3.0]]), 2: np.array([[2.5]])}
    assert check_engine(L11, lambda *_: {1: Number(5.0), 2: 11.0}).verdict is Verdict.WRONG
    assert read_adjoints({1: 2**53 + 1, 2: Decimal("1e400")}, GRAPH, 1)[2][0, 0] == math.inf


def test_arrays_of_every_order_and_stride_are_read_by_their_entries() -> None:
    graph = Graph(1, (leaf("W", (2, 3)), vertex("q", "square", (1,)), vertex("y", "sum", (2,))))
    values = np.arange(6.0).reshape(2, 3)
    case = make_case("W", "replay", graph, [values])
    right = 2 * values
    wide = np.zeros((4, 6))
    wide[::2, ::2] = right
    frozen = right.copy()
    frozen.flags.writeable = False
    for dress in (
        right,
        np.asfortranarray(right),
        wide[::2, ::2],
        frozen,
        right.reshape(-1),
        right.reshape(1, 6),
        right[None],
        right.tolist(),
    ):
        assert check_engine(case, lambda *_, dress=dress: {1: dress}).verdict is Verdict.CORRECT
    assert check_engine(case, lambda *_: {1: right[::-1, ::-1]}).verdict is Verdict.WRONG


def test_a_matrix_that_is_transposed_has_not_the_right_shape_even_if_all_entries_are_alike() -> None:
    graph = Graph(1, (leaf("W", (2, 3)), vertex("y", "sum", (1,))))
    case = make_case("ones", "replay", graph, [np.zeros((2, 3))])
    assert check_engine(case, lambda *_: {1: np.ones((2, 3))}).verdict is Verdict.CORRECT
    words = "the adjoint of 'W' (vertex 1) must have 1 × 6 entries, found shape (3, 2); expected (1, 6) or (2, 3)"
    assert returned({1: np.ones((3, 2))}, case).detail == words


def test_rows_of_the_cotangent_come_first() -> None:
    graph = Graph(1, (leaf("W", (2, 3)), vertex("y", "sum", (1,))))
    case = make_case("rows", "replay", graph, [np.zeros((2, 3))], cotangent=[[1.0], [2.0]])
    right = np.stack([np.ones((2, 3)), np.full((2, 3), 2.0)])
    assert check_engine(case, lambda *_: {1: right}).verdict is Verdict.CORRECT
    assert check_engine(case, lambda *_: {1: right.reshape(2, 6)}).verdict is Verdict.CORRECT
    for shape in ((12,), (1, 12), (6, 2), (2, 3, 2)):
        assert "must have 2 × 6 entries, found shape" in returned({1: right.reshape(shape)}, case).detail


def test_float32_is_read_as_what_it_holds_and_judged_like_all_others() -> None:
    case = make_case("exp", "replay", Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5])
    assert check_engine(case, lambda *_: {1: np.exp(np.float32(0.5))}).verdict is Verdict.INACCURATE


def test_numbers_that_are_not_finite_are_wrong_and_no_crash() -> None:
    for value in (math.nan, math.inf, -math.inf, np.float32("inf"), Decimal("Infinity"), [math.nan]):
        for answer in ({**RIGHT, 1: value}, {**RIGHT, 3: value}):
            result = check_engine(L11, lambda *_, answer=answer: answer)
            assert result.verdict is Verdict.WRONG
            assert diagnose_engine(result)
            assert case_record(result, True)["verdict"] == "WRONG"


def test_a_name_of_any_kind_is_shown_in_one_bounded_line() -> None:
    for name in ("two\nlines", "\x1b[31m", "\ud800", "\u202e", "n" * 1000):
        case = make_case("name", "replay", Graph(1, (leaf(name), vertex("y", "exp", (1,)))), [0.5])
        sentence = returned({1: "text"}, case).sentence
        assert sentence is not None
        assert sentence.isprintable()
        assert len(sentence) < LONGEST_MESSAGE


def garbage(rng: random.Random, depth: int = 0) -> Any:
    """Any object that an engine could return, with right numbers among them."""
    plain: list[Any] = [
        4.0,
        11.0,
        1.0,
        0,
        -0.0,
        4,
        11,
        math.nan,
        math.inf,
        1e308,
        5e-324,
        True,
        None,
        "4.0",
        b"",
        4j,
        Fraction(4),
        Decimal(11),
    ]
    if depth < 3 and rng.random() < 0.5:
        parts = [garbage(rng, depth + 1) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))]
        kind = rng.randrange(5)
        if kind == 0:
            keys = [rng.choice((1, 2, 3, 4, 5, 0, 1.0, "x", True, np.int64(2), None, -1)) for _ in parts]
            return dict(zip(keys, parts, strict=True))
        if kind == 1:
            return tuple(parts)
        if kind == 2:
            try:
                return np.array(parts)
            except (ValueError, TypeError):
                return parts
        return parts
    if rng.random() < 0.2:
        dtype = rng.choice((float, int, complex, bool, "U3", "S2", object, "f2", "f4", "g", "M8[s]", "m8[s]", "V4", ml_dtypes.bfloat16))
        return np.zeros(rng.choice(((), (1,), (1, 1), (2,), (0,))), dtype=dtype)
    return rng.choice(plain)


def is_right(answer: Any) -> bool:
    """Whether an answer holds the numbers of L11, looked at in the simplest way that there is."""

    def flat(value: Any) -> list[Any]:
        if isinstance(value, list | tuple):
            return [entry for part in value for entry in flat(part)]
        return [entry for part in value.reshape(-1) for entry in flat(part)] if isinstance(value, np.ndarray) else [value]

    if not isinstance(answer, dict) or not {1, 2} <= set(answer) <= {1, 2, 3, 4}:
        return False
    return all(value is None if j > 2 and value is None else flat(value) == [RIGHT[j]] for j, value in answer.items())


def test_random_garbage_is_never_an_exception_and_correct_only_if_the_numbers_are_right() -> None:
    rng, correct = random.Random(19), 0
    for _ in range(1500):
        answer = garbage(rng)
        if rng.random() < 0.7:
            answer = {1: 4.0, 2: 11.0, rng.choice((1, 2, 3, 4)): garbage(rng)}
        result = check_engine(L11, lambda *_, answer=answer: answer)
        correct += result.verdict is Verdict.CORRECT
        assert result.verdict is Verdict.WRONG or is_right(answer), answer
        assert result.verdict in (Verdict.WRONG, Verdict.CORRECT)
    assert correct > 50


def test_a_contract_error_is_a_value_error_of_one_line() -> None:
    with pytest.raises(ContractError, match="no adjoint of leaf 'x'"):
        read_adjoints({}, GRAPH, 1)
