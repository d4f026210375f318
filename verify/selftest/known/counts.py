"""Known of what counts and tells: sums over records made by hand, the gate, the sentence, the words of a share.

>>> import math
>>> from backproof.engine import FLOAT64, Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.results.case_record import case_record, change_record, with_open_findings
>>> from backproof.verify.results.document import fails, gradient_checks_document, results_document
>>> from backproof.verify.results.settings import NotRun, Settings
>>> from backproof.verify.results.shares import share_number, share_size, share_words
>>> from backproof.verify.results.tally import KEPT_FAILURES, KEPT_ROWS, Tally, countable, tally_of
>>> from backproof.verify.three_way.check import check_case
>>> from backproof.verify.three_way.comparison import Change, Comparison
>>> from backproof.verify.three_way.theorem_1 import CLAIM_DIFFERENCES
>>> from backproof.verify.three_way.witness import Witness
>>> from backproof.verify.verdicts import Evidence, Reason, Verdict

Shares in words, and read from them:

>>> def share(worst=None, evidence=Evidence.ROUNDING, verdict=Verdict.CORRECT, claim="c", failed=0):
...     one = Comparison(claim, "t", "s", verdict, evidence, worst=worst, failed=failed)
...     return share_words(one), share_number(one)
>>> share(0.30214), share(0.0), share(12345.0), share(math.inf)
(('0.3 of the bound', 0.3), ('0 of the bound', 0.0), ('1.2e+04 of the bound', 12000.0), ('beyond the bound', None))
>>> share(0.00123456)
('0.0012 of the bound', 0.0012)
>>> share(evidence=Evidence.EXACT), share(evidence=Evidence.CERTIFIED), share(evidence=Evidence.CERTIFIED, failed=1)
(('equal', None), ('overlapping', None), ('unequal', None))
>>> share(verdict=Verdict.WRONG), share(0.5, claim=CLAIM_DIFFERENCES)
(('unequal', None), ('0.5 of the estimate', 0.5))
>>> [share_size(words) for words in ("equal", "overlapping", "0.3 of the bound", "beyond the bound", "unequal")]
[-1.0, -1.0, 0.3, inf, inf]

A gate, at its edge: a hundredth may be inconclusive where that is allowed:

>>> def gate(right, undecided=0, wrong=0, inaccurate=0, allow=True, changing=0):
...     return fails(
...         {"CORRECT": right, "INCONCLUSIVE": undecided, "WRONG": wrong, "INACCURATE": inaccurate}, allow, changing
...     )
>>> gate(99, 1), gate(98, 1), gate(99, 1, allow=False), gate(99), gate(0), gate(99, wrong=1), gate(99, inaccurate=1)
(False, True, True, False, False, True, True)
>>> gate(99, changing=1), gate(198, 2), gate(197, 2)
(True, False, True)

Sums over records by hand:

>>> def record(verdict, group="random", family=None, place="a", digits=15.0, ulps="2", reach=3, **more):
...     check = {
...         "claim": "backward pass = path sum",
...         "theorem": "Theorem 2",
...         "system": "float64",
...         "verdict": verdict,
...         "kind": "ROUNDING",
...         "digits": None,
...         "entries": 2,
...         "worst": "0.5 of the bound",
...         "share": 0.5,
...         "bins": None,
...     }
...     counts = {
...         "planned": 2,
...         "judged": 1,
...         "certified": 0,
...         "unjudged": [{"reason": "time", "excused": False, "comparisons": 1}],
...     }
...     sizes = {"reach": dict.fromkeys(("consumers", "entries", "vertices", "levels"), reach)}
...     return {
...         "id": place,
...         "verdict": verdict,
...         "group": group,
...         "family": family,
...         "findings": None,
...         "checks": [{**check, **more}],
...         "digits": digits,
...         "ulps": ulps,
...         **counts,
...         **sizes,
...     }
>>> tally = tally_of(
...     [
...         record("CORRECT"),
...         record("WRONG", place="b", digits=3.0, ulps="9", worst="beyond the bound", share=None),
...         record("INCONCLUSIVE", place="c", reach=50, digits=None, ulps=None),
...         record("CORRECT", group="lecture", place="d", worst="0.7 of the bound", share=0.7, reach=7),
...     ]
... )
>>> tally.total, tally.counts, {group: sum(counts.values()) for group, counts in tally.groups.items()}
(4, {'CORRECT': 2, 'INACCURATE': 0, 'WRONG': 1, 'INCONCLUSIVE': 1}, {'random': 3, 'lecture': 1})
>>> tally.accuracy(), tally.comparisons.planned, tally.comparisons.judged, tally.comparisons.unexplained
({'worst_digits': 3.0, 'worst_ulps': '9', 'case': 'b'}, 8, 4, 0)
>>> [one["id"] for one in tally.records()]
['a', 'b', 'c', 'd']
>>> (claim,) = tally.claims()
>>> claim["evidence"], claim["held"], claim["counts"], claim["not_checked"]
('within rounding bound on 2 cases', 2, {'CORRECT': 2, 'INACCURATE': 0, 'WRONG': 1, 'INCONCLUSIVE': 1}, 0)
>>> claim["worst"], claim["share"]
('beyond the bound', None)
>>> tally.looked()["vertices"], tally_of([record("INCONCLUSIVE", reach=50)]).looked(), tally.done(3), tally.done(4)
(7, None, True, False)
>>> tally.done(400)
False
>>> systems = [
...     record("CORRECT", system=name, theorem=theorem)
...     for name, theorem in (
...         ("bfloat16", "Theorem 1"),
...         ("mpmath(90)", "Theorem 2"),
...         ("float64", "Theorem 2"),
...         ("rational", "Theorem 2"),
...         ("float32", "Theorem 1"),
...     )
... ]
>>> [(claim["theorem"][-1], claim["system"]) for claim in tally_of(systems).claims()]
[('1', 'float32'), ('1', 'bfloat16'), ('2', 'rational'), ('2', 'float64'), ('2', 'mpmath(90)')]
>>> tally_of(systems).claims()[0]["not_checked"]
4
>>> bins = tally_of([record("CORRECT", bins=[1, 0, 2]), record("CORRECT", bins=[0, 5, 1])]).claims()[0]["bins"]
>>> def to_digits(verdict, digits):
...     made = record(verdict, kind="DIGITS")
...     return {**made, "checks": [{**made["checks"][0], "digits": digits}]}
>>> digits = tally_of([to_digits("CORRECT", 40), to_digits("CORRECT", 30), to_digits("WRONG", 2)]).claims()[0]
>>> bins, digits["evidence"], tally_of([record("CORRECT", entries=0)]).claims()[0]["evidence"]
([1, 5, 3], 'to 30 digits on 2 cases', 'not checked')
>>> far = Tally()
>>> for place in (KEPT_ROWS - 1, KEPT_ROWS, KEPT_ROWS + 1):
...     far.add(place, record("WRONG" if place > KEPT_ROWS else "CORRECT", place=str(place)))
>>> [one["id"] for one in far.records()], KEPT_ROWS, KEPT_FAILURES
(['1999', '2001'], 2000, 500)
>>> shard = Tally(keeps_all=True)
>>> shard.add(KEPT_ROWS, {**record("CORRECT"), "replay": "long"})
>>> shard.records()[0]["replay"], countable(record("CORRECT")), countable({**record("CORRECT"), "checks": 3})
('', True, False)
>>> countable(record("CORRECT", bins=[1]))
False
>>> undecided = tally_of(
...     [
...         {
...             **record("CORRECT"),
...             "undecidable": [{"system": "float32", "reason": "vertex 2 ('y'): exp leaves the range"}],
...         },
...         {
...             **record("CORRECT"),
...             "undecidable": [
...                 {"system": "float32", "reason": "vertex 9 ('z'): exp leaves the range"},
...                 {"system": "float64", "reason": "a kink"},
...             ],
...         },
...     ]
... )
>>> undecided.open_sentences()
['float64 adjoints on 1 case: undecidable in this dtype, most often because a kink', 'float32 adjoints on 2 cases:
undecidable in this dtype, most often because exp leaves the range', 'differences, the second witness of Theorem 1, on
2 of 2 cases']
>>> witnessed = tally_of(
...     [
...         {**record("CORRECT"), "witnessed": True, "differences": {"how": how.value, "left_open": left}}
...         for how, left in ((Witness.ENTRIES, None), (Witness.DIRECTIONS, "rough"))
...     ]
... )
>>> witnessed.differences(), witnessed.open_sentences(), tally.definition()
({'cases': 2, 'directions': 1, 'left_open': 1}, [], {'cases': 0, 'disagree': 0})
>>> changed = tally_of(
...     [
...         record("CORRECT", change={"where": "x", "difference": "1e-9", "share": share, "entries": 1})
...         for share in ("0.2", "0.7", None)
...     ]
... )
>>> changed.nondeterministic, changed.largest_change["share"], change_record(Change("x", "1", None, 2))["share"]
(3, '0.7', None)
>>> change_record(Change("x", "1", 0.256, 2))["share"]
'0.26'

What a run comes to:

>>> settings = Settings("backproof verify", seed=0, cases=4, max_paths=64, digits=50, target="an engine")
>>> def summary(tally, settings=settings, interrupted=False, **given):
...     made = results_document(settings, tally, (), interrupted, **given)["summary"]
...     return made["holds"], made["verdict"], made["sentence"]
>>> summary(tally)
(False, 'WRONG', '2 of 4 cases hold; 1 WRONG, 1 INCONCLUSIVE. Not judged: 4 of 8 comparisons (time 4).')
>>> decided = {"planned": 1, "judged": 1, "unjudged": []}
>>> right = tally_of([{**record("CORRECT"), **decided}, {**record("CORRECT", place="e"), **decided}])
>>> summary(right)
(True, 'CORRECT', "All 2 cases hold: the engine's adjoints are the derivatives, within the rounding bound.")
>>> summary(right, interrupted=True)
(False, 'INCONCLUSIVE', "Interrupted: of the cases checked so far, all 2 cases hold: the engine's adjoints are the derivatives, within the rounding bound.")
>>> summary(right, planned=3)
(False, 'INCONCLUSIVE', "All 2 cases hold: the engine's adjoints are the derivatives, within the rounding bound. But 1 of 3 planned cases was not run.")
>>> summary(right, planned=3, not_run=[NotRun("left", 1, True)])[:2]
(True, 'CORRECT')
>>> summary(right, planned=3, not_run=[NotRun("left", 1, False)])[:2]
(False, 'INCONCLUSIVE')
>>> summary(tally_of([])), summary(tally_of([{**record("CORRECT"), **decided, "judged": 0}]))[:2]
((False, 'INCONCLUSIVE', 'no case was checked.'), (False, 'INCONCLUSIVE'))
>>> def checks(*verdicts, **more):
...     made = gradient_checks_document(
...         "pytest", [{"name": "f", "verdict": verdict, **more} for verdict in verdicts]
...     )["summary"]
...     return made["holds"], made["verdict"], made["sentence"]
>>> checks("CORRECT"), checks()
((True, 'CORRECT', '1 of 1 gradient checks are CORRECT.'), (False, 'INCONCLUSIVE', 'No gradient was checked.'))
>>> checks("CORRECT", "INCONCLUSIVE")
(False, 'INCONCLUSIVE', 'Of 2 gradient checks 1 is INCONCLUSIVE; 1 holds.')
>>> checks("CORRECT", "CORRECT", unmet="certified")
(False, 'INCONCLUSIVE', '2 of 2 gradient checks hold, but 2 of these are less than the test requires.')
>>> gradient_checks_document("pytest", [{"name": "f", "verdict": "CORRECT"}], interrupted=True)["summary"]["holds"]
False

A case from end to end, each number by hand: x·x + x at 3, with two rows of the cotangent:

>>> graph = Graph(
...     2, (leaf("x"), leaf("n", (), discrete=True), vertex("s", "multiply", (1, 1)), vertex("y", "add", (3, 1)))
... )
>>> case = make_case("by hand", "replay", graph, [3, 1], cotangent=[[1], [-2]])
>>> made = case_record(check_case(case, witness=Witness.ENTRIES), with_detail=True)
>>> [
...     made[key]
...     for key in (
...         "verdict",
...         "reason",
...         "vertices",
...         "leaves",
...         "edges",
...         "paths",
...         "entries",
...         "digits",
...         "ulps",
...         "witnessed",
...         "undecidable",
...     )
... ]
['CORRECT', None, 4, 2, 3, '2', 2, 17.0, '0', True, []]
>>> made["planned"], made["judged"], made["certified"], made["unjudged"], made["reach"], len(made["checks"])
(7, 7, 3, [], {'consumers': 2, 'entries': 1, 'vertices': 3, 'levels': 2}, 7)
>>> [
...     (row["leaf"], row["output"], row["reference"], row["exact"], row["ulps"], row["digits"])
...     for row in made["detail"]["table"]
... ]
[(1, [0], '7.0', '7', '0', 17.0), (1, [1], '-14.0', '-14', '0', 17.0)]
>>> made["detail"]["adjoints"]["3"], made["detail"]["jacobians"]["1->3"]
([['1.0'], ['-2.0']], [['6.0']])
>>> [one["product"] for one in made["detail"]["paths"][0]["listed"]], made["detail"]["paths"][0]["sum"]
([[['6.0'], ['-12.0']], [['1.0'], ['-2.0']]], [['7.0'], ['-14.0']])
>>> "undrawn" in made, made["differences"]["how"]
(False, 'entry by entry')
>>> with_open_findings({"findings": [{"verdict": "CORRECT"}, {"verdict": "WRONG"}]})["findings"]
[{'verdict': 'WRONG'}]
>>> plain = case_record(
...     check_case(case),
...     with_detail=False,
...     findings=[{"verdict": "WRONG", "theorem": "T", "step": "s", "reason": "r"}],
... )
>>> plain["verdict"], plain["reason"], plain["detail"] is None
('WRONG', 'T, s: r', False)
>>> large = Graph(1, (leaf("x", (40,)), vertex("y", "square", (1,)), vertex("z", "sum", (2,))))
>>> chain = Graph(1, (leaf("x"), *(vertex(f"v{k}", "negate", (k,)) for k in range(1, 1100))))
>>> "undrawn" in case_record(
...     check_case(make_case("large", "replay", large, [[1.0] * 40]), witness=Witness.NONE), with_detail=False
... )
False
"""
