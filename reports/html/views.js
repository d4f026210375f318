"use strict";
// The name of the case that is open, in the title. The page is complete without this script.
(() => {
  const title = document.title;
  const name = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (error) { /* no name */ }
    const heading = target?.closest(".views > .case")?.querySelector("h3");
    document.title = heading ? `${heading.firstChild.textContent.trim()} · ${title}` : title;
  };
  addEventListener("hashchange", name);
  name();
})();
