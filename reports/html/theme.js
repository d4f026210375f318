"use strict";
// Auto, light or dark. It stands in the head, so that nothing is painted in the wrong colours first. Storage may be
// refused (a page from a file, a sandbox): the choice then lasts as long as the page.
(() => {
  const name = "backproof-theme";
  const root = document.documentElement;
  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  try { show(localStorage.getItem(name)); } catch { /* not remembered */ }
  addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    if (!choice) return;
    choice.value = root.dataset.theme || "auto";
    choice.parentElement.hidden = false;
    choice.addEventListener("change", () => {
      show(choice.value);
      try { localStorage.setItem(name, choice.value); } catch { /* not remembered */ }
    });
  });
})();
