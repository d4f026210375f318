// What the page counts, counted again from its rows and lists.

const VERDICT_WORDS = ["CORRECT", "INACCURATE", "WRONG", "INCONCLUSIVE"];

const COUNTS = [auditCaseTable];

/** The table of all cases: sizes from the line of each case, digits and ulps from its details. */
function auditCaseTable(page) {
  const table = document.querySelector('table[data-t="cases"]');
  if (!table) return;
  const details = new Map(page.articles.map((one) => [idOf(one.article), one]));
  for (const { row, of } of tableOf(table).rows) {
    const packed = packedIn(row);
    const found = packed && page.found.get(packed);
    const code = of("again") && of("again").querySelector("summary code");
    if (found && found.id && code) page.ledger.compares(code, [textOf(code)], [found.id], "the id of the case that its line holds");
    if (found) auditRow(of, found.document, page.ledger);
    const one = code && details.get(textOf(code));
    if (one) auditFromDetail(of, one, page.ledger);
  }
}

function auditRow(of, document, ledger) {
  const { vertices, edges, paths, entries } = sizesOf(graphOf(document), document);
  const derived = { vertices: String(vertices), edges: String(edges), paths: groupedText(paths), entries: groupedText(entries) };
  for (const [key, text] of Object.entries(derived)) ledger.says(of(key), text, "the graph that its line holds");
}

function auditFromDetail(of, one, ledger) {
  const badge = one.article.querySelector("h3 .badge");
  if (badge) ledger.compares(of("verdict"), [textOf(of("verdict"))], [textOf(badge)], "the details of the case", 0);
  if (!one.measured || one.measured.digits === Infinity) return;
  ledger.says(of("digits"), one.measured.digits.toFixed(1), "the least of its entries");
  ledger.says(of("ulps"), groupedText(one.measured.ulps), "the largest of its entries");
}
