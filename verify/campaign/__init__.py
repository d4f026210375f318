"""Many cases, on several processes, resumable. A failing one is made small here.

Rooms, in reading order:

- `workers.py` tasks on workers that may die
- `workplace.py` where they are run
- `cluster.py` on the workers of a dask cluster
- `run.py` many cases, on an executor
- `lines_file.py` finished cases on disk, as they come
- `halving.py` large parts of a case taken away at once
- `shrinking.py` make a failing case small
- `smallest.py` the first failure, small and diagnosed

*Rule*: any executor of `concurrent.futures` runs the cases; the same seed gives the same records in any order.

Above both wings.
"""
