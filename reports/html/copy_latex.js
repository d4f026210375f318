"use strict";
// Beside every formula its LaTeX, unseen, and the button that copies it.
for (const formula of document.querySelectorAll("math[alttext]")) {
  const line = document.createElement("span");
  line.dataset.live = "";
  line.innerHTML = '<code class="hidden-words"></code><button type="button" class="copy copy-latex" title="Copy as LaTeX">LaTeX</button>';
  line.firstChild.textContent = formula.getAttribute("alttext");
  formula.after(line);
}
