// The backward pass and the sum over all paths of one case, each cell from the cells that it is made of.

const START = "the start: pn"; // words of a step without a child
const NO_CHILD = "no child: zero";

/** The rows of a table in groups: each begins where the cell of this column is not empty. */
function groupsOf(rows, key) {
  const groups = [];
  for (const row of rows) {
    if (row.row.classList.contains("deviates")) continue;
    if (textOf(row.of(key)) || !groups.length) groups.push([]);
    groups[groups.length - 1].push(row);
  }
  return groups;
}

function auditSteps(one, ledger) {
  const table = one.tables("steps")[0];
  if (!table || !one.graph) return;
  const groups = groupsOf(table.rows, "step");
  const order = [...one.adjoints.keys()].filter((i) => !one.graph.vertices[i - 1].discrete).sort((a, b) => b - a);
  groups.forEach((rows, k) => {
    ledger.says(rows[0].of("step"), String(k + 1), "the steps are counted");
    const [j] = verticesOf(one, textOf(rows[0].of("vertex"))) || [null];
    const plain = j !== null && isPlain(one.graph.vertices[j - 1].name);
    const whole = groups.length === order.length && !one.cut;
    if (whole) saysVertex(one, rows[0].of("vertex"), order[k], "the vertices from n down", ledger);
    else if (!plain) ledger.left(rows[0].of("vertex"), SAME_NAME);
    const vertex = whole ? order[k] : j;
    if (vertex) auditStep(one, vertex, rows, ledger);
  });
}

function saysVertex(one, cell, i, how, ledger) {
  const { name } = one.graph.vertices[i - 1];
  if (isPlain(name)) ledger.says(cell, name, how);
  else ledger.left(cell, SAME_NAME);
}

function auditStep(one, j, rows, ledger) {
  const { graph } = one;
  const last = rows[rows.length - 1].of("adjoint");
  const found = one.adjoints.get(j);
  const shown = found && matrixOf(last, found.rows, found.columns);
  if (shown) ledger.numbers(last, found, shown, "the adjoint in the table of the vertices");
  else if (found) ledger.differs(last, shortened(textOf(last)), "the adjoint in the table of the vertices", "it stands there");
  else ledger.left(last, UNLISTED);
  const children = graph.edges.filter(({ from, to }) => from === j && one.adjoints.has(to));
  if (!textOf(rows[0].of("child")) || rows[0].of("child").colSpan > 1) {
    startOf(one, j, rows[0], children, shown, ledger);
    return;
  }
  if (rows.length !== children.length) {
    ledger.differs(rows[0].row, rows.length, children.length, `the number of children of ${graph.vertices[j - 1].name}`);
    return;
  }
  let before = known(one.seed ? one.seed.rows : 1, graph.dimension(j), new Float64Array((one.seed ? one.seed.rows : 1) * graph.dimension(j)));
  children.forEach(({ to }, k) => {
    saysVertex(one, rows[k].of("child"), to, "the children, ascending", ledger);
    before = auditContribution(one, j, to, rows[k], before, ledger);
  });
  closing(one, j, last, shown, before, ledger);
}

/** A step without a child: the output, or a vertex that nothing reads. */
function startOf(one, j, row, children, shown, ledger) {
  const output = j === one.graph.n;
  const text = textOf(row.of("child")).replace(/\s+/g, " ");
  if (children.length || text !== (output ? START : NO_CHILD)) {
    ledger.differs(row.of("child"), text, output ? START : `${children.length} children`, "the edges of the graph");
  }
  const size = shown && shown.lo.length;
  const derived = output ? one.seed : size && known(shown.rows, shown.columns, new Float64Array(size));
  closing(one, j, row.of("adjoint"), shown, derived, ledger);
}

/** The adjoint against the last accumulator: the same, unless an engine gave it, or the case fails. */
function closing(one, j, cell, shown, derived, ledger) {
  if (!shown || !derived) return;
  const own = one.own && one.correct;
  if (own) ledger.numbers(cell, derived, shown, "the last accumulator");
  for (const copy of [cell, one.adjointCells.get(j)]) {
    if (own) ledger.derived(copy);
    else ledger.left(copy, OF_ENGINE);
  }
}

/** One contribution p_i · D and the accumulator after it; returns the accumulator as shown. */
function auditContribution(one, j, i, row, before, ledger) {
  const [p, D] = [one.adjoints.get(i), one.jacobians.get(`${j}-${i}`)];
  const size = [before.rows, before.columns];
  const product = sized(row.of("contribution"), ...size, ledger);
  const after = sized(row.of("accumulator"), ...size, ledger);
  if (product && p && D) ledger.numbers(row.of("contribution"), multiplied(p, D), product, "the adjoint of the child times D of the edge");
  else if (product) ledger.left(row.of("contribution"), UNLISTED);
  if (product && after && before) ledger.numbers(row.of("accumulator"), added(before, product), after, "what was before, plus the contribution");
  else if (after) ledger.left(row.of("accumulator"), UNLISTED);
  return after || before;
}

function auditPaths(one, ledger) {
  if (!one.graph) return;
  const { graph } = one;
  const edges = graph.edges.map(({ from, to }) => ({ from, to, D: one.jacobians.get(`${from}-${to}`) || null }));
  one.totals = one.seed ? pathSums({ n: graph.n, edges }, one.seed) : new Map();
  const tables = one.tables("paths");
  const leaves = tables.length === graph.leaves.length ? graph.leaves : [];
  tables.forEach((table, k) => {
    const { caption, rows } = table;
    const said = /^\s*(\S+) paths? from (.*) to (.*)$/s.exec(caption.textContent);
    const named = said && verticesOf(one, textOf({ textContent: said[2] }));
    const j = leaves.length ? leaves[k] : named && named[0];
    if (!j) return ledger.left(caption, SAME_NAME);
    auditCaption(one, caption, said, j, ledger);
    const listed = rows.filter(({ part, cells }) => part === "TBODY" && cells.length === 3 && cells[0] !== cells[1]);
    auditOmitted(one, table, j, listed.length, ledger);
    auditListed(one, j, listed, ledger);
    auditSum(one, j, rows, listed.length, ledger);
    return null;
  });
}

function auditCaption(one, caption, said, j, ledger) {
  const [from, to] = [j, one.graph.n].map((i) => one.graph.vertices[i - 1].name);
  const count = groupedText(one.sizes.counts.get(j) || 0n);
  const how = "the paths in the graph of the case";
  if (isPlain(from) && isPlain(to)) ledger.compares(caption, said ? said.slice(1).map((word) => word.trim()) : [], [count, from, to], how);
  else ledger.compares(caption, said ? [said[1]] : [], [count], how);
}

/** How many paths are not listed: all, less those that are. */
function auditOmitted(one, { rows, caption }, j, listed, ledger) {
  const count = one.sizes.counts.get(j) || 0n;
  const more = rows.find(({ part, cells }) => part === "TFOOT" && cells[0] === cells[2]);
  const left = count - BigInt(listed);
  if (more) ledger.compares(more.cells[0], [textOf(more.cells[0]).split(" ")[0]], [groupedText(left)], "all paths, less those listed");
  else if (left && listed) ledger.differs(caption, `${listed} listed`, groupedText(count), "the paths in the graph of the case");
}

function auditListed(one, j, listed, ledger) {
  const seen = new Set();
  const size = one.seed ? [one.seed.rows, one.graph.dimension(j)] : null;
  let before = size && known(...size, new Float64Array(size[0] * size[1]));
  for (const { of } of listed) {
    const path = verticesOf(one, textOf(of("path")));
    const text = textOf(of("path"));
    if (path === null) ledger.left(of("path"), SAME_NAME);
    else if (!path || !isPath(one.graph, path, j) || seen.has(text)) {
      ledger.differs(of("path"), text, "another path along edges of the graph", "the edges in the line of the case");
    } else ledger.derived(of("path"));
    seen.add(text);
    if (!size) continue;
    const product = sized(of("product"), ...size, ledger);
    const after = sized(of("running"), ...size, ledger);
    const whole = path && productAlong(one, path);
    if (product && whole) ledger.numbers(of("product"), whole, product, "p of the output times the product of the D on the path");
    else if (product) ledger.left(of("product"), path === null ? SAME_NAME : UNLISTED);
    if (product && after && before) ledger.numbers(of("running"), added(before, product), after, "what was before, plus the product");
    else if (after) ledger.left(of("running"), UNLISTED);
    before = after;
  }
}

function isPath(graph, path, j) {
  const along = (from, to) => graph.edges.some((edge) => edge.from === from && edge.to === to);
  return path[0] === j && path[path.length - 1] === graph.n && path.every((vertex, k) => k === 0 || along(path[k - 1], vertex));
}

/** p_n · (D_k ··· (D_3 · (D_2 · D_1))), as an interval; null where a D is not listed. */
function productAlong(one, path) {
  let whole = null;
  for (let k = 1; k < path.length; k += 1) {
    const D = one.jacobians.get(`${path[k - 1]}-${path[k]}`);
    if (!D) return null;
    whole = whole ? multiplied(D, whole) : D;
  }
  return whole ? multiplied(one.seed, whole) : one.seed;
}

/** The sum over all paths, in whichever order it was added up, and the adjoint beside it. */
function auditSum(one, j, rows, listed, ledger) {
  const foot = (name) => rows.find(({ row }) => row.classList.contains(name));
  const [total, adjoint] = [foot("sum"), foot("adjoint")];
  if (!one.seed || !total || !adjoint) return;
  const size = [one.seed.rows, one.graph.dimension(j)];
  const shown = sized(total.of("running"), ...size, ledger);
  const count = one.sizes.counts.get(j) || 0n;
  const sum = one.totals.get(j);
  const range = count === 0n ? known(...size, new Float64Array(size[0] * size[1])) : sum && rangeOf(sum, count, one.graph.edges.length);
  if (shown && !one.correct) ledger.left(total.of("running"), OF_ENGINE);
  else if (shown && range) ledger.numbers(total.of("running"), range, shown, "the sum over all paths of the products of D");
  else if (shown) ledger.left(total.of("running"), UNLISTED);
  if (shown) one.sums.set(j, shown);
  const found = one.adjoints.get(j);
  const beside = sized(adjoint.of("running"), ...size, ledger);
  if (beside && found) ledger.numbers(adjoint.of("running"), found, beside, "the adjoint in the table of the vertices");
  if (shown && beside) ledger.says(adjoint.of("product"), apartWords(shown, beside), "the sum and the adjoint");
}

/** How two matrices of float64 numbers compare, in words. */
function apartWords(a, b) {
  let apart = 0;
  for (let k = 0; k < a.lo.length; k += 1) {
    if (!Number.isFinite(a.lo[k]) || !Number.isFinite(b.lo[k])) return "not finite";
    apart = Math.max(apart, Math.abs(a.lo[k] - b.lo[k]));
  }
  return apart ? `at most ${shortText(apart, 2)} apart` : "equal to the last bit";
}
