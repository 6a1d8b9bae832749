// Runs before the first paint, so that a page in the "auto" theme never flashes in the wrong colours, and no question
// that countersign.js asks in a dialog flashes in the page.
(() => {
  const root = document.documentElement;
  if ("noModule" in HTMLScriptElement.prototype) root.classList.add("has-js");
  if (root.dataset.theme !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  set();
  dark.addEventListener("change", set);
})();
