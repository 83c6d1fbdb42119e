// The bars over blocks of code are landmarks without names.
document$.subscribe(() =>
  document.querySelectorAll(".md-code__nav").forEach((bar, n) => bar.setAttribute("aria-label", `Code block ${n + 1}`)));
