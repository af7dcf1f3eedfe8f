import { createUniqueId, type JSX } from "solid-js";

interface MenuProps {
  readonly label: string;
  readonly trigger: JSX.Element;
  readonly triggerClass: string;
  /** Elements with `role="menuitem"` or `menuitemradio`. */
  readonly children: JSX.Element;
  readonly placement?: "below" | "above";
}

const ITEMS = '[role="menuitem"], [role="menuitemradio"]';

/** A menu on a native popover: Escape and a click outside close it; arrows move, Home and End jump. */
export function Menu(props: MenuProps) {
  const id = createUniqueId();
  let trigger: HTMLButtonElement | undefined;
  let menu: HTMLDivElement | undefined;

  const items = () => [...(menu?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
  const place = () => {
    if (!trigger || !menu) return;
    const box = trigger.getBoundingClientRect();
    menu.style.minWidth = `${Math.max(box.width, 208)}px`;
    menu.style.left = `${Math.min(box.left, innerWidth - Math.max(box.width, 208) - 8)}px`;
    if (props.placement === "above") menu.style.bottom = `${innerHeight - box.top + 4}px`;
    else menu.style.top = `${box.bottom + 4}px`;
  };
  const move = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length]?.focus();
  };
  return (
    <>
      <button
        ref={(element) => (trigger = element)}
        type="button"
        class={props.triggerClass}
        aria-haspopup="menu"
        popovertarget={id}
      >
        <span class="sr-only">{props.label}: </span>
        {props.trigger}
      </button>
      <div
        ref={(element) => (menu = element)}
        id={id}
        popover="auto"
        role="menu"
        aria-label={props.label}
        class="max-h-[70vh] overflow-y-auto rounded-lg border border-line bg-surface p-1 text-ink shadow-pop"
        onBeforeToggle={(event) => event.newState === "open" && place()}
        onToggle={(event) => event.newState === "open" && items()[0]?.focus()}
        onKeyDown={move}
        onClick={(event) =>
          event.target instanceof Element && event.target.closest(ITEMS) && menu?.hidePopover()
        }
      >
        {props.children}
      </div>
    </>
  );
}

export const menuItem =
  "flex w-full items-center gap-2 rounded-md px-2.5 py-1.5 text-left text-sm hover:bg-sunken focus-visible:bg-sunken";
