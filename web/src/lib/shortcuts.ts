import { onCleanup, onMount } from "solid-js";

/** Keys that act while nothing is being typed and no dialog is open; `mod+k` acts always. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** `k`, `?`, `mod+k`: the name under which a shortcut is registered. */
export function shortcutName(event: Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey">): string {
  if (event.altKey) return "";
  return `${event.metaKey || event.ctrlKey ? "mod+" : ""}${event.key.toLowerCase()}`;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))
  );
}

/** Listens while the component that calls it is there. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const onKeyDown = (event: KeyboardEvent) => {
    const name = shortcutName(event);
    const act = shortcuts[name];
    if (!act || event.defaultPrevented) return;
    const isBlocked = isTyping(event.target) || document.querySelector("dialog[open]") !== null;
    if (isBlocked && !name.startsWith("mod+")) return;
    event.preventDefault();
    act(event);
  };
  onMount(() => document.addEventListener("keydown", onKeyDown));
  onCleanup(() => document.removeEventListener("keydown", onKeyDown));
}

/** Moves the focus among the rows of the page's list. */
export function moveAmongRows(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next =
    at === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: "nearest" });
}
