// Where a float64 result may lie, computed per entry with the rounding of every operation. No tolerance: an interval
// holds what some order of the sums, with or without fused operations, can give, and is a point where all give the same.
//
// A matrix is {rows, columns, lo, hi}, its entries row by row; of known numbers lo and hi are one array.

const U = 2 ** -53; // the unit of roundoff of float64
const SPLITS = 2 ** 27 + 1; // Veltkamp's factor for 53 bits
const MOST_SPLIT = 2 ** 990; // beyond, splitting overflows
const LEAST_SPLIT = 2 ** -960; // below, the error of a product is no float64
const ALL_TREES = 4; // terms of which every order is tried: 15 of four
const EXACT = 2 ** 53; // whole numbers up to here are float64

function known(rows, columns, numbers) {
  const entries = Float64Array.from(numbers);
  return { rows, columns, lo: entries, hi: entries };
}

function isPoint(matrix) {
  return matrix.lo === matrix.hi;
}

function settled(matrix) {
  for (let k = 0; k < matrix.lo.length; k += 1) if (!same(matrix.lo[k], matrix.hi[k])) return matrix;
  matrix.hi = matrix.lo;
  return matrix;
}

/** a·b − the float64 product of a and b, exactly; NaN where it is no float64. */
function productError(a, b, product) {
  const size = Math.abs(product);
  if (product === 0 && (a === 0 || b === 0)) return 0;
  if (!(size > LEAST_SPLIT && size < MOST_SPLIT && Math.abs(a) < MOST_SPLIT && Math.abs(b) < MOST_SPLIT)) return NaN;
  const p = SPLITS * a;
  const aHigh = p - (p - a);
  const aLow = a - aHigh;
  const q = SPLITS * b;
  const bHigh = q - (q - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The largest float64 that is at most a·b. */
function productDown(a, b) {
  const product = a * b;
  return productError(a, b, product) >= 0 ? product : nextDown(product);
}

/** The smallest float64 that is at least a·b. */
function productUp(a, b) {
  const product = a * b;
  return productError(a, b, product) <= 0 ? product : nextUp(product);
}

/** The sum of a and b, rounded up. */
function sumUp(a, b) {
  const sum = a + b;
  const part = sum - a;
  return a - (sum - part) + (b - part) <= 0 ? sum : nextUp(sum);
}

/** An upper bound of γ_m = m·u/(1 − m·u). */
function gamma(m) {
  return nextUp(nextUp((m * U) / (1 - m * U)));
}

/** left · right. Every entry is what np.dot may give for it: each product rounded or fused, the sum in any order. */
function multiplied(left, right) {
  const [rows, inner, columns] = [left.rows, left.columns, right.columns];
  const size = rows * columns;
  const [lo, hi] = [new Float64Array(size), new Float64Array(size)];
  const terms = new Terms(inner);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      terms.restart();
      for (let k = 0; k < inner; k += 1) {
        const [a, b] = [r * inner + k, k * columns + c];
        terms.push(left.lo[a], left.hi[a], right.lo[b], right.hi[b]);
      }
      [lo[r * columns + c], hi[r * columns + c]] = terms.sum();
    }
  }
  return settled({ rows, columns, lo, hi });
}

/** The products of one entry of a matrix product; those that are zero are left out of the sum. */
class Terms {
  constructor(most) {
    this.most = most;
    this.down = new Float64Array(most); // at most the product, at least the product
    this.up = new Float64Array(most);
    this.restart();
  }

  restart() {
    this.count = 0;
    this.near = [0, 0]; // the last product, rounded
    this.below = true; // whether all of them may be −0: then the sum may be −0 too
  }

  push(aLo, aHi, bLo, bHi) {
    const at = this.count;
    const product = aLo * bLo;
    const points = aLo === aHi && bLo === bHi;
    if (product === 0 && ((aLo === 0 && aHi === 0) || (bLo === 0 && bHi === 0))) {
      this.below &&= !(points && same(product, 0) && same(aHi * bHi, 0));
      return;
    }
    this.below = false;
    this.count = at + 1;
    const single = this.most === 1;
    this.near = points ? [product, product] : corners(rounded, rounded, aLo, aHi, bLo, bHi);
    if (single) return;
    if (points) {
      const error = productError(aLo, bLo, product);
      this.down[at] = error >= 0 ? product : nextDown(product);
      this.up[at] = error <= 0 ? product : nextUp(product);
    } else [this.down[at], this.up[at]] = corners(productDown, productUp, aLo, aHi, bLo, bHi);
  }

  /** [lo, hi] of what the sum may be. */
  sum() {
    const [lo, hi] = this.range();
    return lo === 0 && hi === 0 ? [this.below || same(lo, -0) ? -0 : 0, 0] : [lo, hi];
  }

  range() {
    const { down, up, count } = this;
    if (count === 0) return [0, 0];
    if (count === 1) return this.near;
    if (count === 2) return [down[0] + down[1], up[0] + up[1]];
    if (isExact(down, up, count)) return pointSum(down, count);
    if (count <= ALL_TREES) return everyOrder(Array.from(down.subarray(0, count)), Array.from(up.subarray(0, count)));
    return anyOrder(down, up, count);
  }
}

function rounded(a, b) {
  return a * b;
}

function corners(down, up, aLo, aHi, bLo, bHi) {
  return [
    Math.min(down(aLo, bLo), down(aLo, bHi), down(aHi, bLo), down(aHi, bHi)),
    Math.max(up(aLo, bLo), up(aLo, bHi), up(aHi, bLo), up(aHi, bHi)),
  ];
}

/** Whether every partial sum of these numbers, in any order, is a float64. */
function isExact(down, up, count) {
  let [size, unit] = [0, Infinity];
  for (let k = 0; k < count; k += 1) {
    if (down[k] !== up[k]) return false;
    unit = Math.min(unit, lastBit(down[k]));
    size = sumUp(size, Math.abs(down[k]));
  }
  return size <= unit * EXACT;
}

/** The power of two of the last bit of a float64; ∞ of zero. */
function lastBit(x) {
  if (x === 0) return Infinity;
  double[0] = x;
  const exponent = (words[HIGH] >>> 20) & 0x7ff;
  const low = words[LOW];
  const high = (words[HIGH] & 0xfffff) | (exponent ? 0x100000 : 0);
  const zeros = low ? 31 - Math.clz32(low & -low) : 63 - Math.clz32(high & -high);
  return 2 ** (zeros + (exponent || 1) - 1075);
}

function pointSum(numbers, count) {
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += numbers[k];
  return [sum, sum];
}

/** The hull over all binary trees: the first number joins each of the others, or a tree of them. */
function everyOrder(down, up) {
  if (down.length === 1) return [down[0], up[0]];
  let [lo, hi] = [Infinity, -Infinity];
  for (let a = 0; a < down.length; a += 1) {
    for (let b = a + 1; b < down.length; b += 1) {
      const rest = (numbers, joined) => [joined, ...numbers.filter((_, k) => k !== a && k !== b)];
      const [low, high] = everyOrder(rest(down, down[a] + down[b]), rest(up, up[a] + up[b]));
      [lo, hi] = [Math.min(lo, low), Math.max(hi, high)];
    }
  }
  return [lo, hi];
}

/** Around the sum, γ times the sum of the sizes: Higham's bound for any order. */
function anyOrder(down, up, count) {
  let [low, high, size] = [0, 0, 0];
  for (let k = 0; k < count; k += 1) {
    low = -sumUp(-low, -down[k]);
    high = sumUp(high, up[k]);
    size = sumUp(size, Math.max(Math.abs(down[k]), Math.abs(up[k])));
  }
  const error = sumUp(productUp(gamma(count), size), count * LEAST);
  return [-sumUp(-low, error), sumUp(high, error)];
}

/** Entry by entry, one rounded sum. */
function added(a, b) {
  const add = (x, y) => x.map((value, k) => value + y[k]);
  const lo = add(a.lo, b.lo);
  return { rows: a.rows, columns: a.columns, lo, hi: isPoint(a) && isPoint(b) ? lo : add(a.hi, b.hi) };
}

/** Whether a float64 is among what an entry may be; where it may be one number only, +0 is not −0. */
function holds(matrix, k, x) {
  const [lo, hi] = [matrix.lo[k], matrix.hi[k]];
  if (lo === hi && lo !== 0) return x === lo;
  return same(lo, hi) ? same(x, lo) : lo <= x && x <= hi;
}
