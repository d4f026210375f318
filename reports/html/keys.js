"use strict";
// Keys: / filter, ? help, j and k next and previous case, f first failure. Never while somebody types, never with
// a modifier, and not at all once they are switched off.
(() => {
  const name = "backproof-keys";
  const help = document.getElementById("keys");
  const on = help.querySelector("input");
  try { on.checked = localStorage.getItem(name) !== "off"; } catch (error) { /* not remembered here */ }
  on.addEventListener("change", () => {
    try { localStorage.setItem(name, on.checked ? "on" : "off"); } catch (error) { /* not remembered here */ }
  });
  const listed = document.getElementById("key-list");
  const open = () => {
    if (!help.querySelector("dl") && listed) {
      const copy = listed.cloneNode(true);
      copy.removeAttribute("id");
      help.firstElementChild.after(copy);
    }
    help.showModal();
  };
  const button = document.getElementById("show-keys");
  button.hidden = false;
  button.addEventListener("click", open);
  help.querySelector("button").addEventListener("click", () => help.close());

  const contents = document.getElementById("contents");
  contents.addEventListener("click", ({ target }) => { if (target.closest("a")) contents.hidePopover?.(); });

  const FAILING = "article.failure, .more-failures tbody tr";
  const idOf = (part) => part.dataset.case || part.lastElementChild.querySelector("code").textContent;
  // The failures as they stand, worst first, then the cases as they are listed; what a filter hides is left out.
  const walk = () => {
    const seen = new Map();
    for (const parts of [FAILING, "#case-table tbody tr"]) {
      for (const part of document.querySelectorAll(parts)) {
        if (!part.hidden && !seen.has(idOf(part))) seen.set(idOf(part), part);
      }
    }
    return seen;
  };
  let last = "";
  const here = () => (location.hash.startsWith("#case-") ? location.hash.slice(6) : last);
  const go = (id, part) => {
    last = id;
    const view = document.getElementById(`case-${id}`);
    if (view) location.hash = `case-${id}`;
    const goal = view || part;
    goal.tabIndex = -1;
    goal.focus({ preventScroll: true });
    goal.scrollIntoView({ block: view ? "start" : "center" });
  };
  const step = (by) => {
    const places = walk();
    const ids = [...places.keys()];
    const at = ids.indexOf(here());
    const id = ids[at < 0 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
    if (id !== undefined) go(id, places.get(id));
  };
  const first = () => {
    for (const [id, part] of walk()) if (part.matches(FAILING)) return go(id, part);
  };
  const find = () => {
    const words = document.getElementById("filter");
    if (!words) return;
    if (!words.checkVisibility()) location.hash = "cases";
    words.focus();
    words.select();
  };
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
