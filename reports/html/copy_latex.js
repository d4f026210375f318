"use strict";
// Beside every formula its LaTeX, unseen, and the button that copies it.
for (const formula of document.querySelectorAll("math[alttext]")) {
  formula.insertAdjacentHTML("afterend", '<span data-live><code class="hidden-words"></code><button class="copy copy-latex" title="Copy as LaTeX">LaTeX</button></span>');
  formula.nextSibling.firstChild.textContent = formula.getAttribute("alttext");
}
