// Lists of other sections: failures, theorems, the matrix of wrong engines.

/** Captions that say how many rows their table has. */
function auditFailures(page) {
  for (const { caption, rows } of [...document.querySelectorAll('table[data-t="more"]')].map(tableOf)) {
    const said = /^(\S+) more of this cause/.exec(textOf(caption));
    if (said) page.ledger.compares(caption, [said[1]], [groupedText(rows.length)], "its rows");
  }
  for (const { caption, rows } of [...document.querySelectorAll('table[data-t="failures"]')].map(tableOf)) {
    const said = /: (\S+) of (\S+) entries(?:, the (\S+) worst are listed)?$/.exec(textOf(caption));
    if (said) page.ledger.compares(caption, [said[3] || said[1]], [groupedText(rows.length)], "its rows", 1);
  }
}

/** The steps of each theorem, and all graphs of a size. */
function auditTheorems(page) {
  for (const list of document.querySelectorAll("article.theorem details > ol.proof")) {
    const summary = list.parentNode.querySelector("summary");
    const said = /^(\d+) steps?$/.exec(textOf(summary));
    if (said) page.ledger.compares(summary, [said[1]], [String(list.children.length)], "its steps");
  }
  for (const line of document.querySelectorAll("#theorems > p")) {
    const said = /with up to (\d+) vertices: (\S+) graphs, (\S+) adjoints,/.exec(textOf(line));
    if (said) page.ledger.compares(line, said.slice(2), everyGraph(Number(said[1])).map(groupedText), "the number of edge sets", 2);
  }
}

/** How many graphs there are with up to n ordered vertices, and how many vertices all of them have. */
function everyGraph(n) {
  let [graphs, vertices] = [0n, 0n];
  for (let k = 1n; k <= BigInt(n); k += 1n) {
    graphs += 1n << ((k * (k - 1n)) / 2n);
    vertices += k << ((k * (k - 1n)) / 2n);
  }
  return [graphs, vertices];
}

/** The matrix of wrong engines: how many are caught, and by which check alone. */
function auditKills(page) {
  const table = document.querySelector('table[data-t="kills"]');
  if (!table) return;
  const { rows, keys } = tableOf(table);
  const columns = keys.flatMap((key, k) => (key === "check" ? [k] : []));
  const marks = rows.filter(({ part }) => part === "TBODY").map(({ cells }) => columns.map((k) => textOf(cells[k]) === "×"));
  const opening = document.querySelector("#selftest > p");
  const said = /^(\S+) of (\S+) were caught/.exec(textOf(opening));
  const caught = rows.filter(({ part, row }) => part === "TBODY" && !/SURVIVES/.test(row.textContent)).length;
  if (said) page.ledger.compares(opening, said.slice(1), [caught, marks.length].map(groupedText), "the rows of the matrix", 2);
  const foot = rows.find(({ part }) => part === "TFOOT");
  columns.forEach((k, place) => {
    const only = marks.filter((row) => row[place] && row.filter(Boolean).length === 1).length;
    if (foot) page.ledger.says(foot.cells[k], String(only), "the rows with one × only");
  });
}
