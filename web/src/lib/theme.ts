import { createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark";

const KEY = "columba.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const [theme, setSignal] = createSignal<Theme>((localStorage.getItem(KEY) as Theme | null) ?? "system");
prefersDark.addEventListener("change", paint);

export { theme };

/** Kept in this browser; `theme.js` paints it before the first frame of the next visit. */
export function chooseTheme(next: Theme): void {
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  setSignal(next);
  paint();
}

function paint(): void {
  const isDark = theme() === "system" ? prefersDark.matches : theme() === "dark";
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}
