"""What the words of a report mean: verdicts, evidence, reasons and measures, in one place. The page's help and
`backproof explain` show them; a test holds the words equal to those that are used.

>>> meaning("CORRECT").kind
'verdict'
>>> meaning("ulps").words.split(": ")[0]
'How many float64 numbers lie between the result and the adjoint in ball arithmetic, rounded to float64. 0 is the best possible'
>>> meaning("proved")
Traceback (most recent call last):
    ...
KeyError: "no report says 'proved'"
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A word of a report, of which kind it is, what it means, and the sign that stands before it on a page."""

    word: str
    kind: str
    words: str
    mark: str = ""


VERDICTS = (
    Meaning("CORRECT", "verdict", "The two sides are equal over the rationals, or lie within the computed bound or error estimate.", "✓"),
    Meaning(
        "INACCURATE", "verdict", "The formula is right: it holds in high precision. The floats are worse than their rounding bound.", "≈"
    ),
    Meaning("WRONG", "verdict", "The two sides differ by more than rounding or the error estimate can explain.", "✕"),
    Meaning(
        "INCONCLUSIVE",
        "verdict",
        "It could not be decided, for the reason given: a jump, a point outside the domain, rounding that could hide the answer in this "
        "number system. It counts as a failure unless allowed, and above 1 % of the cases even then.",
        "?",
    ),
)
EVIDENCE = (
    Meaning(
        "machine-checked for all graphs", "evidence", "A formal proof for all graphs was checked by a proof checker; its axioms are listed."
    ),
    Meaning("exhaustive, n ≤ N", "evidence", "Checked on symbols for every graph with at most N vertices."),
    Meaning("exact on N cases", "evidence", "Equal over the rationals, with tolerance zero."),
    Meaning("certified on N cases", "evidence", "Decided by enclosures: intervals that provably contain the true value."),
    Meaning(
        "to D digits on N cases",
        "evidence",
        "Equal to differences in mpmath, within the differences' own error estimate. A difference is a witness with an estimate, not a proof.",
    ),
    Meaning(
        "within rounding bound on N cases",
        "evidence",
        "Floats lie no further from the certified derivative than rounding can carry them, by a bound computed for this case, operation by "
        "operation; two routes in floats from the same Jacobians lie no further apart than γ_m · |p_n| · Σ Π|D|.",
    ),
    Meaning(
        "factored, not enumerated",
        "evidence",
        "There were too many paths to list; the sum was computed without listing them, so it is not an independent route.",
    ),
    Meaning("not checked", "evidence", "Nothing was compared, so there is no verdict. It is never shown as a success."),
)
REASONS = (
    Meaning(
        "kink",
        "reason",
        "A point where the function is continuous and has no derivative, or jumps, lies at this input or too near to tell.",
    ),
    Meaning("outside the domain", "reason", "A function is not defined at this input, so that there is no derivative to compare with."),
    Meaning("too many paths", "reason", "The paths are more than can be listed, and no other route decides what they would."),
    Meaning("nondeterministic", "reason", "Two calls with the same input gave two answers; neither can be judged."),
    Meaning(
        "unsupported operation", "reason", "The code uses something that is not followed, or the engine says that it lacks a function."
    ),
    Meaning(
        "undecidable in this dtype",
        "reason",
        "Rounding alone could change the derivative by a quarter, so that floats of this size say nothing.",
    ),
    Meaning("time", "reason", "It took longer than the limit allows; `backproof limits` has the limits."),
    Meaning("memory", "reason", "It needed more memory, or more digits, than the limit allows; `backproof limits` has the limits."),
)
MEASURES = (
    Meaning(
        "planned, judged, not judged",
        "measure",
        "For every case the comparisons are planned before anything runs: each claim in each number system. Each ends as judged, or as not "
        "judged with its reason. What should have been decided and was not makes the case INCONCLUSIVE; what cannot be compared there (no exact "
        "values, undecidable in this number system) is set aside, and counted.",
    ),
    Meaning(
        "digits",
        "measure",
        "Correct digits: −log₁₀ of the error against the adjoint in ball arithmetic, relative to the size of the terms that are added, "
        "|p_n| · Σ Π|D|. An error of 0.001 in a sum of size 1 leaves 3 correct digits. At most 17 are shown.",
    ),
    Meaning(
        "digits of agreement",
        "measure",
        "−log₁₀ of the error of a value relative to the certified one itself, rounded down: where a sum cancels, fewer than its correct "
        "digits. Floats that are the nearest to the certified value agree in all digits.",
    ),
    Meaning(
        "κ, cancellation",
        "measure",
        "The sum of the absolute products of all paths, divided by the absolute value of their sum. Where κ is 1,000, rounding each term once "
        "may cost three digits of the sum.",
    ),
    Meaning(
        "ulps",
        "measure",
        "How many float64 numbers lie between the result and the adjoint in ball arithmetic, rounded to float64. 0 is the best possible: "
        "0.1 + 0.2 is 1 ulp from 0.3. A sum that cancels to almost nothing has no meaningful number of ulps and reads “cancels”.",
    ),
    Meaning(
        "u, D, p",
        "measure",
        "u_i is the value of vertex i; D_{j→i} is the Jacobian of vertex i with respect to its parent j; p_i, the adjoint, is the derivative of "
        "the output with respect to u_i.",
    ),
    Meaning(
        "path, path sum",
        "measure",
        "A path is a sequence of edges, head to tail. Its product multiplies their D, later edges on the left. The path sum adds the products "
        "of all paths.",
    ),
    Meaning(
        "used twice", "measure", "A vertex that reads the same parent twice, as x · x does, has one edge. Its D collects both uses: 2x."
    ),
    Meaning(
        "kink",
        "measure",
        "A point where the function is continuous and has no derivative, as |x| at 0. There any element of Clarke's generalised derivative is "
        "CORRECT, and the convention that was found is recorded.",
    ),
    Meaning("enclosure", "measure", "A ball or an interval that provably contains the true value."),
    Meaning(
        "share of the bound", "measure", "The largest error of an entry divided by its bound: at most 1 is within, beyond 1 is not CORRECT."
    ),
    Meaning("cotangent", "measure", "The row p_n with which the backward pass begins: 1 for a scalar output."),
)
GLOSSARY = (*VERDICTS, *EVIDENCE, *MEASURES, *REASONS)


def meaning(word: str) -> Meaning:
    """What a word means, the first of them where it has two meanings; KeyError if no report says it."""
    for entry in GLOSSARY:
        if word in (entry.word, *entry.word.split(", ")):
            return entry
    raise KeyError(f"no report says {word!r}")
