"""The audit: pages and results files are derived again from the numbers that stand in them, by code that knows nothing
of what made them.

Rooms, in reading order:

- `derivations` what follows from what
- `page` a page taken apart, counted and derived again
- `file` a results file taken apart, and derived again
- `audit.py` the audit of a page, and what came of it

*Rule*: the standard library and this folder only (`tests/reports/audit/test_alone.py`).

Every number is *derived* (others determine it: it is formed again and compared), *given* (nothing here determines it:
leaf values, function values, D, certified values, differences and estimates, settings, versions, words; a page holds it
twice) or *open* (it was computed, and not from what stands here; the reason is counted). What differs is named: where,
what stands there, what follows, from what. No number is compared with a tolerance.

**The contract of a page**, for whoever audits it in another language:

*The second copy.* The last element of the body is `<script type="text/plain" id="held">`: base64 of zlib of UTF-8
lines. Walk the page in order, without `script` and `style`. Inline tags (a abbr b code em i mark q small span strong
sub sup tspan u) are transparent; the start or the end of any other tag ends a piece of text. Of each piece with one
there is a line: its words with a digit (0-9, raised or lowered) between white space [ \\t\\n\\r\\f], one space between
them, without words that hold `backproof1:`. Before the first line after the start of a `section` or an `article` with
an id stands § and that id. An element with `data-live` is empty as written; scripts fill it.

*Marks.* `table[data-t]` is its role, `th[data-c]` the key of a column; `text[data-n]` in a picture is the quantity of a
case that it shows: u3 value, p3 adjoint, o3 turn, v3 name, f3 function, c3 certified value, d2-5 Jacobian and k2-5 uses of
the edge 2→5. `article.case` has the id of its case, `p.facts` its counts, `ul.checks` its comparisons. A row of the
table `cases` has `data-k`, a letter for each row of the table `claims`: C CORRECT, E CORRECT with no entry compared,
I INACCURATE, W WRONG, N INCONCLUSIVE, - no such comparison.

*Replay lines.* `backproof1:` and base64url of zlib of JSON: the whole case. The id is the beginning of the SHA-256 of its
members cotangent, graph, leaves. Graph, names, operands, uses, leaf values, entries and paths follow from it.

*Steps.* Vertices n … 1 with an adjoint, children ascending: contribution p_i·D; accumulator fl(before + contribution);
the adjoint is the sum of its contributions in some order, and that of the tables. An engine's adjoint on trial is given.

*Paths.* product p_n·(D_k…(D_2·D_1)); running sum fl(before + product); the sum over all in any order, and, where paths
are not listed, by the recursion; how many there are by counting on the edges.

*Floats.* One rounding on known floats has one result; a scalar product of m > 1 terms lies within γ_m·Σ|terms|.

*Routes.* Hexadecimal beside decimal; ulps, digits = −log₁₀(|value − nearest| / max(M, |nearest|)) with M = |p_n|·Σ Π|D|
and nearest the float64 next to the certified value; M ≥ 1 where |nearest| < 10⁻⁴⁰; "cancels" where |nearest| < 10⁻⁹·M.
The bound is γ/(1 − γ)·M with γ of m + 4 roundings, m = L(2d + Δ) + N + d: L edges of the longest path, d largest
dimension, Δ most children, N paths. Where a D is not listed, M follows from the bound. CORRECT says |backward − path sum|
≤ bound.

*Counts.* All others: `derivations/counts.py`, `page/rows.py`, `page/claims.py`, `page/coverage.py`, `page/others.py`.

Layer `reports`, above both wings.
"""
