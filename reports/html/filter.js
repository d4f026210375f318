"use strict";
// Which cases are shown: by words, and by chips for verdict, family and claim. One rule for the table, the failures and
// the details. It stands in the address, so that a link, a reload and Back show the same.
(() => {
  const table = document.getElementById("case-table");
  if (!table) return;
  const form = document.querySelector(".filter");
  const [words, shown, note] = ["filter", "shown", "filtered"].map((id) => document.getElementById(id));
  const claims = JSON.parse(form.dataset.claims || "[]");
  const verdicts = { c: "CORRECT", w: "WRONG", a: "INACCURATE", i: "INCONCLUSIVE" };
  const span = (words) => Object.assign(document.createElement("span"), { textContent: words });
  const text = (cell) => cell.textContent.trim();

  const cases = [...table.querySelectorAll("tbody tr")].map((row) => {
    const cells = [...row.cells];
    const id = cells.at(-1).querySelector("code").textContent;
    const said = [...(cells[2].dataset.c || "")].map((letter) => verdicts[letter]);
    const all = [...cells.slice(0, -1).map((cell) => cell.dataset.value || text(cell)), id];
    return { id, family: text(cells[1]), verdict: text(cells[2]), said, text: all.join(" ").toLowerCase(), parts: [row] };
  });
  const places = new Map();
  for (const one of cases) places.set(one.id, [...(places.get(one.id) || []), one]);
  for (const part of document.querySelectorAll("article.failure, .views > .case, .more-failures tbody tr")) {
    const id = part.dataset.case || part.id.replace("case-", "") || part.querySelector("code").textContent;
    for (const one of places.get(id) || []) one.parts.push(part);
  }

  // A claim chip narrows what the verdicts speak of: WRONG with a claim are the cases in which that claim is wrong.
  const group = (name, title, values, of) => ({ name, title, values, of, chosen: new Set(), chips: new Map() });
  const [verdict, family, claim] = [
    group("verdict", "Verdict", Object.values(verdicts), (one) => one.verdict),
    group("family", "Family", [...new Set(cases.map((one) => one.family))].sort(), (one) => one.family),
    group("claim", "Claim", claims, null),
  ];
  const groups = [verdict, family, claim];
  const fits = (one, { verdict: v, family: f, claim: c }) =>
    (!f.size || f.has(one.family)) &&
    (c.size
      ? claims.some((name, k) => c.has(name) && one.said[k] && (!v.size || v.has(one.said[k])))
      : !v.size || v.has(one.verdict));

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = { verdict: verdict.chosen, family: family.chosen, claim: claim.chosen };
    const read = cases.filter((one) => wanted.every((word) => one.text.includes(word)));
    const kept = new Set(read.filter((one) => fits(one, chosen)));
    const visible = new Set([...kept].flatMap((one) => one.parts));
    let [failures, undecided] = [0, 0];
    for (const one of cases) {
      for (const part of one.parts) {
        const out = !visible.has(part);
        if (part.matches(".case")) part.toggleAttribute("data-out", out); // views.js has its own use for hidden
        else if (part.hidden !== out) part.hidden = out;
      }
      if (kept.has(one) || one.verdict === "CORRECT") continue;
      if (one.verdict === "INCONCLUSIVE") undecided += 1;
      else failures += 1;
    }
    table.dispatchEvent(new Event("filtered"));
    for (const { name, chips, chosen: pressed } of groups) {
      for (const [value, chip] of chips) {
        const alone = { ...chosen, [name]: new Set([value]) };
        const count = read.filter((one) => fits(one, alone)).length;
        chip.ariaPressed = String(pressed.has(value));
        chip.lastElementChild.textContent = count.toLocaleString("en");
      }
    }
    const on = wanted.length || groups.some((one) => one.chosen.size);
    const gone = [failures && `${failures} ${failures === 1 ? "failure" : "failures"}`, undecided && `${undecided} undecided`];
    const hidden = gone.filter(Boolean).join(" and ");
    shown.textContent = on ? `${kept.size} of ${cases.length} cases${hidden ? `; ${hidden} hidden` : ""}` : "";
    note.hidden = !on;
    document.documentElement.classList.toggle("filtered", !note.hidden);
    note.firstElementChild.textContent = shown.textContent;
  };

  const read = () => {
    const query = new URLSearchParams(location.search);
    words.value = query.get("q") || "";
    for (const one of groups) one.chosen = new Set(query.getAll(one.name).filter((value) => one.values.includes(value)));
    apply();
  };
  const write = (step) => {
    const query = new URLSearchParams(location.search);
    for (const name of ["q", ...groups.map((one) => one.name)]) query.delete(name);
    if (words.value) query.set("q", words.value);
    for (const one of groups) for (const value of one.chosen) query.append(one.name, value);
    const address = `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`;
    try { history[step](null, "", address); } catch { /* some browsers forbid it for a page from a file */ }
    apply();
  };

  for (const one of groups) {
    const values = one.values.filter((value) => one === claim || cases.some((other) => one.of(other) === value));
    if (values.length < 2) continue;
    const set = document.createElement("div");
    [set.className, set.role, set.ariaLabel] = ["chips", "group", one.title];
    set.append(span(one.title));
    for (const value of values) {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.append(`${value} `, span(""));
      chip.addEventListener("click", () => {
        if (!one.chosen.delete(value)) one.chosen.add(value);
        write("pushState");
      });
      one.chips.set(value, chip);
      set.append(chip);
    }
    form.append(set);
  }
  // One step of Back undoes what was typed at one go.
  let typing = false;
  words.addEventListener("input", () => {
    write(typing ? "replaceState" : "pushState");
    typing = true;
  });
  words.addEventListener("change", () => { typing = false; });
  document.getElementById("show-all").addEventListener("click", () => {
    words.value = "";
    for (const one of groups) one.chosen.clear();
    write("pushState");
  });
  addEventListener("popstate", read);
  form.hidden = false;
  read();
})();
