// Numbers as pages write them: floats by their bits, in hexadecimal and in their shortest decimal form; fractions of
// whole numbers, exactly.

const MANTISSA = 52; // bits of a float64 after its point
const LEAST_EXPONENT = -1022; // of a normal float64
const LEAST = 2 ** -1074; // the smallest positive float64
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
const LOW = words[0] === 0 ? 0 : 1; // which half of a float64 stands first on this machine
const HIGH = 1 - LOW;

/** The next larger float64; NaN and ∞ stay. */
function nextUp(x) {
  if (!(x < Infinity)) return x;
  return x === 0 ? LEAST : stepped(x, x > 0);
}

/** The next smaller float64; NaN and −∞ stay. */
function nextDown(x) {
  return -nextUp(-x);
}

function stepped(x, outward) {
  double[0] = x;
  if (outward) {
    words[LOW] += 1;
    if (words[LOW] === 0) words[HIGH] += 1;
  } else {
    if (words[LOW] === 0) words[HIGH] -= 1;
    words[LOW] -= 1;
  }
  return double[0];
}

/** The place of a finite float64 among all of them, as a whole number; ±0 have the same. */
function position(x) {
  double[0] = Math.abs(x);
  const place = (BigInt(words[HIGH]) << 32n) | BigInt(words[LOW]);
  return x < 0 ? -place : place;
}

/** [sign, whole number, exponent]: the float64 is sign · whole · 2^exponent, exactly. */
function parts(x) {
  double[0] = x;
  const exponent = (words[HIGH] >>> 20) & 0x7ff;
  const tail = (words[HIGH] & 0xfffff) * 2 ** 32 + words[LOW];
  const whole = exponent ? tail + 2 ** MANTISSA : tail;
  return [words[HIGH] >>> 31 ? -1 : 1, whole, (exponent || 1) - 1023 - MANTISSA];
}

/** The hexadecimal text of a float64, as C and Python write it. */
function hexText(x) {
  if (!Number.isFinite(x)) return decimalText(x);
  const [sign, whole, exponent] = parts(x);
  const minus = sign < 0 ? "-" : "";
  if (whole === 0) return `${minus}0x0.0p+0`;
  const first = whole >= 2 ** MANTISSA ? 1 : 0;
  const tail = (whole - first * 2 ** MANTISSA).toString(16).padStart(13, "0");
  const power = exponent + MANTISSA;
  return `${minus}0x${first}.${tail}p${power < 0 ? "" : "+"}${power}`;
}

/** The float64 of a hexadecimal text; null where the text is not the one that this float64 has. */
function fromHex(text) {
  const found = /^(-?)0x([01])\.([0-9a-f]{1,13})p([+-][0-9]{1,4})$/.exec(text);
  if (!found) return fromName(text);
  const whole = Number(found[2]) * 2 ** MANTISSA + parseInt(found[3].padEnd(13, "0"), 16);
  const power = Number(found[4]);
  if (power < LEAST_EXPONENT || power > 1023) return null;
  const x = (found[1] ? -1 : 1) * whole * 2 ** (power - MANTISSA);
  return hexText(x) === text ? x : null;
}

/** The shortest decimal text that gives this float64 back, as Python writes it. */
function decimalText(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const minus = x < 0 || Object.is(x, -0) ? "-" : "";
  const [mantissa, power] = Math.abs(x).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${minus}${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${minus}0.${"0".repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 1, "0");
  return `${minus}${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1) || "0"}`;
}

/** The float64 of a decimal text; null where it is not the shortest one of this float64. */
function fromDecimal(text) {
  if (!/^-?[0-9]/.test(text)) return fromName(text);
  const x = Number(text);
  const size = Math.abs(x);
  if (size >= 1e-4 && size < 1e16 && (String(x) === text || `${x}.0` === text)) return text.includes(".") ? x : null;
  return decimalText(x) === text ? x : null;
}

function fromName(text) {
  if (text === "nan") return NaN;
  if (text === "inf") return Infinity;
  return text === "-inf" ? -Infinity : null;
}

/** Whether two float64 are the same one: +0 is not −0, and NaN is NaN. */
function same(x, y) {
  return Object.is(x, y);
}

/** {p, q}: the fraction p/q of a text like 3, -7/4, 0.125 or 1.5e-40; null where it is none. */
function fraction(text) {
  const ratio = /^(-?[0-9]+)\/([0-9]+)$/.exec(text);
  if (ratio) return BigInt(ratio[2]) === 0n ? null : { p: BigInt(ratio[1]), q: BigInt(ratio[2]) };
  const found = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:e([+-]?[0-9]{1,5}))?$/.exec(text);
  if (!found) return null;
  const tail = found[3] || "";
  const whole = BigInt(found[2] + tail) * (found[1] ? -1n : 1n);
  const power = Number(found[4] || 0) - tail.length;
  return power < 0 ? { p: whole, q: 10n ** BigInt(-power) } : { p: whole * 10n ** BigInt(power), q: 1n };
}

/** The fraction that a finite float64 is. */
function fractionOf(x) {
  const [sign, whole, exponent] = parts(x);
  const p = BigInt(whole) * BigInt(sign);
  return exponent < 0 ? { p, q: 1n << BigInt(-exponent) } : { p: p << BigInt(exponent), q: 1n };
}

function plus(a, b) {
  return a.q === b.q ? { p: a.p + b.p, q: a.q } : { p: a.p * b.q + b.p * a.q, q: a.q * b.q };
}

function minus(a, b) {
  return plus(a, { p: -b.p, q: b.q });
}

function times(a, b) {
  return { p: a.p * b.p, q: a.q * b.q };
}

/** −1, 0 or 1: a is smaller than b, the same, larger. */
function compared(a, b) {
  const left = a.p * b.q;
  const right = b.p * a.q;
  return left < right ? -1 : left > right ? 1 : 0;
}

function absolute(a) {
  return { p: a.p < 0n ? -a.p : a.p, q: a.q };
}

/** The float64 nearest to a fraction, ties to even. */
function nearest(a) {
  if (a.p === 0n) return 0;
  const size = a.p < 0n ? -a.p : a.p;
  let exponent = size.toString(2).length - a.q.toString(2).length - MANTISSA - 1;
  if (exponent < LEAST_EXPONENT - MANTISSA) exponent = LEAST_EXPONENT - MANTISSA;
  let [whole, rest, unit] = divided(size, a.q, exponent);
  if (whole >= 1n << BigInt(MANTISSA + 1)) [whole, rest, unit] = divided(size, a.q, (exponent += 1));
  if (2n * rest > unit || (2n * rest === unit && whole & 1n)) whole += 1n;
  const x = exponent + MANTISSA > 1023 ? Infinity : Number(whole) * 2 ** exponent;
  return a.p < 0n ? -x : x;
}

function divided(size, q, exponent) {
  const unit = exponent < 0 ? q : q << BigInt(exponent);
  const scaled = exponent < 0 ? size << BigInt(-exponent) : size;
  return [scaled / unit, scaled % unit, unit];
}

/** The power of ten of the first digit of a positive fraction: 0 of 3.5, −2 of 0.01. */
function tensOf(a) {
  let tens = a.p.toString().length - a.q.toString().length;
  if (compared(a, powerOfTen(tens)) < 0) tens -= 1;
  return tens;
}

function powerOfTen(tens) {
  return tens < 0 ? { p: 1n, q: 10n ** BigInt(-tens) } : { p: 10n ** BigInt(tens), q: 1n };
}

/** A float64 in at most so many digits, ties to even, as Python's format g writes it. */
function shortText(x, digits) {
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  if (!Number.isFinite(x)) return decimalText(x);
  const exact = absolute(fractionOf(x));
  let tens = tensOf(exact);
  let whole = roundedAt(exact, tens - digits + 1);
  if (whole.toString().length > digits) whole = roundedAt(exact, (tens += 1) - digits + 1);
  const text = whole.toString();
  const minus = x < 0 ? "-" : "";
  const plain = (found) => (found.includes(".") ? found.replace(/\.?0*$/, "") : found);
  if (tens < -4 || tens >= digits) {
    const size = String(Math.abs(tens)).padStart(2, "0");
    return `${minus}${plain(`${text[0]}.${text.slice(1)}`)}e${tens < 0 ? "-" : "+"}${size}`;
  }
  if (tens < 0) return minus + plain(`0.${"0".repeat(-tens - 1)}${text}`);
  return minus + plain(`${text.slice(0, tens + 1)}.${text.slice(tens + 1)}`);
}

/** How often 10^tens goes into a positive fraction, rounded, ties to even. */
function roundedAt(a, tens) {
  const unit = powerOfTen(tens);
  const [p, q] = [a.p * unit.q, a.q * unit.p];
  const [whole, rest] = [p / q, p % q];
  return 2n * rest > q || (2n * rest === q && whole & 1n) ? whole + 1n : whole;
}
