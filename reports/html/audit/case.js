// One case of the page: its graph from the line with which it can be run again, its tables from each other.

const UNREAD = "the line to run the case again cannot be read here";
const SAME_NAME = "several vertices have the same name, or one too long to show";
const UNLISTED = "the numbers that it is made of are not listed";
const NOT_FINITE = "a number on the way is not finite";
const OF_ENGINE = "an engine on trial gave it, or a case that fails";
const SHOWN = 40; // letters of a name that a table shows

/** What is known of a case: its article, its document's graph (null where it cannot be read), its tables by role. */
function caseOnPage(article, found) {
  const tables = [...article.querySelectorAll("table[data-t]")].map(tableOf);
  const by = (role) => tables.filter((table) => table.role === role);
  const graph = found ? found.graph : null;
  const badge = article.querySelector("h3 .badge");
  return {
    article,
    found,
    document: graph && found.document,
    graph,
    sizes: graph && sizesOf(found),
    tables: by,
    correct: badge !== null && textOf(badge) === "CORRECT",
    own: ![...article.querySelectorAll("code")].some((code) => code.textContent.startsWith("backproof oracle ")), // no engine on trial: the adjoints are ours
    names: namesOf(by("vertices")[0]),
    values: new Map(), // of each vertex, as its table says: u, p
    adjoints: new Map(),
    adjointCells: new Map(),
    jacobians: new Map(), // by "from-to"
    sums: new Map(), // path sums as shown, by leaf
  };
}

/** The numbers of vertices by the names that are shown; null of a name that stands twice or is cut off. */
function namesOf(table) {
  const names = new Map();
  const { rows } = table || { rows: [] };
  rows.forEach(({ of }, k) => {
    const name = textOf(of("name"));
    names.set(name, name.endsWith("…") || name.includes("→") || names.has(name) ? null : isCut(table.table) ? Number(textOf(of("i"))) : k + 1);
  });
  return names;
}

/** Whether the tables of a case are shortened: then it says so. */
function isCut(table) {
  return table.closest("article").querySelector(".cut") !== null;
}

/** The vertices that a text names, joined by arrows; null where a name stands for several, undefined where one is none. */
function verticesOf(one, text) {
  const numbers = text.split(" → ").map((name) => one.names.get(name.trim()));
  if (!numbers.includes(undefined)) return numbers.includes(null) ? null : numbers;
  return [...one.names.values()].includes(null) ? null : undefined;
}

/** The twelve hexadecimal digits by which an article is called. */
function idOf(article) {
  return article.id.replace(/^[a-z]+-/, "");
}

/** Everything of one case. */
function auditCase(article, found, ledger) {
  const one = caseOnPage(article, found);
  const code = article.querySelector(".facts code");
  if (found && found.id && code) ledger.says(code, found.id, "the id of the case that its line holds");
  one.seed = seedOf(one);
  auditFacts(one, ledger);
  auditComparisons(one, ledger);
  if (!one.tables("vertices").length) return one;
  auditVertices(one, ledger);
  auditEdges(one, ledger);
  auditSteps(one, ledger);
  auditPaths(one, ledger);
  auditRoutes(one, ledger);
  return one;
}

/** p_n: the cotangent of the case, or the identity. */
function seedOf({ graph, document }) {
  if (!graph) return null;
  const width = graph.dimension(graph.n);
  const given = document.cotangent;
  const size = given === null ? width * width : given.flat(Infinity).length;
  const numbers = given === null ? identity(width) : given.flat(Infinity).map(numberOf);
  return numbers.includes(null) ? null : known(size / width, width, numbers);
}

function identity(size) {
  return Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
}

/** How many vertices, leaves, edges, paths and entries a case has. */
function sizesOf({ graph, document, counts }) {
  const paths = graph.leaves.reduce((sum, j) => sum + (counts.get(j) || 0n), 0n);
  const width = graph.dimension(graph.n);
  const rows = document.cotangent === null ? width : document.cotangent.flat(Infinity).length / width;
  const entries = rows * graph.leaves.reduce((sum, j) => sum + graph.dimension(j), 0);
  return { counts, vertices: graph.n, leaves: graph.l, edges: graph.edges.length, paths, entries };
}

function auditFacts(one, ledger) {
  const facts = one.article.querySelector(".facts");
  if (!facts) return;
  if (!one.graph) return ledger.left(facts, UNREAD);
  const said = /^\s*(\S+) \S+,\s+(\S+) \S+,\s+(\S+) \S+,\s+(\S+) paths? to the output/.exec(facts.textContent);
  const { vertices, leaves, edges, paths } = one.sizes;
  const derived = [vertices, leaves, edges, paths].map(groupedText);
  ledger.compares(facts, said ? said.slice(1) : [], derived, "the sizes of the graph that its line holds");
}

function auditVertices(one, ledger) {
  const [{ table, rows }] = one.tables("vertices");
  one.cut = isCut(table);
  if (one.graph && rows.length !== one.graph.n && !(one.cut && rows.length < one.graph.n)) {
    ledger.differs(rows[rows.length - 1].row, rows.length, one.graph.n, "the number of vertices");
  }
  rows.forEach(({ of }, k) => {
    const said = Number(textOf(of("i")));
    const i = one.cut && one.graph && said > k && said <= one.graph.n ? said : k + 1;
    ledger.says(of("i"), String(i), "the vertices are counted");
    const vertex = one.graph && one.graph.vertices[i - 1];
    if (vertex) {
      if (isPlain(vertex.name)) ledger.says(of("name"), vertex.name, "the name in the line of the case");
      else ledger.left(of("name"), SAME_NAME);
      auditOperands(one, vertex, of("operands"), ledger);
    }
    readQuantities(one, i, vertex, of, ledger);
  });
}

function isPlain(name) {
  return name.length <= SHOWN && /^[\x20-\x7eα-ωΑ-Ω₀-₉⁰-⁹²³¹_]*$/.test(name) && name === name.trim() && !/ {2}/.test(name);
}

function auditOperands(one, vertex, cell, ledger) {
  const operands = vertex.operands || [];
  const names = operands.map((j) => (one.graph.vertices[j - 1] || { name: "…" }).name);
  if (names.every(isPlain)) ledger.says(cell, names.join(", "), "the operands in the line of the case");
  else ledger.left(cell, SAME_NAME);
}

/** u and p of a vertex, as its row says: u of a leaf is in the line of the case. */
function readQuantities(one, i, vertex, of, ledger) {
  const size = one.graph ? one.graph.dimension(i) : null;
  const [u, p] = [of("u"), of("p")];
  if (size === null || !vertex) return;
  one.values.set(i, sized(u, 1, size, ledger));
  const rows = one.seed ? one.seed.rows : 1;
  one.adjointCells.set(i, p);
  one.adjoints.set(i, sized(p, rows, size, ledger));
  if (i > one.graph.l || !one.values.get(i)) return;
  const given = [one.document.leaves[i - 1]].flat(Infinity).map(numberOf);
  if (given.includes(null)) ledger.left(u, UNREAD);
  else ledger.numbers(u, known(1, size, given), one.values.get(i), "the leaf value in the line of the case");
}

/** The matrix of a cell; null where its numbers are not listed. Where there is neither, the cell is another one. */
function sized(cell, rows, columns, ledger) {
  const matrix = matrixOf(cell, rows, columns);
  if (matrix) return matrix;
  const text = textOf(cell);
  const words = rows === 1 ? [`${columns} numbers`, `1 × ${columns} numbers`] : [`${rows} × ${columns} numbers`];
  if (text === "not defined") return null;
  if (words.some((size) => text === `${size}, not listed`)) ledger.derived(cell);
  else ledger.differs(cell, shortened(text), `${rows} × ${columns} numbers in their shortest form`, "the sizes of the graph");
  return null;
}

function auditEdges(one, ledger) {
  const table = one.tables("edges")[0];
  if (!table || !one.graph) return;
  const { rows } = table;
  if (one.cut && rows.length < one.graph.edges.length) {
    for (const { of } of rows) auditNamedEdge(one, of, ledger);
    return;
  }
  if (rows.length !== one.graph.edges.length) {
    ledger.differs(rows.length ? rows[rows.length - 1].row : table.table, rows.length, one.graph.edges.length, "the number of edges");
    return;
  }
  rows.forEach(({ of }, k) => {
    const edge = one.graph.edges[k];
    const [from, to] = [edge.from, edge.to].map((i) => one.graph.vertices[i - 1].name);
    if (isPlain(from) && isPlain(to)) ledger.says(of("edge"), `${from} → ${to}`, "the edges in the line of the case");
    else ledger.left(of("edge"), SAME_NAME);
    ledger.says(of("uses"), String(edge.uses), "how often it stands among the operands");
    const D = sized(of("D"), one.graph.dimension(edge.to), one.graph.dimension(edge.from), ledger);
    one.jacobians.set(`${edge.from}-${edge.to}`, D);
  });
}

/** An edge of a table from which others were left out, found by its names. */
function auditNamedEdge(one, of, ledger) {
  const ends = verticesOf(one, textOf(of("edge")));
  const edge = ends && one.graph.edges.find(({ from, to }) => from === ends[0] && to === ends[1]);
  if (edge) {
    ledger.derived(of("edge"));
    ledger.says(of("uses"), String(edge.uses), "how often it stands among the operands");
    one.jacobians.set(`${edge.from}-${edge.to}`, sized(of("D"), one.graph.dimension(edge.to), one.graph.dimension(edge.from), ledger));
  } else ledger.left(of("edge"), SAME_NAME);
}
