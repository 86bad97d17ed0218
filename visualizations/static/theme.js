"use strict";
// Before the first paint: whether scripts run, and which theme the reader asked for.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const asked = /(?:^#|&)theme=(dark|light)/.exec(location.hash);
  const dark = asked ? asked[1] === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
})();
