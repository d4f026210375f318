// The tables of what the random graphs reached, counted again from the lines with which these can be run again.

const RANDOM = ["random", "outside"]; // groups of random graphs; those outside of their domain fill no cell
const NOT_ALL = "not all cases, or not their details, are on this page";

/** Whether a range, as a column names it, holds a number: "up to 6", "7 to 12", "2 or 3", "4 or more", "none: the output". */
function inRange(name, number) {
  const [a, b] = (name.match(/\d+/g) || [0]).map(Number);
  if (name.startsWith("up to")) return number <= a;
  if (name.endsWith("or more")) return number >= a;
  return b === undefined ? number === a : number >= a && number <= b;
}

/** What one random graph fills: its own sizes, and of each function in use by how many it is read and of how many
 * entries it reads. A function counts where it stands on a path from a leaf to the output. */
function factsOf({ document, graph, counts }) {
  const depends = reached(graph);
  const readers = new Array(graph.n + 1).fill(0);
  for (const { from } of graph.edges) readers[from] += 1;
  const uses = [];
  graph.vertices.forEach((vertex, k) => {
    const operands = vertex.operands || [];
    if (k < graph.l || !counts.has(k + 1) || !(depends.has(k + 1) || !operands.length)) return;
    const entries = operands.length ? Math.max(...operands.map(graph.dimension)) : graph.dimension(k + 1);
    uses.push({ name: vertex.function, "read by": readers[k + 1], "entries read": entries });
  });
  const paths = graph.leaves.reduce((most, j) => ((counts.get(j) || 0n) > most ? counts.get(j) : most), 0n);
  return {
    family: document.family,
    uses,
    vertices: graph.n,
    "paths from a leaf": Number(paths),
    "largest fan-out": Math.max(...readers),
    "largest dimension": Math.max(...graph.vertices.map((_, k) => graph.dimension(k + 1))),
  };
}

/** Of each subject and value how many graphs fill the cell; null on an axis that the lines say nothing of. */
function filled(facts, kind, axis, values) {
  const found = new Map();
  const put = (keys) => {
    for (const key of new Set(keys)) found.set(key, (found.get(key) || 0) + 1);
  };
  const ranges = new Map();
  const places = (number) => {
    if (!ranges.has(number)) ranges.set(number, values.filter((value) => inRange(value, number)));
    return ranges.get(number);
  };
  for (const one of facts) {
    if (kind === "family") {
      if (one[axis] === undefined) return null;
      if (one.family !== null) put(places(one[axis]).map((value) => `${one.family}, ${value}`));
      continue;
    }
    const keys = one.uses.flatMap((use) => {
      if (axis === "family") return one.family === null ? [] : [`${use.name}, ${one.family}`];
      const number = use[axis] === undefined ? one[axis] : use[axis];
      return number === undefined ? [null] : places(number).map((value) => `${use.name}, ${value}`);
    });
    if (keys.includes(null)) return null;
    put(keys);
  }
  return found;
}

function auditCoverage(page) {
  const section = document.getElementById("coverage");
  if (!section) return;
  const held = heldCases(page);
  const random = held && held.filter(({ document: { family, group } }) => family !== null || RANDOM.includes(group));
  const facts = random && random.filter(({ document: { group } }) => group !== "outside").map(factsOf);
  let [cells, empty] = [0, []];
  for (const table of [...section.querySelectorAll('table[data-t="coverage"]')].map(tableOf)) {
    const counted = auditCoverageTable(table, facts, page.ledger);
    cells += counted.cells;
    empty = [...empty, ...counted.empty];
  }
  const opening = section.querySelector("p");
  const numbers = /^\s*(\S+) of (\S+) cells were reached by (\S+) random graphs/.exec(opening.textContent);
  const derived = [cells - empty.length, cells, ...(random ? [random.length] : [])].map(groupedText);
  page.ledger.compares(opening, numbers ? numbers.slice(1, 1 + derived.length) : [], derived, "the cells of the tables", derived.length);
  auditEmpty(section, empty, page.ledger);
}

function auditCoverageTable({ table, caption, heads, rows }, facts, ledger) {
  const kind = textOf(heads[0]).toLowerCase();
  const axis = (/, by (.*)$/s.exec(textOf(caption)) || ["", ""])[1];
  const values = heads.slice(1).map(textOf);
  const counts = facts && filled(facts, kind, axis, values);
  let [cells, empty] = [0, []];
  for (const { cells: [subject, ...places] } of rows) {
    places.forEach((cell, k) => {
      const aside = cell.querySelector("sup");
      const said = textOf(cell).slice(0, aside ? -textOf(aside).length : undefined);
      const count = counts && (counts.get(`${textOf(subject)}, ${values[k]}`) || 0);
      if (counts) ledger.compares(cell, [said], [count ? groupedText(count) : aside ? "–" : "empty"], "the graphs in the lines of the cases");
      else ledger.left(cell, facts ? NOT_HERE : NOT_ALL);
      if (!aside) cells += 1;
      if (!aside && said === "empty") empty.push(`${textOf(subject)}, ${axis}: ${values[k]}`);
    });
  }
  return { cells, empty, table };
}

/** The list of the empty cells by name, and how many it says that there are. */
function auditEmpty(section, empty, ledger) {
  const list = section.querySelector("ul.cells");
  const summary = list && list.parentNode.querySelector("summary");
  if (!list) return;
  const named = [...list.children];
  ledger.compares(summary, [(/The (\S+) empty/.exec(textOf(summary)) || [])[1]], [groupedText(empty.length)], "the cells that say empty", 1);
  for (const item of named) {
    if (empty.includes(textOf(item))) ledger.derived(item);
    else ledger.differs(item, textOf(item), "a cell that says empty", "the tables of coverage");
  }
}

/** The cases of this page as their lines hold them; null where some are not listed, or their lines cannot be read. */
function heldCases(page) {
  if (!page.listed) return null;
  const found = page.listed.rows.map(({ row, of }) => foundOf(page, row, of));
  return page.listed.complete && found.every(Boolean) ? found : null;
}
