// Before the first paint, so that a dark page never flashes white. A file and not inline: the page's policy allows none.
const chosen = localStorage.getItem("columba.theme");
const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = dark ? "dark" : "light";
