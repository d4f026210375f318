"use strict";
// Filter, sort and copy. The page is complete without this script.
(() => {
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch (error) {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
    });
  }

  const table = document.getElementById("case-table");
  if (!table) return;
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const last = headings.length - 1;
  const rows = [...body.rows].map((row) => {
    const cells = [...row.cells].map((cell) => cell.dataset.value || cell.textContent.trim());
    cells[last] = row.cells[last].querySelector("code").textContent;
    return { row, cells, text: cells.join(" ").toLowerCase() };
  });

  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    shown.textContent = words.length ? `${count} of ${rows.length} cases` : "";
  };
  document.querySelector(".filter").hidden = false;
  filter.value = new URLSearchParams(location.search).get("q") || "";
  filter.addEventListener("input", () => {
    apply();
    try {
      const query = filter.value ? `?q=${encodeURIComponent(filter.value)}` : location.pathname;
      history.replaceState(null, "", query + location.hash);
    } catch (error) { /* some browsers forbid it for a page opened from a file */ }
  });
  apply();

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    const numeric = heading.classList.contains("num");
    const number = (text) => (text === "" ? -Infinity : parseFloat(text.replaceAll(",", "")));
    const compare = numeric ? (x, y) => number(x) - number(y) || 0 : (x, y) => x.localeCompare(y, "en", { numeric: true });
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((a, b) => compare(a.cells[column], b.cells[column]) * (down ? -1 : 1));
      body.append(...rows.map(({ row }) => row));
    });
  });
})();
