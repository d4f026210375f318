// The line with which a case can be run again holds the whole case: what was packed, and whether its id is that of it.

const PACKED = /backproof1:([A-Za-z0-9_-]+)/g;

/** The bytes of a base64 text, of either alphabet. */
function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(plain.length);
  for (let k = 0; k < plain.length; k += 1) bytes[k] = plain.charCodeAt(k);
  return bytes;
}

/** The text that zlib packed; an error where it is damaged. */
function unpacked(bytes) {
  return new TextDecoder("utf-8", { fatal: true }).decode(inflated(bytes));
}

const [QUOTE, ESCAPE, COMMA, COLON] = ['"', "\\", ",", ":"].map((letter) => letter.charCodeAt(0));
const [OPENING, CLOSING] = ["[{", "]}"].map((letters) => [...letters].map((letter) => letter.charCodeAt(0)));

/** The members of a JSON object as they are written, by name. */
function membersOf(json) {
  const found = new Map();
  let [depth, start, name] = [0, 0, null];
  for (let k = 0; k < json.length; k += 1) {
    const letter = json.charCodeAt(k);
    if (letter === QUOTE) k = endOfText(json, k);
    else if (letter === OPENING[0] || letter === OPENING[1]) {
      depth += 1;
      if (depth === 1) start = k + 1;
    } else if (letter === CLOSING[0] || letter === CLOSING[1]) {
      depth -= 1;
      if (depth === 0 && name !== null) found.set(name, json.slice(start, k));
    } else if (depth === 1 && letter === COMMA) {
      found.set(name, json.slice(start, k));
      [name, start] = [null, k + 1];
    } else if (depth === 1 && letter === COLON) {
      name = JSON.parse(json.slice(start, k));
      start = k + 1;
    }
  }
  return found;
}

/** Where the text that begins at a quotation mark ends. */
function endOfText(json, start) {
  let k = start + 1;
  while (k < json.length && json.charCodeAt(k) !== QUOTE) k += json.charCodeAt(k) === ESCAPE ? 2 : 1;
  return k;
}

/** {id, document, graph, counts}: the case of a packed text, its paths to the output, and the first twelve hex digits of the SHA-256 of what it is made of; no
 * id where this page may not compute one. */
async function caseOf(packed) {
  const json = unpacked(bytesOf(packed));
  const members = membersOf(json);
  const content = `{"cotangent":${members.get("cotangent")},"graph":${members.get("graph")},"leaves":${members.get("leaves")}}`;
  const document = JSON.parse(json);
  const graph = graphOf(document);
  return { id: await digestOf(content), document, graph, counts: pathCounts(graph) };
}

async function digestOf(text) {
  if (!globalThis.crypto || !crypto.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...digest.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The float64 nearest to a number of a case document; null where it is none. */
function numberOf(value) {
  if (typeof value === "number") return value;
  if (value && typeof value.float === "string") return fromHex(value.float);
  const exact = value && typeof value.rational === "string" ? fraction(value.rational) : null;
  return exact ? nearest(exact) : null;
}

/** A document's graph with what follows from it: {n, l, vertices, edges, dimension(i), leaves}; edges are {from, to,
 * uses}, ascending; `leaves` those that have a derivative. */
function graphOf(document) {
  const { l, vertices } = document.graph;
  const n = vertices.length;
  const edges = [];
  vertices.forEach((vertex, k) => {
    const uses = new Map();
    for (const j of vertex.operands || []) uses.set(j, (uses.get(j) || 0) + 1);
    for (const [from, count] of uses) edges.push({ from, to: k + 1, uses: count });
  });
  edges.sort((a, b) => a.from - b.from || a.to - b.to);
  const dimensions = vertices.map(({ shape }) => (shape || []).reduce((size, length) => size * length, 1));
  const dimension = (i) => dimensions[i - 1];
  const leaves = vertices.slice(0, l).flatMap((vertex, k) => (vertex.discrete ? [] : [k + 1]));
  return { n, l, vertices, edges, dimension, leaves };
}
