"use strict";
// What every page has: the theme button, which keeps its state in the fragment, and printing.
(function () {
  const root = document.documentElement;
  const button = document.querySelector("[data-do=theme]");
  const show = () => button.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  button.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    show();
    const state = new URLSearchParams(location.hash.slice(1));
    state.set("theme", root.dataset.theme);
    history.replaceState(null, "", "#" + state.toString());
    document.dispatchEvent(new Event("themechange"));
  });
  document.querySelector("[data-do=print]").addEventListener("click", () => window.print());
  show();
})();
