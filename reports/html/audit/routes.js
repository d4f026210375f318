// The three routes to each entry of a leaf adjoint: hexadecimal against decimal, digits, ulps, and what lies within what.

const CERTIFIED = 40; // digits of a certified value
const CANCELS = 1e-9; // of the sum of the sizes: below, ulps say nothing
const NOTHING = 1e-40; // a certified value below counts as zero
const MOST_DIGITS = 17;
const LOG_ERROR = 1e-12; // of a logarithm to the base 10, of numbers that are right to 2⁻⁵⁰

function auditRoutes(one, ledger) {
  const table = one.tables("routes")[0];
  if (!table || !one.graph || !one.seed) return;
  const { rows } = table;
  let [least, most, entries] = [Infinity, 0n, 0];
  for (let k = 0; k + 3 < rows.length; k += 4) {
    const place = entryOf(one, rows[k].of("entry"), ledger);
    const measured = auditEntry(one, place, rows.slice(k, k + 4), ledger);
    entries += 1;
    if (!measured) continue;
    least = Math.min(least, measured.digits);
    if (measured.ulps > most) most = measured.ulps;
  }
  one.entries = entries;
  one.measured = entries && !one.cut ? { digits: least, ulps: most } : null;
}

/** Which entry of which leaf a row names: {j, r, c}; null where it cannot be told. */
function entryOf(one, cell, ledger) {
  const quiet = cell.querySelector(".quiet");
  const row = quiet ? /^row (\d+) of pn$/.exec(textOf(quiet)) : [null, "0"];
  const text = (quiet ? cell.firstChild.textContent : cell.textContent).trim();
  const found = /^(.*?)(?:\[([\d, ]+)\])?$/s.exec(text);
  const j = found && one.names.get(found[1]);
  if (!j) {
    if (j === undefined && ![...one.names.values()].includes(null)) ledger.differs(cell, text, "an entry of a leaf", "the leaves of the graph");
    else ledger.left(cell, SAME_NAME);
    return null;
  }
  const shape = one.graph.vertices[j - 1].shape || [];
  const index = found[2] ? found[2].split(", ").map(Number) : [];
  const inside = index.length === shape.length && index.every((place, k) => place < shape[k]);
  const r = row ? Number(row[1]) : NaN;
  if (!inside || !(r < one.seed.rows)) {
    ledger.differs(cell, shortened(textOf(cell)), `an entry of ${found[1]}`, "the shape of the leaf");
    return null;
  }
  ledger.derived(cell);
  return { j, r, c: index.reduce((sum, place, k) => sum * shape[k] + place, 0) };
}

function auditEntry(one, place, [balls, backward, summed, difference], ledger) {
  if (!place) return null;
  const { j, r, c } = place;
  const at = (matrix) => (matrix ? matrix.lo[r * matrix.columns + c] : null);
  const value = floatOf(backward, at(one.adjoints.get(j)), "the adjoint in the table of the vertices", ledger);
  const sum = summed.of("exact") === summed.of("value") ? null : floatOf(summed, at(one.sums.get(j)), "the sum over all paths", ledger);
  const certified = fraction(textOf(balls.of("value")));
  if (!certified) ledger.differs(balls.of("value"), textOf(balls.of("value")), "a decimal number", "the certified value");
  if (value === null || !certified) return null;
  auditExact(balls.of("exact"), certified, ledger);
  const total = one.totals.get(j);
  const size = sum === null ? [0, 0] : total ? around(total.size[r * total.columns + c]) : null;
  const verdict = summed.of("verdict");
  const bound = sum === null ? null : (/±\s*(\S+)/.exec(verdict.textContent) || [])[1];
  const factor = factorOf(one, j);
  if (bound) auditVerdict(verdict, value, sum, bound, ledger);
  if (bound && size) auditBound(verdict, bound, size.map((x) => factor * x), ledger);
  auditDifference(one, difference, certified, ledger);
  return auditMeasures(backward, value, certified, size || sizeOf(bound, factor), ledger);
}

/** A number that is right to many digits, between two. */
function around(x) {
  return [x * (1 - LOG_ERROR), x * (1 + LOG_ERROR)];
}

/** γ/(1 − γ), by which the sum of the sizes becomes the bound: γ of as many roundings as the longest path, the number of
 * paths, and the dimensions and children on the way can bring. */
function factorOf({ graph, sizes }, j) {
  const longest = new Map([[graph.n, 0]]);
  for (const { from, to } of [...graph.edges].reverse()) {
    if (longest.has(to)) longest.set(from, Math.max(longest.get(from) || 0, longest.get(to) + 1));
  }
  const [dimensions, children] = [[], []];
  for (let i = j; i <= graph.n; i += 1) {
    dimensions.push(graph.dimension(i));
    children.push(graph.edges.filter(({ from }) => from === i).length);
  }
  const [d, most] = [Math.max(...dimensions), Math.max(...children)];
  const roundings = (longest.get(j) || 0) * (2 * d + most) + Number(sizes.counts.get(j) || 0n) + d + 4;
  const least = (roundings * U) / (1 - roundings * U);
  return least / (1 - least);
}

/** A float64 in four digits, as the page writes bounds. */
function boundText(x) {
  return shortText(x, 4).replace(/e([+-])0*([0-9]+)$/, (_, sign, power) => `e${sign === "-" ? "-" : ""}${power}`);
}

function auditBound(cell, bound, possible, ledger) {
  const texts = possible.map(boundText);
  if (texts.includes(bound)) ledger.derived(cell);
  else ledger.differs(cell, bound, texts[0], "the bound of the sum of the sizes of all path products");
}

/** Between which numbers the sum of the sizes lies by its bound; null where that says nothing. */
function sizeOf(bound, factor) {
  const x = bound ? Number(bound) : NaN;
  return x > 0 && Number.isFinite(x) ? [(x * 0.9994) / factor, (x * 1.0006) / factor] : null; // four digits of it are known
}

/** The float64 of a row, from its decimal text; compared with its hexadecimal one and with the same number elsewhere. */
function floatOf(row, elsewhere, how, ledger) {
  const [cell, other] = [row.of("value"), row.of("exact")];
  const x = fromDecimal(textOf(cell));
  if (x === null) ledger.differs(cell, textOf(cell), "the shortest decimal of a float64", "its own digits");
  else if (elsewhere !== null) ledger.compares(cell, [textOf(cell)], [decimalText(elsewhere)], how);
  else ledger.left(cell, UNLISTED);
  const hex = fromHex(textOf(other));
  const right = x === null ? elsewhere : x;
  if (right !== null) ledger.says(other, hexText(right), "the decimal beside it");
  return x === null ? hex : x;
}

/** The rational value, to as many digits as the certified one has. */
function auditExact(cell, certified, ledger) {
  const text = textOf(cell);
  if (!text) return;
  const exact = fraction(text);
  if (text.endsWith("…")) ledger.left(cell, "the rational number is too long to show");
  else if (!exact) ledger.differs(cell, text, "a fraction", "its own form");
  else if (within(minus(exact, certified), lastPlace(exact, CERTIFIED))) ledger.derived(cell);
  else ledger.differs(cell, text, "the certified value beside it", `equal to ${CERTIFIED} digits`);
}

/** One unit in the last of so many digits of a number. */
function lastPlace(a, digits) {
  return a.p === 0n ? { p: 0n, q: 1n } : powerOfTen(tensOf(absolute(a)) - digits + 1);
}

function within(a, allowed) {
  return compared(absolute(a), allowed) <= 0;
}

/** CORRECT where the two floats are at most the bound apart: by any bound that is printed so. */
function auditVerdict(cell, value, sum, printed, ledger) {
  const word = cell.firstElementChild ? textOf(cell.firstElementChild) : textOf(cell);
  const bound = fraction(printed);
  if (!bound || !Number.isFinite(value) || !Number.isFinite(sum)) return ledger.left(cell, NOT_FINITE);
  const apart = absolute(minus(fractionOf(value), fractionOf(sum)));
  const open = times(lastPlace(bound, 4), { p: 1n, q: 2n });
  if (compared(apart, minus(bound, open)) <= 0) ledger.compares(cell, [word], ["CORRECT"], "the two floats and the bound");
  else if (compared(apart, plus(bound, open)) > 0) ledger.compares(cell, [word], ["WRONG"], "the two floats and the bound");
  else ledger.left(cell, "the bound is printed with four digits, and decides with more");
  return null;
}

/** The difference lies within its own estimate of the certified value, unless the case fails. */
function auditDifference(one, row, certified, ledger) {
  const cell = row.of("exact");
  const value = fraction(textOf(row.of("value")));
  const estimate = fraction(textOf(cell).replace(/^±\s*/, ""));
  if (cell === row.of("value") || !value || !estimate) return;
  const open = plus(plus(lastPlace(value, CERTIFIED), lastPlace(certified, CERTIFIED)), lastPlace(estimate, 2));
  if (within(minus(value, certified), plus(estimate, open))) ledger.derived(cell);
  else if (one.correct) ledger.differs(cell, textOf(cell), "the certified value within it", "the difference and its estimate");
  else ledger.left(cell, OF_ENGINE);
}

/** Digits and ulps of the float against the certified value; the sum of the sizes lies between two numbers. */
function auditMeasures(row, value, certified, size, ledger) {
  const [digits, ulps] = [row.of("digits"), row.of("ulps")];
  const closest = nearestOf(certified);
  const close = closest.find((one) => Number.isFinite(value) && groupedText(stepsBetween(value, one)) === textOf(ulps)) ?? closest[0];
  if (size === null) {
    ledger.left(digits, UNLISTED);
    ledger.left(ulps, UNLISTED);
    return null;
  }
  const [least, most] = size.map((x) => Math.abs(close) < CANCELS * x);
  const apart = Number.isFinite(value) ? stepsBetween(value, close) : null;
  const words = [...(most ? ["cancels"] : []), ...(least || apart === null ? [] : [groupedText(apart)])];
  if (apart === null) ledger.left(ulps, NOT_FINITE);
  else ledger.says(ulps, words.includes(textOf(ulps)) ? textOf(ulps) : words[0], "the float nearest to the certified value");
  const scales = size.map((x) => Math.max(Math.abs(close) < NOTHING ? Math.max(x, 1) : x, Math.abs(close)));
  const possible = scales.flatMap((scale) => digitsOf(value, close, scale));
  const said = textOf(digits);
  if (possible.includes(said)) ledger.derived(digits);
  else ledger.differs(digits, said, possible[0], "the distance from the certified value, in units of the sum of the sizes");
  return { digits: Number(said), ulps: textOf(ulps) === "cancels" || apart === null ? 0n : apart };
}

/** The float nearest to a certified value; both where its 40 digits, which are rounded, end at the middle of two floats. */
function nearestOf({ p, q }) {
  const whole = 2n * 10n ** 40n;
  return [...new Set([-10n, 10n].map((half) => nearest({ p: p * (whole + half), q: q * whole })))];
}

function stepsBetween(value, other) {
  const steps = position(value) - position(other);
  return steps < 0n ? -steps : steps;
}

/** The correct digits, as the page writes them: both where the rounding is not decided. */
function digitsOf(value, close, size) {
  if (value === close) return [`${MOST_DIGITS}.0`];
  if (!Number.isFinite(value) || !Number.isFinite(size) || size === 0) return ["0.0"];
  const error = absolute(minus(fractionOf(value), fractionOf(close)));
  const ratio = nearest({ p: error.p * fractionOf(size).q, q: error.q * fractionOf(size).p });
  const digits = Math.min(MOST_DIGITS, Math.max(0, -Math.log10(ratio)));
  return [...new Set([digits - LOG_ERROR, digits + LOG_ERROR].map((x) => Math.max(0, x).toFixed(1)))];
}
