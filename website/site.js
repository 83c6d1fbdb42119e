/* Accessibility that the theme lacks: labels for screen readers, and focus for keyboards. */
document$.subscribe(() => {
  document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap")) {
    table.setAttribute("tabindex", "0");
  }
  document.querySelectorAll("nav.md-nav[aria-labelledby]").forEach((part, number) => {
    const label = document.getElementById(part.getAttribute("aria-labelledby"));
    part.removeAttribute("aria-labelledby");
    part.setAttribute("aria-label", `${label?.textContent.trim() || "Part"}, part ${number + 1} of the menu`);
  });
});
new MutationObserver(() => {
  for (const part of document.querySelectorAll(".md-code__nav:not([aria-label])")) {
    part.setAttribute("aria-label", `Code ${part.closest("pre")?.id.replace("__code_", "") ?? ""}`);
  }
}).observe(document.body, { childList: true, subtree: true });
