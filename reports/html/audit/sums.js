// The sum over all paths of a graph from its edges alone, with what any order of adding and multiplying may change.
//
// A graph is {n, edges}: edges are {from, to, D}, D a matrix of known numbers, or null where the page does not list it.

const LEAST_TERM = 2 ** -900; // products of sizes below may underflow: then nothing is said
const FACTORED_FROM = 2n ** 31n; // paths; of more nobody adds one after the other
const SAFE = 1 + 2 ** -40; // covers what underflow of single terms may add

/** The edges that leave each vertex, by its number. */
function leaving(graph) {
  const found = new Map();
  for (const edge of graph.edges) {
    if (!found.has(edge.from)) found.set(edge.from, []);
    found.get(edge.from).push(edge);
  }
  return found;
}

/** How many paths lead from each vertex to n, as whole numbers; of those that have one. */
function pathCounts(graph) {
  const edges = leaving(graph);
  const counts = new Map([[graph.n, 1n]]);
  for (let j = graph.n - 1; j >= 1; j -= 1) {
    let count = 0n;
    for (const { to } of edges.get(j) || []) count += counts.get(to) || 0n;
    if (count) counts.set(j, count);
  }
  return counts;
}

/** For each vertex with a path to n: the sum over its paths of seed · Π D, or null where it is not known from the page.
 *
 * A sum is {rows, columns, center, size, unit, least, roundings}: in floats, the sum of the absolute values of its
 * terms from above, the last bit and the least size of any term, and how often a term may have been rounded on its way
 * but for the additions of paths.
 */
function pathSums(graph, seed) {
  const edges = leaving(graph);
  const sums = new Map([[graph.n, started(seed)]]);
  for (let j = graph.n - 1; j >= 1; j -= 1) {
    const onward = (edges.get(j) || []).filter(({ to }) => sums.has(to));
    if (!onward.length) continue;
    const steps = onward.map(({ to, D }) => D && sums.get(to) && extended(sums.get(to), D));
    sums.set(j, steps.every(Boolean) ? joined(steps) : null);
  }
  return sums;
}

function started(seed) {
  return {
    rows: seed.rows,
    columns: seed.columns,
    center: seed.lo,
    size: seed.lo.map(Math.abs),
    unit: Math.min(...seed.lo.map(lastBit)),
    least: leastSize(seed.lo),
    roundings: 0,
  };
}

function leastSize(numbers) {
  let least = Infinity;
  for (const x of numbers) if (x !== 0) least = Math.min(least, Math.abs(x));
  return least;
}

function extended(sum, D) {
  const [rows, inner, columns] = [sum.rows, D.rows, D.columns];
  const [center, size] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  for (let r = 0; r < rows; r += 1) {
    for (let k = 0; k < inner; k += 1) {
      const [a, t] = [sum.center[r * inner + k], sum.size[r * inner + k]];
      for (let c = 0; c < columns; c += 1) {
        const d = D.lo[k * columns + c];
        if (d === 0) continue;
        center[r * columns + c] += a * d;
        size[r * columns + c] = sumUp(size[r * columns + c], productUp(t, Math.abs(d)));
      }
    }
  }
  const unit = sum.unit * Math.min(...D.lo.map(lastBit));
  return { rows, columns, center, size, unit, least: sum.least * leastSize(D.lo), roundings: sum.roundings + inner };
}

function joined(steps) {
  const [first, ...others] = steps;
  for (const step of others) {
    for (let k = 0; k < first.center.length; k += 1) {
      first.center[k] += step.center[k];
      first.size[k] = sumUp(first.size[k], step.size[k]);
    }
    first.unit = Math.min(first.unit, step.unit);
    first.least = Math.min(first.least, step.least);
    first.roundings = Math.max(first.roundings, step.roundings);
  }
  return first;
}

/** The matrix in which a float64 sum of so many paths lies, in whichever order it was formed; null where a term may be
 * too small for a float64. */
function rangeOf(sum, paths, edges) {
  const { rows, columns, center, size } = sum;
  if (!(sum.least > LEAST_TERM)) return null;
  const additions = paths < FACTORED_FROM ? Math.max(Number(paths), edges) : edges;
  const factor = 2 * gamma(sum.roundings + additions) * SAFE;
  const [lo, hi] = [new Float64Array(size.length), new Float64Array(size.length)];
  for (let k = 0; k < size.length; k += 1) {
    const exact = size[k] <= sum.unit * EXACT;
    const error = exact ? 0 : productUp(factor, size[k]);
    lo[k] = exact ? center[k] : -sumUp(-center[k], error);
    hi[k] = exact ? center[k] : sumUp(center[k], error);
    if (exact && center[k] === 0) lo[k] = -0;
  }
  return settled({ rows, columns, lo, hi });
}
