"""The mutation score of the judge: small changes of its own code, one at a time, and which command or test notices.

- `places.py` what can be changed in a source, and the source with one change
- `sample.py` the sample that a seed draws over the files of the judge
- `trial.py` one changed file in a copy of the checkout: what the commands and the tests say
- `run.py` the whole sample, gone on with from a file, and the score
"""
