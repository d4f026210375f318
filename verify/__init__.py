"""How the claims are checked: paths, path sums, differences, random graphs, verdicts, campaigns, the command line.

>>> from backproof.verify import Verdict
>>> Verdict.CORRECT.value
'CORRECT'
>>> Verdict("fine")
Traceback (most recent call last):
    ...
ValueError: 'fine' is not a valid Verdict
"""

from backproof.verify.verdicts import Evidence, Reason, Verdict

__all__ = ["Evidence", "Reason", "Verdict"]
