"use strict";
// A button that copies its LaTeX beside every formula. Without this script the LaTeX is the formula's alternative text.
(() => {
  for (const formula of document.querySelectorAll("math[alttext]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-latex";
    button.textContent = "LaTeX";
    button.setAttribute("aria-label", "Copy this formula as LaTeX");
    button.addEventListener("click", async () => {
      const latex = formula.getAttribute("alttext");
      try {
        await navigator.clipboard.writeText(latex);
        button.textContent = "Copied";
      } catch (error) {
        const code = document.createElement("code");
        code.textContent = latex;
        code.dataset.live = "";
        button.replaceWith(code);
        getSelection().selectAllChildren(code);
      }
    });
    formula.after(button);
  }
})();
