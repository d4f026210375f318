// What became of each cell: derived anew from others, left with a reason, or different from what was derived.

const DERIVED = 0;
const LEFT = 1; // not to be derived from this page
const DIFFERENT = 2;

class Ledger {
  constructor() {
    this.cells = new Map(); // element → {state, reason, numbers}
    this.different = []; // {cell, said, derived, how}
  }

  /** A cell with so many numbers, or all that stand in it. */
  put(cell, state, reason, numbers = null) {
    const before = this.cells.get(cell);
    if (!before || before.state < state) this.cells.set(cell, { state, reason, numbers });
    else if (numbers !== null && before.numbers !== null) before.numbers = Math.max(numbers, before.numbers);
  }

  /** The cell is what others make it; of its numbers so many, or all. */
  derived(cell, numbers) {
    this.put(cell, DERIVED, "", numbers);
  }

  /** The cell cannot be derived from this page. */
  left(cell, reason, numbers) {
    this.put(cell, LEFT, reason, numbers);
  }

  differs(cell, said, derived, how) {
    this.put(cell, DIFFERENT, how, 1);
    this.different.push({ cell, said: String(said), derived: String(derived), how });
  }

  /** The cell has this text. */
  says(cell, text, how) {
    this.compares(cell, [textOf(cell).split(SPACE).join(" ")], [text], how);
  }

  /** The parts of the text of a cell are these. */
  compares(cell, said, derived, how, numbers) {
    const words = derived.map(String);
    const k = words.findIndex((word, place) => word !== said[place]);
    if (k < 0 && said.length === words.length) this.derived(cell, numbers);
    else this.differs(cell, said[Math.max(k, 0)] === undefined ? textOf(cell) : said[Math.max(k, 0)], words[Math.max(k, 0)], how);
  }

  /** Every number of a cell lies where it must. */
  numbers(cell, range, shown, how) {
    for (let k = 0; k < shown.lo.length; k += 1) {
      if (Number.isNaN(range.lo[k]) || Number.isNaN(range.hi[k])) {
        if (Number.isNaN(shown.lo[k])) continue;
        this.left(cell, NOT_FINITE);
        return;
      }
      if (holds(range, k, shown.lo[k])) continue;
      const [lo, hi] = [range.lo[k], range.hi[k]].map(decimalText);
      const place = shown.lo.length > 1 ? ` (number ${k + 1} of ${shown.lo.length})` : "";
      this.differs(cell, decimalText(shown.lo[k]) + place, lo === hi ? lo : `between ${lo} and ${hi}`, how);
      return;
    }
    this.derived(cell);
  }

  /** {derived, left by reason, different}: how many numbers. */
  totals() {
    const totals = { derived: 0, different: 0, left: new Map() };
    for (const [cell, { state, reason, numbers: some }] of this.cells) {
      const numbers = some === null ? wordsOf(cell.textContent).length : some;
      if (state === DERIVED) totals.derived += numbers;
      else if (state === DIFFERENT) totals.different += numbers;
      else totals.left.set(reason, (totals.left.get(reason) || 0) + numbers);
    }
    return totals;
  }
}
