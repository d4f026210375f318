"""Known of paths and path sums: a graph of ten vertices with a label, a constant and a leaf that nothing reads, whole
numbers on its edges, and the sums by the inverse of I − M, NumPy's.

>>> import itertools
>>> import math
>>> from fractions import Fraction
>>> import numpy as np
>>> from backproof.engine import FLOAT32, FLOAT64, RATIONAL, Graph, leaf, mpmath_system, vertex
>>> from backproof.verify.paths import choice, sums as definition
>>> from backproof.verify.paths.blocks import Enumeration, PathSums
>>> from backproof.verify.paths.enumeration import (
...     between,
...     count_paths,
...     live_vertices,
...     path_counts,
...     path_counts_to,
...     paths,
...     paths_by_first_edge,
...     paths_by_last_edge,
...     paths_from,
...     paths_to,
... )
>>> from backproof.verify.paths.factored import sums_by_length
>>> from backproof.verify.paths.frontier import WIDEST, frontier_sums, longest_paths, modular_sums
>>> from backproof.verify.paths.magnitudes import (
...     are_comfortable,
...     growth_by,
...     growth_of,
...     largest_row,
...     operations_behind,
...     scale_system,
... )
>>> from backproof.verify.paths.products import path_products
>>> from backproof.verify.paths.sums import PathSum, every_path, path_product, path_sum
>>> leaves = leaf("x", (2,)), leaf("y", (), discrete=True), leaf("z")
>>> inner = (
...     vertex("a", "square", (1,)),
...     vertex("b", "sum", (1,)),
...     vertex("c", "multiply", (4, 5)),
...     vertex("d", "pick", (6, 2)),
... )
>>> last = vertex("e", "add", (5, 7)), vertex("k", "constant", value=2.0), vertex("f", "multiply", (8, 9, 8))
>>> graph = Graph(3, (*leaves, *inner, *last))
>>> blocks = {
...     (1, 4): [[1, 2], [-1, 3]],
...     (1, 5): [[2, -3]],
...     (4, 6): [[1, 0], [4, -2]],
...     (5, 6): [[3], [1]],
...     (6, 7): [[2, -1]],
... }
>>> blocks |= {(5, 8): [[-2]], (7, 8): [[5]], (8, 10): [[3]], (9, 10): [[7]]}
>>> D = {edge: RATIONAL.array(block) for edge, block in blocks.items()}
>>> E = {edge: FLOAT64.array(block) for edge, block in blocks.items()}
>>> whole = lambda array: np.asarray(array).astype(float).astype(int).tolist()

By hand: 1 → 4 → 6 is [[1, 2], [6, 2]], 1 → 5 → 6 is [[6, -9], [2, -3]]; together [[7, -7], [8, -1]], of which 6 → 7 makes
[[6, -13]], and 8 has 5 times that and −2·[[2, -3]]; 10 has three times this.

>>> whole(path_product(graph, D, (1, 4, 6), RATIONAL)), whole(path_product(graph, D, (1, 5, 6), RATIONAL))
([[1, 2], [6, 2]], [[6, -9], [2, -3]])
>>> whole(path_product(graph, D, (1,), RATIONAL))
[[1, 0], [0, 1]]
>>> known = {
...     4: [[1, 2], [-1, 3]],
...     5: [[2, -3]],
...     6: [[7, -7], [8, -1]],
...     7: [[6, -13]],
...     8: [[26, -59]],
...     10: [[78, -177]],
... }
>>> sizes = {
...     4: [[1, 2], [1, 3]],
...     5: [[2, 3]],
...     6: [[7, 11], [8, 17]],
...     7: [[22, 39]],
...     8: [[114, 201]],
...     10: [[342, 603]],
... }
>>> counts = {1: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 3, 10: 3}
>>> lengths = {1: 0, 4: 1, 5: 1, 6: 2, 7: 3, 8: 4, 10: 5}

The definition, and the inverse of I − M:

>>> places = {
...     v: slice(start, start + graph.dimension(v))
...     for v, start in zip(range(1, 11), (0, 2, 3, 4, 6, 7, 9, 10, 11, 12), strict=True)
... }
>>> M = np.zeros((13, 13))
>>> for (j, k), block in blocks.items():
...     M[places[k], places[j]] = block
>>> inverse = np.linalg.inv(np.eye(13) - M)
>>> all(np.rint(inverse[places[k], places[1]]).astype(int).tolist() == right for k, right in known.items())
True
>>> defined = {k: path_sum(graph, D, 1, k, RATIONAL) for k in counts}
>>> all(whole(defined[k].value) == known[k] and whole(defined[k].magnitude) == sizes[k] for k in known)
True
>>> {k: found.count for k, found in defined.items()} == counts
True
>>> {k: found.longest for k, found in defined.items()} == lengths
True
>>> whole(defined[1].value), defined[1].growth, defined[4].growth, defined[6].growth
([[1, 0], [0, 1]], 1.0, 4.0, 36.0)
>>> path_sum(graph, D, 5, 6, RATIONAL).growth
3.0
>>> [
...     path_sum(graph, D, 3, 10, RATIONAL).value.tolist(),
...     path_sum(graph, D, 3, 10, RATIONAL).count,
...     path_sum(graph, D, 4, 5, RATIONAL).value.shape,
... ]
[[[Fraction(0, 1)]], 0, (1, 2)]
>>> every_path(graph, 1, 8, limit=3), path_sum(graph, E, 1, 8, limit=3).count
([(1, 4, 6, 7, 8), (1, 5, 6, 7, 8), (1, 5, 8)], 3)
>>> every_path(graph, 1, 8, limit=2)
Traceback (most recent call last):
    ...
backproof.verify.paths.sums.TooManyPaths: 3 paths from vertex 1 ('x') to vertex 8 ('e'); the limit is 2 (--max-paths)
>>> wrong = {
...     "one twice": [(1, 5, 8), (1, 5, 8), (1, 4, 6, 7, 8)],
...     "too few": [(1, 5, 8)],
...     "an edge that is none": [(1, 6, 7, 8)],
... }
>>> wrong |= {"another start": [(4, 6, 7, 8)], "another end": [(1, 5)]}
>>> for name, given in wrong.items():
...     for asked in (
...         lambda: every_path(graph, 1, 8, 100, lambda *_: iter(given)),
...         lambda: Enumeration(graph, lambda g, j, k: iter(given) if (j, k) == (1, 8) else paths(g, j, k)).to(
...             8, [1]
...         ),
...     ):
...         try:
...             print(name, asked())
...         except definition.WrongPaths as error:
...             print(f"{name}: {error}")
one twice: (1, 5, 8) is not another path from vertex 1 ('x') to vertex 8 ('e')
one twice: (1, 5, 8) is not another path from vertex 1 ('x') to vertex 8 ('e')
too few: 1 paths enumerated from vertex 1 ('x') to vertex 8 ('e'), but there are 3
too few: 1 path enumerated from vertex 1 ('x') to vertex 8 ('e'), but there are 3
an edge that is none: (1, 6, 7, 8) is not a path: (1, 6) is not an edge
an edge that is none: (1, 6, 7, 8) is not another path from vertex 1 ('x') to vertex 8 ('e')
another start: (4, 6, 7, 8) is not another path from vertex 1 ('x') to vertex 8 ('e')
another start: (4, 6, 7, 8) is not another path from vertex 1 ('x') to vertex 8 ('e')
another end: (1, 5) is not another path from vertex 1 ('x') to vertex 8 ('e')
another end: (1, 5) is not another path from vertex 1 ('x') to vertex 8 ('e')

Counts and the paths themselves, both ways, and what lies between:

>>> path_counts(graph, 1) == counts, path_counts_to(graph, 8), count_paths(graph, 1, 10), count_paths(graph, 4, 5)
(True, {8: 1, 7: 1, 6: 1, 5: 2, 4: 1, 2: 1, 1: 3}, 3, 0)
>>> count_paths(graph, 4, 4)
1
>>> list(paths(graph, 4, 4)), list(paths(graph, 4, 5)), sorted(paths(graph, 5, 8)), sorted(between(graph, 5, 8).edges)
([(4,)], [], [(5, 6, 7, 8), (5, 8)], [(5, 6), (5, 8), (6, 7), (7, 8)])
>>> sorted(between(graph, 4, 5))
[]
>>> {k: sorted(found) for k, found in paths_from(graph, 5).items()}
{6: [(5, 6)], 7: [(5, 6, 7)], 8: [(5, 6, 7, 8), (5, 8)], 10: [(5, 6, 7, 8, 10), (5, 8, 10)]}
>>> {k: sorted(found) for k, found in paths_from(graph, 5, [6, 7, 8]).items()}, paths_from(graph, 10)
({6: [(5, 6)], 7: [(5, 6, 7)], 8: [(5, 6, 7, 8), (5, 8)]}, {})
>>> {j: sorted(found) for j, found in paths_to(graph, 8, [5, 6, 7]).items()}, paths_to(graph, 8, [])
({5: [(5, 6, 7, 8), (5, 8)], 6: [(6, 7, 8)], 7: [(7, 8)]}, {})
>>> list(paths_by_last_edge(graph, 5, 7, 8)), list(paths_by_first_edge(graph, 5, 8, 10))
([(5, 6, 7, 8)], [(5, 8, 10)])
>>> list(paths_by_first_edge(graph, 5, 7, 8))
Traceback (most recent call last):
    ...
ValueError: (5, 7) is not an edge; the first edge must begin in 5
>>> sorted(live_vertices(graph)), longest_paths(graph, 8)
([4, 5, 6, 7, 8, 9, 10], {8: 0, 7: 1, 6: 2, 5: 3, 4: 3, 1: 4})
>>> unused = Graph(
...     1,
...     (
...         leaf("x"),
...         vertex("k", "constant", value=1.0),
...         vertex("a", "square", (1,)),
...         vertex("c", "constant", value=2.0),
...         vertex("b", "add", (1, 4)),
...     ),
... )
>>> sorted(live_vertices(unused))
[4, 5]

The faster ways, each against the hand calculation: pairs at once, factored, in blocks, modulo a prime, one product
after the other:

>>> def agree(found, value=known):
...     return all(
...         whole(found[k].value) == value[k]
...         and whole(found[k].magnitude) == sizes[k]
...         and (found[k].count, found[k].longest) == (counts[k], lengths[k])
...         for k in value
...     )
>>> for system, given in (
...     (RATIONAL, D),
...     (FLOAT64, E),
...     (FLOAT32, {edge: FLOAT32.array(block) for edge, block in blocks.items()}),
... ):
...     print(agree(PathSums(graph, given, system).leaving(1, sorted(known))))
True
True
True
>>> to_8 = PathSums(graph, D, RATIONAL).to(8, [1, 3, 4, 5, 8])
>>> {j: (whole(found.value), found.count, found.longest) for j, found in to_8.items()}
{1: ([[26, -59]], 3, 4), 3: ([[0]], 0, 0), 4: ([[-10, 10]], 1, 3), 5: ([[23]], 2, 3), 8: ([[1]], 1, 0)}
>>> {
...     j: (whole(found.value), whole(found.magnitude), found.count, found.longest, found.growth)
...     for j, found in sums_by_length(graph, E, 8).items()
... }
{8: ([[1]], [[1]], 1, 0, 1296.0), 7: ([[5]], [[5]], 1, 1, 1296.0), 6: ([[10, -5]], [[10, 5]], 1, 2, 1296.0), 5:
([[23]], [[37]], 2, 3, 1296.0), 4: ([[-10, 10]], [[30, 10]], 1, 3, 1296.0), 1: ([[26, -59]], [[114, 201]], 3, 4,
1296.0)}
>>> for block in (1, 2, 4096):
...     found = frontier_sums(graph, E, 8, block)
...     print(
...         {
...             j: (whole(total.value), whole(total.magnitude), total.count, total.longest, total.growth)
...             for j, total in found.items()
...         }
...         == {
...             j: (whole(total.value), whole(total.magnitude), total.count, total.longest, total.growth)
...             for j, total in sums_by_length(graph, E, 8).items()
...         }
...     )
True
True
True
>>> {
...     j: whole(found)
...     for j, found in modular_sums(
...         graph, {edge: np.mod(block, 11) for edge, block in E.items()}, 8, prime=11
...     ).items()
... }
{8: [[1]], 7: [[5]], 6: [[10, 6]], 5: [[1]], 4: [[1, 10]], 1: [[4, 7]]}
>>> {path: whole(product) for path, product in path_products(graph, D, 1, 8, RATIONAL)}
{(1, 4, 6, 7, 8): [[-20, 10]], (1, 5, 6, 7, 8): [[50, -75]], (1, 5, 8): [[-4, 6]]}
>>> [(path, whole(product)) for path, product in path_products(graph, D, 4, 4, RATIONAL)]
[((4,), [[1, 0], [0, 1]])]
>>> PathSums(graph, {edge: block for edge, block in D.items() if edge != (5, 6)}, RATIONAL).to(8, [1])
Traceback (most recent call last):
    ...
backproof.verify.paths.sums.WrongPaths: (5, 6) is an edge of a path, and has no Jacobian
>>> sums_by_length(graph, E, 0)
Traceback (most recent call last):
    ...
ValueError: the graph has vertices 1 … 10, found k = 0
>>> wide = {(1, 2): np.ones((1, WIDEST + 1))}
>>> modular_sums(Graph(1, (leaf("x", (33,)), vertex("y", "sum", (1,)))), wide, 2)
Traceback (most recent call last):
    ...
ValueError: sums modulo 16777213 are exact for vertices of up to 32 entries, found 33
>>> from backproof.verify.numbers.modular import PRIME
>>> WIDEST * (PRIME - 1) ** 2 < 2**53 * 1.0, (WIDEST + 1) * (PRIME - 1) ** 2 < 2**53, PRIME < 2**24
(True, False, True)

Many paths: a ladder of fourteen rungs has 2¹⁴, all of them enumerated; the sum of its products is the product of sums:

>>> def ladder(rungs):
...     steps = itertools.chain(
...         *(
...             (vertex(f"s{k}", "square", (2 * k + 1,)), vertex(f"m{k}", "multiply", (2 * k + 1, 2 * k + 2)))
...             for k in range(rungs)
...         )
...     )
...     return Graph(1, (leaf("x"), *steps))
>>> long = ladder(14)
>>> edges = {
...     edge: FLOAT64.array([[1.0 if edge[1] % 2 == 0 else 2.0 if edge[1] - edge[0] == 1 else -1.0]])
...     for edge in long.edges
... }
>>> [
...     (found.value.item(), found.magnitude.item(), found.count, found.longest)
...     for found in (frontier_sums(long, edges, 29)[1], sums_by_length(long, edges, 29)[1])
... ]
[(1.0, 4782969.0, 16384, 28), (1.0, 4782969.0, 16384, 28)]
>>> few, many = ladder(10), ladder(11)
>>> choice.ENUMERATED, choice.MOST_ENUMERATED, count_paths(few, 1, 21), count_paths(many, 1, 23)
(2000, 1073741824, 1024, 2048)
>>> def chosen(graph, k, system):
...     found, factored = choice.sums_to(
...         graph, k, [1], PathSums(graph, {edge: system.array([[1]]) for edge in graph.edges}, system)
...     )
...     return int(float(found[1].value.item())), factored
>>> chosen(few, 21, RATIONAL), chosen(many, 23, RATIONAL), chosen(many, 23, FLOAT64), chosen(ladder(31), 63, FLOAT64)
((1024, False), (2048, True), (2048, False), (2147483648, True))
>>> both, factored = choice.pair_sums(
...     many,
...     [(1, 23), (1, 21), (3, 23), (2, 2)],
...     PathSums(many, {edge: RATIONAL.array([[1]]) for edge in many.edges}, RATIONAL),
... )
>>> {pair: int(found.value.item()) for pair, found in both.items()}, factored
({(1, 21): 1024, (3, 23): 1024, (2, 2): 1, (1, 23): 2048}, True)
>>> choice.pair_sums(few, [(1, 3)], PathSums(few, {edge: RATIONAL.array([[1]]) for edge in few.edges}, RATIONAL))[1]
False

The scale of rounding errors:

>>> tiny, huge = {(1, 2): FLOAT64.array([[1e-130]])}, {(1, 2): FLOAT64.array([[1e130]])}
>>> chain = Graph(1, (leaf("x"), vertex("y", "square", (1,))))
>>> [
...     are_comfortable(chain, given)
...     for given in (tiny, huge, {(1, 2): FLOAT64.array([[1e120, 0.0]])}, {(1, 2): FLOAT64.array([[math.inf]])}, {})
... ]
[False, False, True, False, True]
>>> [
...     scale_system(chain, {(1, 2): RATIONAL.array([[Fraction(10) ** e]])}, RATIONAL).name
...     for e in (124, -124, 126, -126, -400)
... ]
['float64', 'float64', 'rational', 'rational', 'rational']
>>> scale_system(chain, {(1, 2): RATIONAL.array([[0, 1]])}, RATIONAL).name, scale_system(chain, {}, RATIONAL).name
('float64', 'float64')
>>> scale_system(chain, huge, FLOAT32).name
'float64'
>>> growth_by(0.5, 3), growth_by(2.0, 3), growth_by(1e200, 2), growth_of([], 4)
(1.0, 8.0, inf, 1.0)
>>> largest_row(np.array([[1.0, 2.0], [0.5, 0.0]])), growth_of([np.array([[2.0]]), np.array([[3.0]])], 2)
(3.0, 9.0)
>>> operations_behind(graph, 1, longest=5, count=3), operations_behind(graph, 8, longest=1, count=1)
(35, 5)
>>> operations_behind(graph, 10, longest=0, count=1)
2
>>> comfortable, far = PathSums(graph, E), PathSums(chain, huge)
>>> [
...     choice.shared_sizes(comfortable, system) is comfortable.sizes
...     for system in (RATIONAL, FLOAT32, mpmath_system(20))
... ]
[True, False, False]
>>> choice.shared_sizes(far, RATIONAL)
>>> found = PathSums(graph, E).leaving(1, [6, 10])
>>> found[6].growth, found[10].growth, PathSums(graph, D, RATIONAL).leaving(1, [6])[6].growth
(36.0, 7776.0, 1.0)
"""
