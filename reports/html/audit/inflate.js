// DEFLATE and zlib (RFC 1950, RFC 1951): what Python's zlib packed, unpacked at once. A thousand small packed cases take
// a browser's own streams four times as long.

const MOST_BITS = 15; // of a code word
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]; // of the lengths of the code of lengths
const LENGTHS = steps(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5], [258, 0]);
const DISTANCES = steps(1, Array.from({ length: 30 }, (_, k) => Math.max(0, (k >> 1) - 1)), null);
const MODULUS = 65521; // of Adler's check sum
const MOST_UNPACKED = 2 ** 26; // bytes; chosen: beyond, no page holds it

/** [first value, extra bits] of each code word. */
function steps(first, bits, last) {
  let value = first;
  const found = bits.map((extra) => {
    const one = [value, extra];
    value += 1 << extra;
    return one;
  });
  return last ? [...found, last] : found;
}

/** A canonical code: how many words of each length, and the symbols in the order of their words. */
function codeOf(lengths) {
  const [counts, places] = [new Uint16Array(MOST_BITS + 1), new Uint16Array(MOST_BITS + 2)];
  const many = lengths.length;
  for (let k = 0; k < many; k += 1) counts[lengths[k]] += 1;
  counts[0] = 0;
  for (let k = 1; k <= MOST_BITS; k += 1) places[k + 1] = places[k] + counts[k];
  const symbols = new Uint16Array(many);
  for (let symbol = 0; symbol < many; symbol += 1) if (lengths[symbol]) symbols[places[lengths[symbol]]++] = symbol;
  return { counts, symbols };
}

const FIXED = [
  codeOf(Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8))),
  codeOf(new Array(30).fill(5)),
];

/** The bits of bytes, one after the other. */
class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.place = 2; // after the head of zlib
    this.hold = 0;
    this.held = 0;
  }

  take(count) {
    while (this.held < count) {
      if (this.place >= this.bytes.length) throw new Error("packed data is cut off");
      this.hold |= this.bytes[this.place++] << this.held;
      this.held += 8;
    }
    const found = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return found;
  }

  symbol({ counts, symbols }) {
    let { hold, held, place } = this;
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= MOST_BITS; length += 1) {
      if (held === 0) {
        if (place >= this.bytes.length) throw new Error("packed data is cut off");
        hold = this.bytes[place++];
        held = 8;
      }
      code |= hold & 1;
      hold >>>= 1;
      held -= 1;
      const count = counts[length];
      if (code - count < first) {
        [this.hold, this.held, this.place] = [hold, held, place];
        return symbols[index + code - first];
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("packed data has a word that is in no code");
  }
}

/** The bytes that zlib packed. An error where they are damaged: another form, cut off, another check sum. */
function inflated(bytes) {
  if ((bytes[0] & 15) !== 8 || (bytes[0] * 256 + bytes[1]) % 31 || bytes[1] & 32) throw new Error("this is no zlib");
  const bits = new Bits(bytes);
  let out = { bytes: new Uint8Array(bytes.length * 6), size: 0 };
  for (let last = 0; !last; ) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) out = stored(bits, out);
    else if (kind === 3) throw new Error("packed data has a block of no kind");
    else out = coded(bits, out, kind === 1 ? FIXED : codesOf(bits));
  }
  const found = out.bytes.subarray(0, out.size);
  const tail = bytes.subarray(bits.place - (bits.held >> 3));
  const sum = tail.length === 4 ? tail.reduce((value, byte) => value * 256 + byte, 0) : -1;
  if (sum !== adler(found)) throw new Error("packed data has another check sum");
  return found;
}

function grown(out, more) {
  if (out.size + more > MOST_UNPACKED) throw new Error("packed data is larger than any page");
  if (out.size + more <= out.bytes.length) return out;
  const bytes = new Uint8Array(2 * (out.size + more));
  bytes.set(out.bytes.subarray(0, out.size));
  return { bytes, size: out.size };
}

function stored(bits, given) {
  bits.place -= bits.held >> 3;
  [bits.hold, bits.held] = [0, 0];
  const [length, complement] = [bits.take(16), bits.take(16)];
  if ((length ^ complement) !== 0xffff || bits.place + length > bits.bytes.length) throw new Error("packed data is damaged");
  const out = grown(given, length);
  out.bytes.set(bits.bytes.subarray(bits.place, bits.place + length), out.size);
  bits.place += length;
  return { bytes: out.bytes, size: out.size + length };
}

function codesOf(bits) {
  const [literals, distances, count] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const first = new Array(19).fill(0);
  for (let k = 0; k < count; k += 1) first[ORDER[k]] = bits.take(3);
  const code = codeOf(first);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = bits.symbol(code);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16 && !lengths.length) throw new Error("packed data is damaged");
    else {
      const value = symbol === 16 ? lengths[lengths.length - 1] : 0;
      for (let left = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7); left; left -= 1) lengths.push(value);
    }
  }
  return [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals, literals + distances))];
}

function coded(bits, given, [literals, distances]) {
  let out = given;
  for (;;) {
    const symbol = bits.symbol(literals);
    if (symbol === 256) return out;
    if (symbol < 256) {
      out = grown(out, 1);
      out.bytes[out.size++] = symbol;
      continue;
    }
    if (symbol > 285) throw new Error("packed data is damaged");
    const [start, extra] = LENGTHS[symbol - 257];
    const length = start + bits.take(extra);
    const [near, more] = DISTANCES[bits.symbol(distances)];
    const distance = near + bits.take(more);
    if (distance > out.size) throw new Error("packed data is damaged");
    out = grown(out, length);
    for (let k = 0; k < length; k += 1) {
      out.bytes[out.size] = out.bytes[out.size - distance];
      out.size += 1;
    }
  }
}

function adler(bytes) {
  let [a, b] = [1, 0];
  for (let k = 0; k < bytes.length; ) {
    for (const end = Math.min(k + 3800, bytes.length); k < end; k += 1) {
      a += bytes[k];
      b += a;
    }
    [a, b] = [a % MODULUS, b % MODULUS];
  }
  return b * 65536 + a;
}
