import { A, useNavigate } from "@solidjs/router";
import { useQueryClient } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { signOut } from "../data/account.ts";
import { session } from "../data/session.ts";
import { chooseTheme, theme, type Theme } from "../lib/theme.ts";
import { forgetPlace } from "./last-place.ts";
import { CheckIcon, SelectorIcon } from "../ui/icons.ts";
import { Menu, menuItem } from "../ui/Menu.tsx";

const themes: readonly (readonly [Theme, string])[] = [
  ["system", "Theme of the system"],
  ["light", "Light theme"],
  ["dark", "Dark theme"],
];

export function AccountMenu() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const leave = async () => {
    await signOut();
    client.clear();
    forgetPlace();
    navigate("/login");
  };
  return (
    <Menu
      label="Account"
      placement="above"
      triggerClass="flex min-h-11 items-center justify-between gap-2 rounded-lg px-2.5 text-left text-sm hover:bg-sunken"
      trigger={
        <>
          <span class="min-w-0">
            <span class="block truncate font-medium">
              {session()?.first_name} {session()?.last_name}
            </span>
            <span class="block truncate text-xs text-ink-3">{session()?.email}</span>
          </span>
          <SelectorIcon size={16} class="shrink-0 text-ink-3" />
        </>
      }
    >
      <A role="menuitem" href="/settings" class={menuItem}>
        Profile and password
      </A>
      <hr class="my-1 border-line" />
      <For each={themes}>
        {([value, label]) => (
          <button
            type="button"
            role="menuitemradio"
            aria-checked={theme() === value}
            class={menuItem}
            onClick={() => chooseTheme(value)}
          >
            <span class="flex-1">{label}</span>
            <Show when={theme() === value}>
              <CheckIcon size={14} />
            </Show>
          </button>
        )}
      </For>
      <hr class="my-1 border-line" />
      <button type="button" role="menuitem" class={menuItem} onClick={() => void leave()}>
        Sign out
      </button>
    </Menu>
  );
}
