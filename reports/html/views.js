"use strict";
// One view at a time works without this script. With it the title names what is open, and the browser's own search finds
// what stands in views that are closed, and opens them.
(() => {
  const title = document.title, main = document.getElementById("main");
  const views = [...document.querySelectorAll("#overview ~ .views > article")];
  let searchable = false;
  const settle = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (error) { /* no name */ }
    const open = target?.closest(".views");
    const heading = target?.closest(".views > article")?.querySelector("h3");
    document.title = heading ? `${heading.firstChild.textContent.trim()} · ${title}` : title;
    if (!searchable) return;
    main.classList.toggle("searchable", !open);
    for (const view of views) {
      if (open) view.removeAttribute("hidden"); else view.setAttribute("hidden", "until-found");
    }
  };
  for (const view of views) view.addEventListener("beforematch", () => { location.hash = view.id; });
  addEventListener("hashchange", settle);
  settle();
  if (views.length && "onbeforematch" in main) {
    const begin = () => { searchable = true; settle(); };
    addEventListener("load", () => ("requestIdleCallback" in window ? requestIdleCallback(begin) : setTimeout(begin)));
  }
})();
