// The section "Checked again in your browser": what was derived anew, what could not be, and which cells differ.

const LISTED = 20; // cells that differ and are named, the rest counted; chosen: a screen
const SLICE = 12; // milliseconds of work before the page may answer again; chosen: less than one frame of 60 a second
const AT_ONCE = 64; // packed cases unpacked together; chosen: few enough to wait for

const clock = { active: 0, since: 0 };
const channel = new MessageChannel();

/** Lets the page answer, if it has waited for a slice. */
function breath() {
  if (performance.now() - clock.since < SLICE) return null;
  clock.active += performance.now() - clock.since;
  return new Promise((go) => {
    channel.port1.onmessage = () => {
      clock.since = performance.now();
      go();
    };
    channel.port2.postMessage(null);
  });
}

/** Everything that is found on this page. */
async function audited(pieces) {
  const ledger = new Ledger();
  const told = { ledger, pieces, notes: [], cases: 0, copied: false };
  auditCopy(told);
  const found = await casesIn(told);
  const articles = [];
  for (const article of document.querySelectorAll("article.case")) {
    await breath();
    const packed = packedIn(article);
    const one = tried(article, ledger, () => auditCase(article, packed && found.get(packed), ledger));
    if (one) articles.push(one);
  }
  const page = { ledger, articles, found };
  for (const audit of COUNTS) {
    await breath();
    tried(document.getElementById("main"), ledger, () => audit(page));
  }
  return told;
}

/** A part of the audit; where the parts of the page do not fit together, that is what is said of them. */
function tried(place, ledger, audit) {
  try {
    return audit();
  } catch (error) {
    ledger.differs(place.querySelector("h3, h2, h1") || place, "parts that do not fit together", "parts that do", error.message);
    return null;
  }
}

function auditCopy(told) {
  const copy = document.getElementById("held");
  if (!copy) {
    told.notes.push("This page has no second copy of its numbers: no two copies were compared.");
    return;
  }
  try {
    const lines = unpacked(bytesOf(copy.textContent.trim())).split("\n");
    for (const { node, said, derived } of apartFrom(told.pieces, lines)) told.ledger.differs(node, said, derived, "its second copy on this page");
    told.copied = true;
  } catch (error) {
    told.ledger.differs(document.querySelector("h1") || document.body, "a second copy that cannot be unpacked", "one whose check sum holds", error.message);
  }
}

/** The cases that lines on this page hold, by their packed text. */
async function casesIn(told) {
  const places = new Map();
  for (const code of document.querySelectorAll("code")) {
    if (code.textContent.includes(REPLAY)) for (const [, packed] of code.textContent.matchAll(PACKED)) if (!places.has(packed)) places.set(packed, code);
  }
  const found = new Map();
  const waiting = [...places.keys()];
  for (let k = 0; k < waiting.length; k += AT_ONCE) {
    await Promise.all(waiting.slice(k, k + AT_ONCE).map((packed) => casePut(packed, places.get(packed), found, told)));
    await breath();
  }
  told.cases = found.size;
  if (!globalThis.crypto || !crypto.subtle) told.notes.push("The ids of the cases were not computed: a browser does so for files and over https only.");
  return found;
}

async function casePut(packed, code, found, told) {
  try {
    found.set(packed, await caseOf(packed));
  } catch (error) {
    told.ledger.differs(code, shortened(packed), "a line that can be unpacked", "its check sum");
  }
}

function packedIn(element) {
  for (const code of element.querySelectorAll("code")) {
    const [match] = code.textContent.includes(REPLAY) ? code.textContent.matchAll(PACKED) : [];
    if (match) return match[1];
  }
  return null;
}

function counted(number, word, many) {
  return `${groupedText(number)} ${number === 1 ? word : many || `${word}s`}`;
}

/** What was found, in sentences. */
function sentences({ ledger, pieces, cases, copied, notes }) {
  const all = pieces.reduce((sum, { words: found }) => sum + found.length, 0);
  const { derived, left, different } = ledger.totals();
  const notDerived = [...left.values()].reduce((sum, number) => sum + number, 0);
  const given = Math.max(0, all - derived - notDerived - different);
  const [few, reasons] = [[], [...left].filter(([, number]) => number).sort((a, b) => b[1] - a[1]).map(([reason, number]) => `${groupedText(number)}: ${reason}`)];
  few.push(`${counted(all, "number")} and words with digits stand on this page${copied ? ", each of them a second time in a packed copy" : ""}.`);
  few.push(`${counted(derived, "of them was", "of them were")} derived anew from others; ${groupedText(notDerived)} cannot be derived from this page; \
${groupedText(given)} are given${copied ? ", and were compared with their copy" : ""}.`);
  few.push(`Of ${counted(cases, "packed case")} the graph, the leaf values and the cotangent were read. Fractions were compared exactly; of floats it was \
asked whether they lie where the rounding of each operation can bring them.`);
  return { paragraphs: [...few, ...notes], reasons, figures: { all, derived, left: notDerived, given } };
}

function element(name, text, given = {}) {
  const made = Object.assign(document.createElement(name), given);
  made.textContent = text;
  return made;
}

function shown(section, told) {
  const live = section.querySelector("[data-live]");
  const { different } = told.ledger;
  const cells = [...new Set(different.map(({ cell }) => cell))];
  const { paragraphs, reasons, figures } = sentences(told);
  const whole = told.copied && told.cases >= 0;
  const verdict = cells.length ? `≠ ${counted(cells.length, "place")} of this page ${cells.length === 1 ? "differs" : "differ"} from what the rest of it says.`
    : whole ? "No number differs from its copy, and none from what the others make it." : "No number differs from what the others make it.";
  live.replaceChildren(element("p", "", { className: cells.length ? "warning" : "" }));
  live.firstChild.append(element("strong", verdict));
  if (cells.length) {
    live.append(listOf(different, cells));
    document.getElementById("main").prepend(alarm(verdict));
  }
  for (const text of paragraphs) live.append(element("p", text));
  if (reasons.length) {
    const fold = element("details", "");
    fold.append(element("summary", `Why ${counted(figures.left, "number")} cannot be derived from this page`));
    const list = element("ul", "", { className: "plain quiet" });
    list.append(...reasons.map((text) => element("li", text)));
    fold.append(list);
    live.append(fold);
  }
  Object.assign(section.dataset, { different: cells.length, ...figures });
}

/** The same at the top of the page, with the way to the cells. */
function alarm(verdict) {
  const line = element("p", "", { className: "warning" });
  line.setAttribute("data-live", "");
  line.append(element("strong", verdict), " ", element("a", "Which, and why", { href: "#audit" }));
  return line;
}

function listOf(different, cells) {
  const list = element("ol", "", { className: "audit-differences" });
  for (const [k, cell] of cells.slice(0, LISTED).entries()) {
    const { said, derived, how } = different.find((one) => one.cell === cell);
    const item = element("li", "");
    item.append(linkTo(cell, k), `: ${shortened(said)} here, ${shortened(derived)} by ${how || "the rest of the page"}`);
    list.append(item);
    marked(cell);
  }
  if (cells.length > LISTED) list.append(element("li", `and ${groupedText(cells.length - LISTED)} more`));
  return list;
}

function linkTo(cell, k) {
  const name = placeOf(cell);
  if (!cell.id) cell.id = `audit-${k + 1}`;
  const link = element("a", name, { href: `#${cell.id}` });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    for (let fold = cell.closest("details"); fold; fold = fold.parentNode.closest("details")) fold.open = true;
    const home = cell.closest("article[id], section[id]");
    if (home && !cell.getClientRects().length) location.hash = home.id;
    cell.setAttribute("tabindex", "-1");
    cell.scrollIntoView({ block: "center", inline: "nearest" });
    cell.focus({ preventScroll: true });
  });
  return link;
}

/** The cell is outlined, and a sign in it says so. */
function marked(cell) {
  cell.classList.add("audit-differs");
  if (cell instanceof HTMLElement && cell !== document.body) {
    const sign = element("strong", " ≠ differs", { className: "audit-sign" });
    sign.setAttribute("data-live", "");
    cell.append(sign);
  }
}

async function checkedAgain() {
  const section = document.getElementById("audit");
  if (!section) return;
  clock.since = performance.now();
  const pieces = piecesOf(document.documentElement);
  clock.active += performance.now() - clock.since;
  if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go, { once: true }));
  await new Promise((go) => setTimeout(go));
  clock.since = performance.now();
  try {
    shown(section, await audited(pieces));
    section.dataset.state = "done";
  } catch (error) {
    section.querySelector("[data-live]").replaceChildren(element("p", `The check did not come to its end: ${error.message}. Nothing is said of this page.`, { className: "warning" }));
    section.dataset.state = "failed";
  }
  section.dataset.milliseconds = Math.round(clock.active + performance.now() - clock.since);
}

checkedAgain();
