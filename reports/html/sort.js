"use strict";
// A click on a heading sorts the cases by that column; a second click the other way round. Ranks are found once a column.
// The rows stand in bodies of fifty, of which the browser lays out those on the screen.
(() => {
  const table = document.getElementById("case-table");
  if (!table) return;
  const SIZE = 50; // rows of a body, as on the page
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  let order = rows.map((row, place) => place);
  const arrange = () => {
    const bodies = [...table.tBodies];
    for (const body of bodies) body.remove(); // rows move faster outside of the page
    bodies.forEach((body, at) => body.replaceChildren(...order.slice(at * SIZE, (at + 1) * SIZE).map((place) => rows[place])));
    table.append(...bodies);
    fit();
  };
  // A body that is not laid out keeps the height of the rows that it shows; those far below wait for a frame, so that
  // what moves out of sight is not laid out once more.
  const fit = () => {
    const bodies = [...table.tBodies];
    let above = 0;
    for (const body of bodies) {
      const count = [...body.rows].filter((row) => !row.hidden).length;
      body.hidden = !count;
      body.style.containIntrinsicHeight = `${2.2 * count}rem`;
      if (above >= 2 * SIZE) body.style.contentVisibility = "hidden";
      above += count;
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const body of bodies) body.style.contentVisibility = "";
    }));
  };
  table.addEventListener("filtered", fit);
  const words = new Intl.Collator("en", { numeric: true });

  // 3e400 is beyond a float: it is then ordered by its exponent, above all floats that a count can be.
  const number = (text) => {
    const [digits, power] = text.replaceAll(",", "").split("e");
    const value = parseFloat(power > 290 ? 1e290 * (+power + digits / 10) : power ? `${digits}e${power}` : digits);
    return Number.isNaN(value) ? -Infinity : value;
  };
  const ranked = (column, numeric) => {
    const texts = rows.map(({ cells }) => cells[column].dataset.value || cells[column].textContent.trim());
    const keys = numeric ? texts.map(number) : texts;
    const compare = numeric ? (x, y) => (x < y ? -1 : x > y ? 1 : 0) : words.compare;
    const ranks = new Int32Array(rows.length);
    let rank = 0;
    rows.map((row, place) => place).sort((a, b) => compare(keys[a], keys[b])).forEach((place, at, sorted) => {
      if (at && compare(keys[sorted[at - 1]], keys[place])) rank += 1;
      ranks[place] = rank;
    });
    return ranks;
  };

  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    let ranks;
    button.addEventListener("click", () => {
      ranks ||= ranked(column, heading.classList.contains("num"));
      const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      order = [...order].sort((a, b) => (ranks[a] - ranks[b]) * sign);
      arrange();
    });
  });
})();
