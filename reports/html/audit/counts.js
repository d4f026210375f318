// What the page counts, counted again from its rows and lists.

const VERDICT_WORDS = ["CORRECT", "INACCURATE", "WRONG", "INCONCLUSIVE"];
const COUNTS = [auditCaseTable, auditTop, auditClaims, auditGroups, auditShown, auditFailures, auditTheorems, auditKills, auditCoverage];

/** How often each verdict stands in a list of words. */
function tallied(words) {
  return new Map(VERDICT_WORDS.map((word) => [word, words.filter((other) => other === word).length]));
}

/** The counts that a cell says: "211 CORRECT 3 WRONG", or none. */
function countsIn(cell) {
  const found = new Map(VERDICT_WORDS.map((word) => [word, 0n]));
  for (const [, count, word] of cell.textContent.matchAll(/([\d,]+) ([A-Z]+)/g)) found.set(word, wholeOf(count));
  return found;
}

function total(counts) {
  return [...counts.values()].reduce((sum, count) => sum + BigInt(count), 0n);
}

/** The table of all cases: sizes from the line of each case, digits and ulps from its details. */
function auditCaseTable(page) {
  const table = document.querySelector('table[data-t="cases"]');
  if (!table) return;
  page.inFull = new Map(page.articles.map((one) => [idOf(one.article), one]));
  const { rows } = tableOf(table);
  page.listed = { rows, complete: !/ more cases were checked and are not listed here/.test(textOf(table.closest("section"))) };
  for (const { row, of } of rows) {
    const found = foundOf(page, row, of);
    const code = idCell(of);
    if (found && found.id && code) page.ledger.compares(code, [textOf(code)], [found.id], "the id of the case that its line holds");
    if (found) auditRow(of, found, page.ledger);
    const one = code && page.inFull.get(textOf(code));
    if (one) auditFromDetail(of, one, page.ledger);
  }
}

/** The element of a row that says the id of its case; null where it says none. */
function idCell(of) {
  const codes = of("again") ? [...of("again").querySelectorAll("code")] : [];
  return codes.find((code) => /^[0-9a-f]{12}$/.test(textOf(code))) || null;
}

function idText(of) {
  const code = idCell(of);
  return code ? textOf(code) : "";
}

/** The case that the line of a row holds, or that of the article with the id of the row. */
function foundOf(page, row, of) {
  const packed = packedIn(row);
  const one = page.inFull.get(idText(of));
  return (packed ? page.found.get(packed) : one && one.found) || null;
}

function auditRow(of, found, ledger) {
  const { document } = found;
  const { vertices, edges, paths, entries } = sizesOf(found);
  const derived = { vertices: String(vertices), edges: String(edges), paths: groupedText(paths), entries: groupedText(entries) };
  for (const [key, text] of Object.entries(derived)) ledger.says(of(key), text, "the graph that its line holds");
  if (typeof document.name === "string" && /^[\x20-\x7e]{1,80}$/.test(document.name)) ledger.says(of("case"), document.name, "the name in its line");
}

function auditFromDetail(of, one, ledger) {
  const badge = one.article.querySelector("h3 .badge");
  if (badge) ledger.compares(of("verdict"), [textOf(of("verdict"))], [textOf(badge)], "the details of the case", 0);
  if (!one.measured || one.measured.digits === Infinity) return;
  ledger.says(of("digits"), one.measured.digits.toFixed(1), "the least of its entries");
  ledger.says(of("ulps"), inRowText(one.measured.ulps), "the largest of its entries");
}

/** The verdicts at the top, the worst digits and ulps, and what was judged. */
function auditTop(page) {
  const section = document.querySelector("section.verdict");
  if (!section || !page.listed || !page.listed.complete) return;
  const { rows } = page.listed;
  const words = rows.map(({ of }) => textOf(of("verdict")));
  const counts = tallied(words);
  const column = (key) => rows.map(({ of }) => textOf(of(key))).filter(Boolean);
  const digits = column("digits").map(Number);
  const written = column("ulps");
  const ulps = written.map(wholeOf).filter((count) => count !== null);
  const rounded = written.filter((text) => text.includes("·10")).sort((a, b) => writtenSize(a) - writtenSize(b)).at(-1);
  for (const pair of section.querySelectorAll("dl.figures > div")) {
    const [name, value] = [textOf(pair.querySelector("dt")), pair.querySelector("dd")];
    if (counts.has(name)) page.ledger.says(value, groupedText(counts.get(name)), "the rows of the cases");
    else if (/^fewest correct digits/.test(name) && digits.length) page.ledger.says(value, Math.min(...digits).toFixed(1), "the rows of the cases");
    else if (/^most ulps/.test(name) && written.length) page.ledger.says(value, rounded || sizeText(ulps.reduce((a, b) => (a > b ? a : b), 0n)), "the rows of the cases");
  }
  auditHeadline(section, words, page.ledger);
  auditJudged(section, page.ledger);
}

/** A count of which the size matters: up to six digits as it is, above as a power of ten. */
function sizeText(count) {
  const digits = count.toString();
  if (digits.length <= 6) return groupedText(count);
  const few = roundedAt({ p: BigInt(digits.slice(0, 4)), q: 1n }, 1);
  const [first, power] = few === 1000n ? [100n, digits.length] : [few, digits.length - 1];
  const raised = [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
  return `${first.toString()[0]}.${first.toString().slice(1)}·10${raised}`;
}

/** A count in a row of the table of cases: whole up to nine digits. */
const inRowText = (count) => (count < 10n ** 9n ? groupedText(count) : sizeText(count));

/** How large a·10ⁿ is, for comparing two of them. */
function writtenSize(text) {
  const [first, power] = text.split("·10");
  return Number(`${first}e${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit)).join("")}`);
}

function auditHeadline(section, words, ledger) {
  const told = section.querySelector("#told, h1");
  const [all, right] = [groupedText(words.length), groupedText(words.filter((word) => word === "CORRECT").length)];
  const whole = /^(?:All|The) ([\d,]+) cases? holds?\b/.exec(textOf(told));
  const part = /^([\d,]+) of ([\d,]+) cases? holds?\b/.exec(textOf(told));
  if (whole) ledger.compares(told, [whole[1], whole[1]], [right, all], "the rows of the cases", 1);
  if (part) ledger.compares(told, part.slice(1), [right, all], "the rows of the cases", 2);
}

/** Planned comparisons are those judged and those that were not. */
function auditJudged(section, ledger) {
  const line = section.querySelector("#comparisons");
  const said = line && /^Of (\S+) planned comparisons (\S+) were judged, (\S+) of them/.exec(textOf(line));
  if (!said) return;
  const [planned, judged] = said.slice(1).map(wholeOf);
  const items = [...section.querySelectorAll("#unjudged > li")].map((item) => wholeOf(textOf(item).split(" ")[0]));
  if (planned === null || judged === null || items.includes(null)) return;
  const sum = items.reduce((a, b) => a + b, judged);
  ledger.compares(line, [said[1]], [groupedText(sum)], "those that were judged and those that were not", 1);
}

const LETTERS = { C: "CORRECT", E: "CORRECT", I: "INACCURATE", W: "WRONG", N: "INCONCLUSIVE" }; // E: no entry was compared

/** The verdicts of each claim in each number system, from the letters of all rows; and what was not checked. */
function auditClaims(page) {
  const table = document.querySelector('table[data-t="claims"]');
  if (!table || !page.listed) return;
  const { rows, complete } = page.listed;
  const cases = complete ? BigInt(rows.length) : null;
  const claims = tableOf(table).rows.filter(({ cells }) => cells.length >= 6);
  const letters = complete && rows.every(({ row }) => (row.dataset.k || "").length === claims.length) ? rows.map(({ row }) => row.dataset.k) : null;
  claims.forEach(({ of }, k) => {
    const counts = countsIn(of("verdicts"));
    if (cases !== null) page.ledger.says(of("notchecked"), groupedText(cases - total(counts)), "all cases, less those that were");
    if (!letters) {
      for (const key of ["verdicts", "evidence"]) page.ledger.left(of(key), NOT_ALL);
      return;
    }
    const own = letters.map((word) => word[k]);
    const derived = tallied(own.map((letter) => LETTERS[letter]));
    page.ledger.compares(of("verdicts"), [...counts.values()].map(groupedText), [...derived.values()].map(groupedText), "the rows of the cases");
    const evidence = /\bon ([\d,]+) cases?\b/.exec(textOf(of("evidence")));
    if (evidence) page.ledger.compares(of("evidence"), [evidence[1]], [groupedText(own.filter((letter) => letter === "C").length)], "the rows of the cases");
  });
  if (letters) auditLetters(page, claims, letters);
  auditBins(allChecks(page), page.ledger);
}

/** Where a case is shown in full, its letters are its comparisons. */
function auditLetters(page, claims, letters) {
  const places = new Map(claims.map(({ of }, k) => [`${textOf(of("claim").firstChild)}, ${textOf(of("system"))}`, k]));
  page.listed.rows.forEach(({ of }, k) => {
    const one = page.inFull.get(idText(of));
    for (const { claim, system, word, entries } of one ? one.checks : []) {
      const letter = letters[k][places.get(`${claim}, ${system}`)];
      if (letter === undefined || (LETTERS[letter] === word && (letter === "C") === (word === "CORRECT" && entries !== null))) continue;
      page.ledger.differs(of("verdict"), `${LETTERS[letter] || "no comparison"} for ${claim}, ${system}`, word, "the details of the case");
    }
  });
}

/** The comparisons of all cases; null where some are not shown in full. */
function allChecks(page) {
  const ones = page.listed.rows.map(({ of }) => page.inFull.get(idText(of)));
  return page.listed.complete && ones.every(Boolean) ? ones.flatMap((one) => one.checks) : null;
}

/** The bars of the histograms are as high as their numbers; their sum is the number of entries of one claim. */
function auditBins(checks, ledger) {
  const table = document.querySelector('table[data-t="bins"]');
  for (const { cells: [system, ...cells] } of table ? tableOf(table).rows : []) {
    const counts = cells.map((cell) => wholeOf(textOf(cell)));
    if (counts.includes(null)) continue;
    const sum = counts.reduce((a, b) => a + b, 0n);
    const largest = counts.reduce((a, b) => (a > b ? a : b), 1n);
    cells.forEach((cell, k) => auditBar(cell, Number(counts[k]), Number(largest), ledger));
    const entries = checks && entriesByClaim(checks, textOf(system));
    if (entries && ![...entries.values()].includes(sum)) {
      ledger.differs(system, `${groupedText(sum)} in all bars`, [...entries.values()].map(groupedText).join(" or "), "the entries of the comparisons of the cases");
    }
  }
}

function entriesByClaim(checks, system) {
  const entries = new Map();
  for (const check of checks) if (check.system === system) entries.set(check.claim, (entries.get(check.claim) || 0n) + (check.entries || 0n));
  return entries;
}

function auditBar(cell, count, largest, ledger) {
  const bar = cell.querySelector("rect");
  if (!bar) return;
  const height = Number(bar.getAttribute("height"));
  if (Math.abs(height - (32 * count) / largest) > 0.051) ledger.differs(cell, `a bar of ${height}`, String(count), "the number beside the bar");
  else ledger.derived(cell);
}

/** Groups of cases: the verdicts of each add up, and all groups to all cases. */
function auditGroups(page) {
  const table = document.querySelector('table[data-t="groups"]');
  if (!table || !page.listed) return;
  const { rows } = tableOf(table);
  const numbers = rows.map(({ of }) => wholeOf(textOf(of("cases"))));
  for (const { of } of rows) {
    page.ledger.says(of("cases"), groupedText(total(countsIn(of("verdicts")))), "its verdicts");
    page.ledger.derived(of("verdicts"));
  }
  const sum = numbers.reduce((a, b) => a + (b || 0n), 0n);
  if (page.listed.complete && sum !== BigInt(page.listed.rows.length)) {
    page.ledger.differs(table.tHead.rows[0], groupedText(sum), groupedText(page.listed.rows.length), "the rows of the cases");
  }
}

/** How many cases are shown in full. */
function auditShown(page) {
  const line = document.querySelector("#details > p");
  const said = line && /^(\S+) of (\S+) cases are shown in full/.exec(textOf(line));
  if (!said || !page.listed) return;
  const inFull = document.querySelectorAll("#details > article.case").length;
  page.ledger.compares(line, said.slice(1), [inFull, page.listed.rows.length].map(groupedText), "the articles and the rows", 2);
}
