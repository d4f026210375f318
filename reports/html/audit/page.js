// What the page says, as data: its pieces of text with digits, its marked tables as rows of cells, and names for cells.

const SKIPPED = new Set("SCRIPT STYLE script style".split(" "));
const INLINE = new Set("A ABBR B CODE EM I MARK Q SMALL SPAN STRONG SUB SUP U tspan".split(" "));
const DIGIT = /[0-9²³¹⁰⁴-⁹₀-₉]/;
const SPACE = /[ \t\n\r\f]+/;
const REPLAY = "backproof1:";

/** The words of a text that have a digit; a line to replay a case proves itself. */
function wordsOf(text) {
  if (!DIGIT.test(text)) return [];
  return text.split(SPACE).filter((word) => DIGIT.test(word) && !word.includes(REPLAY));
}

/** The pieces of text of a page that have words with digits, in its order: {home, node, words}. The home is the section
 * or article that began last; `first` where the piece is the first of it. */
function piecesOf(root) {
  const found = [];
  const live = new Set(document.querySelectorAll("[data-live]"));
  let [texts, home, first] = [[], "", false];
  const end = () => {
    if (!texts.length) return;
    const text = texts.length === 1 ? texts[0].data : texts.map(({ data }) => data).join("");
    const words = wordsOf(text);
    if (words.length) {
      found.push({ home, first, node: texts.find(({ data }) => DIGIT.test(data)).parentNode, words });
      first = false;
    }
    texts = [];
  };
  const walk = (element) => {
    for (let node = element.firstChild; node; node = node.nextSibling) {
      const kind = node.nodeType;
      if (kind === 3) texts.push(node);
      if (kind !== 1) continue; // 3 is a text, 1 an element
      const name = node.nodeName;
      if (INLINE.has(name)) walk(node);
      else {
        end();
        if (SKIPPED.has(name) || live.has(node)) continue;
        if ((name === "SECTION" || name === "ARTICLE") && node.id) [home, first] = [node.id, true];
        walk(node);
        end();
      }
    }
  };
  walk(root);
  end();
  return found;
}

/** The lines of the second copy that these pieces make. */
function linesOf(pieces) {
  return pieces.flatMap(({ home, first, words }) => (first ? [`§${home}`, words.join(" ")] : [words.join(" ")]));
}

/** A marked table: its role, and its rows, each {row, part, cells by column, of(key)}. */
function tableOf(table) {
  const heads = [...table.querySelectorAll("thead th[data-c]")];
  const keys = heads.map((head) => head.dataset.c);
  const rows = [];
  for (const part of table.children) {
    const name = part.nodeName;
    if (name !== "TBODY" && name !== "TFOOT") continue;
    let waiting = [];
    for (const row of part.rows) {
      const cells = [];
      const next = [];
      for (const cell of row.cells) {
        while (waiting[cells.length]) taken(waiting, next, cells);
        for (let k = 0; k < cell.colSpan; k += 1) {
          if (cell.rowSpan > 1) next[cells.length] = { cell, left: cell.rowSpan - 1 };
          cells.push(cell);
        }
      }
      while (waiting[cells.length]) taken(waiting, next, cells);
      waiting = next;
      rows.push({ row, part: name, cells, of: (key) => cells[keys.indexOf(key)] || null });
    }
  }
  return { table, role: table.dataset.t, keys, heads, rows, caption: table.caption };
}

function taken(waiting, next, cells) {
  const { cell, left } = waiting[cells.length];
  if (left > 1) next[cells.length] = { cell, left: left - 1 };
  cells.push(cell);
}

/** The text of an element, without the space around it. */
function textOf(element) {
  return element.textContent.trim();
}

/** A whole number as the page writes it, 1,234 or 1.234…·10²¹ (then only its size is known); null where it is none. */
function wholeOf(text) {
  const plain = text.trim();
  return /^(0|[1-9][0-9]{0,2}(,[0-9]{3})*|[1-9][0-9]*)$/.test(plain) ? BigInt(plain.replaceAll(",", "")) : null;
}

/** A whole number as the page writes it: with commas, above 21 digits its first four and the power of ten. */
function groupedText(count) {
  const digits = count.toString();
  if (digits.length <= 21) return digits.replace(/\B(?=(...)+$)/g, ",");
  const power = [...String(digits.length - 1)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
  return `${digits[0]}.${digits.slice(1, 4)}…·10${power}`;
}

/** The matrix of float64 numbers that a cell lists; null where it lists none, or not as many. */
function matrixOf(cell, rows, columns) {
  const words = textOf(cell).split(SPACE);
  if (words.length !== rows * columns) return null;
  const numbers = words.map(fromDecimal);
  return numbers.includes(null) ? null : known(rows, columns, numbers);
}

/** Whether a cell says that its numbers are not listed, or that there are none. */
function isUnlisted(cell) {
  return / numbers, not listed$|^not defined$/.test(textOf(cell));
}

/** Where on the page an element is, in words. */
function placeOf(element) {
  const home = element.closest("article[id], section[id]");
  const name = home && home.querySelector("h2, h3");
  const where = name ? textOf(name.firstChild && name.firstChild.nodeType === Node.TEXT_NODE ? name.firstChild : name) : "";
  const cell = element.closest("td, th, caption");
  const parts = [where, cell ? cellName(cell) : shortened(textOf(element.closest("li, p, dt, dd, text, figcaption, summary") || element))];
  return parts.filter(Boolean).join(", ");
}

function cellName(cell) {
  const table = cell.closest("table");
  const region = table.parentNode.getAttribute("aria-label") || (table.caption ? textOf(table.caption) : "");
  if (cell === table.caption) return `${region}: its caption`;
  const row = cell.parentNode;
  const found = tableOf(table);
  const grid = found.rows.find((one) => one.row === row);
  const head = grid ? [...table.tHead.rows[0].cells][grid.cells.indexOf(cell)] : null;
  const title = grid ? grid.cells.find((one) => one.nodeName === "TH") : null;
  const number = [...row.parentNode.rows].indexOf(row) + 1;
  const names = [region, title && title !== cell ? `row ${shortened(textOf(title))}` : `row ${number}`, head ? `column ${textOf(head)}` : ""];
  return names.filter(Boolean).join(", ");
}

function shortened(text) {
  const plain = text.split(SPACE).join(" ");
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
