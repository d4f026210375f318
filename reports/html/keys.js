"use strict";
// Keys: / filter, ? help, j and k next and previous case, f first failure. Never while somebody types, never with a
// modifier, and not at all once they are switched off. What a filter hides is not walked through.
(() => {
  const help = document.getElementById("keys");
  const on = help.querySelector("input");
  on.checked = kept("keys") !== "off";
  on.addEventListener("change", () => kept("keys", on.checked ? "on" : "off"));
  const open = () => help.showModal();
  const button = document.getElementById("show-keys");
  button.hidden = false;
  button.addEventListener("click", open);
  help.querySelector("button").addEventListener("click", () => help.close());
  const contents = document.getElementById("contents");
  contents.addEventListener("click", ({ target }) => { if (target.closest("a")) contents.hidePopover?.(); });

  const FAILING = "article.failure, .more-failures tbody tr";
  const table = document.getElementById("case-table");
  const idOf = (part) => part.dataset.case || part.id.match(/^(?:case|row)-(.*)/)?.[1] || part.querySelector("code").textContent;
  const parts = (what) => [...document.querySelectorAll(what)].filter((part) => part.hidden !== true && !part.matches("[data-out]"));
  const failing = () => new Map(parts(FAILING).map((part) => [idOf(part), part]));
  // Worst first, as Previous and Next lead; once the table is sorted, as it is.
  const walk = () => {
    const sorted = table?.querySelector("th[aria-sort]");
    const found = new Map();
    for (const what of [!sorted && ".views > .case", !sorted && FAILING, "#case-table tbody tr"].filter(Boolean)) {
      for (const part of parts(what)) if (!found.has(idOf(part))) found.set(idOf(part), part);
    }
    return found;
  };

  let last = "";
  const view = () => document.querySelector(".views > .case:target, .views > .case:has(:target)");
  const viewOf = (id) => document.querySelector(`.views > [id="case-${id}"]`);
  const here = () => (view() ? idOf(view()) : last);
  const go = (id, part) => {
    last = id;
    const link = part.querySelector("a[href]")?.getAttribute("href") || "";
    if (!part.matches(".case") && link && !link.startsWith("#")) return location.assign(link); // a case in a file of its own
    const goal = viewOf(id) || part;
    if (goal.matches(".case")) location.hash = goal.id;
    else if (view()) location.hash = "cases";
    goal.tabIndex = -1;
    goal.focus({ preventScroll: true });
    goal.scrollIntoView({ block: goal.matches("tr") ? "center" : "start" });
  };
  // From a page that has neither failures nor a table to the one that has.
  const away = (section) => {
    const home = document.querySelector('#contents a[href$="index.html"]');
    if (home) location.assign(`${home.getAttribute("href")}#${section}`);
  };
  const step = (by) => {
    const alone = document.querySelector(`main > .case a[rel="${by > 0 ? "next" : "prev"}"]`);
    if (alone) return alone.click();
    const found = walk();
    const ids = [...found.keys()];
    const at = ids.indexOf(here());
    const id = ids[at < 0 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
    if (id !== undefined) go(id, found.get(id));
  };
  const first = () => {
    const bad = failing();
    const id = [...walk().keys()].find((one) => bad.has(one));
    if (id !== undefined) go(id, bad.get(id));
    else if (!table) away("failures");
  };
  const find = () => {
    const words = document.getElementById("filter");
    if (!words) return away("cases");
    if (!words.checkVisibility()) location.hash = "cases";
    words.focus();
    words.select();
  };

  // Previous and Next of the open case lead the same way.
  const turn = () => {
    const nav = view()?.querySelector(":scope > .turn");
    if (!nav) return;
    const ids = [...walk().keys()].filter(viewOf);
    const at = ids.indexOf(here());
    const made = (tag, given) => Object.assign(document.createElement(tag), given);
    const link = (rel, id) => {
      const name = viewOf(id).querySelector("h3").firstChild.textContent.trim();
      return made("a", { rel, href: `#case-${id}`, textContent: rel === "prev" ? `← ${name}` : `${name} →` });
    };
    const place = made("span", { className: "quiet", textContent: at < 0 ? "hidden by the filter" : `${at + 1} of ${ids.length}` });
    const line = [nav.querySelector(".back"), place];
    if (at > 0) line.unshift(link("prev", ids[at - 1]));
    if (at + 1 < ids.length) line.push(link("next", ids[at + 1]));
    nav.replaceChildren(...line.flatMap((node) => [node, " "]));
  };
  addEventListener("hashchange", turn);
  table?.addEventListener("filtered", turn);
  turn();

  const acts = { "/": find, "?": open, j: () => step(1), k: () => step(-1), f: first };
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !on.checked) return;
    if (help.open || !Object.hasOwn(acts, key)) return;
    if (target.isContentEditable || target.matches?.("input, textarea, select")) return;
    event.preventDefault();
    acts[key]();
  });
})();
