"use strict";
// Beside every formula its LaTeX, unseen, and the button that copies it.
for (const math of document.querySelectorAll("math[alttext]")) {
  math.insertAdjacentHTML("afterend", '<span data-live><code class="hidden-words"></code><button class="copy copy-latex" title="Copy LaTeX">LaTeX</button></span>');
  math.nextSibling.firstChild.textContent = math.getAttribute("alttext");
}
