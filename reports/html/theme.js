"use strict";
// Auto, light or dark. It stands in the head, so that nothing is painted in the wrong colours first.
// What is chosen is kept where storage is allowed; elsewhere (a sandbox) it lasts as long as the page.
const kept = (name, value) => {
  try {
    if (value) localStorage.setItem(`backproof-${name}`, value);
    return localStorage.getItem(`backproof-${name}`);
  } catch { return null; }
};
(() => {
  const show = (theme) => {
    const { dataset } = document.documentElement;
    if (theme === "light" || theme === "dark") dataset.theme = theme;
    else delete dataset.theme;
    return dataset.theme || "auto";
  };
  show(kept("theme"));
  addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.parentElement.hidden = false;
    choice.addEventListener("change", () => {
      kept("theme", choice.value);
      show(choice.value);
    });
    // Also when Back brings a page that was open before.
    addEventListener("pageshow", () => { choice.value = show(kept("theme")); });
  });
})();
