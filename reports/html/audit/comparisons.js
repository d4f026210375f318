// The comparisons that a case lists: how many entries each has, and what share of its bound the rows of the routes show.

const NOT_HERE = "what it counts is not on this page";
const SAID = /^(.+), ([^,]+): (?:([\d,]+) entr(?:y|ies), |no entry compared)/s; // claim, number system, entries

/** The list of comparisons of a case: [{claim, system, word, entries}]; entries null where none were compared. */
function auditComparisons(one, ledger) {
  one.checks = [];
  for (const item of one.article.querySelectorAll("ul.checks > li")) {
    const word = item.firstElementChild ? textOf(item.firstElementChild) : "";
    const said = SAID.exec(item.textContent.trim().slice(word.length).trim());
    if (!said) continue;
    const entries = said[3] === undefined ? null : wholeOf(said[3]);
    one.checks.push({ claim: said[1], system: said[2], word, entries });
    const derived = one.graph ? entriesOf(one, said[1], said[2]) : null;
    if (entries === null) continue;
    if (derived === null || word !== "CORRECT") ledger.left(item, NOT_HERE, 1);
    else ledger.compares(item, [said[3]], [groupedText(derived)], "the dimensions of the vertices", 1);
  }
}

/** How many entries a claim compares on this graph; null where that cannot be told from the page. */
function entriesOf(one, claim, system) {
  const { graph } = one;
  const rows = one.seed ? one.seed.rows : 1;
  const every = graph.vertices.flatMap((vertex, k) => (vertex.discrete ? [] : [k + 1]));
  const size = (vertices) => vertices.reduce((sum, i) => sum + graph.dimension(i), 0);
  const inner = every.filter((i) => i > graph.l);
  if (/^path sum = differences along/.test(claim)) return 3 * size(inner.filter((i) => reached(graph).has(i)));
  if (/^path sum = (certified derivative|differences)$/.test(claim)) return pairs(graph);
  if (claim === "path sum = its definition") return graph.dimension(graph.n) * size(every) + (system === "ball" ? pairs(graph, true) : 0);
  if (claim === "backward pass = path sum") return rows * size(every);
  if (claim === "engine = path sum (inner vertices)") return rows * (size(every) - size(graph.leaves));
  return /^(floats|engine) = certified/.test(claim) ? rows * size(graph.leaves) : null;
}

/** The vertices to which a path leads from a leaf that has a derivative. */
function reached(graph) {
  const found = new Set(graph.leaves);
  for (const { from, to } of [...graph.edges].sort((a, b) => a.to - b.to)) if (found.has(from)) found.add(to);
  return found;
}

/** Σ d_j · d_k over the leaves j and the vertices k that a path leads to from j; `inside`: without the output. */
function pairs(graph, inside = false) {
  let sum = 0;
  for (const j of graph.leaves) {
    for (const k of reached({ ...graph, leaves: [j] })) {
      if (k !== j && !(inside && k === graph.n)) sum += graph.dimension(j) * graph.dimension(k);
    }
  }
  return sum;
}
