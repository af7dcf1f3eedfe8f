import { A } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import { queries } from "../data/queries.ts";
import { hasInspector, hasMail } from "../data/local.ts";
import { BuildingIcon, CheckIcon, InboxIcon, MailIcon, SelectorIcon, TerminalIcon } from "../ui/icons.ts";
import { Logo } from "../ui/Logo.tsx";
import { Menu, menuItem } from "../ui/Menu.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { applicationPlaces, organizationPlaces } from "./navigation.ts";
import { useScope } from "./scope.ts";

const link =
  "flex min-h-8 items-center gap-2.5 rounded-md px-2.5 text-sm text-ink-2 hover:bg-sunken hover:text-ink";
const current = "bg-accent-soft text-accent-ink font-medium hover:bg-accent-soft hover:text-accent-ink";

/** Where one can go from here. */
export function Sidebar() {
  const scope = useScope();
  const inspector = useQuery(hasInspector);
  const mail = useQuery(hasMail);
  const offered = (places: typeof applicationPlaces) =>
    places.filter((place) => !place.editorsOnly || scope.mayEdit());
  return (
    <div class="flex h-full flex-col gap-5 overflow-y-auto p-3">
      <A href="/" class="flex items-center gap-2.5 px-1.5 pt-1 text-lg font-semibold tracking-tight">
        <Logo />
        Columba
      </A>
      <Show when={scope.org()}>
        <ScopeMenu />
      </Show>
      <nav aria-label="Main" class="flex flex-1 flex-col gap-5">
        <Show when={scope.app()}>
          <ul class="flex flex-col gap-0.5">
            <For each={offered(applicationPlaces)}>
              {(place) => (
                <li>
                  <A href={scope.appPath(place.path)} end={place.exact} class={link} activeClass={current}>
                    <Dynamic component={place.icon} size={16} />
                    {place.label}
                  </A>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <Show when={scope.org()}>
          <div>
            <h2 class="truncate px-2.5 pb-1 text-xs text-ink-3">
              {scope.organization()?.name ?? "Organization"}
            </h2>
            <ul class="flex flex-col gap-0.5">
              <For each={offered(organizationPlaces)}>
                {(place) => (
                  <li>
                    <A href={scope.orgPath(place.path)} end class={link} activeClass={current}>
                      <Dynamic component={place.icon} size={16} />
                      {place.label}
                    </A>
                  </li>
                )}
              </For>
            </ul>
          </div>
        </Show>
        <div class="mt-auto">
          <ul class="flex flex-col gap-0.5">
            <Show when={inspector.isSuccess && inspector.data}>
              <li>
                <A href="/inspector" class={link} activeClass={current}>
                  <InboxIcon size={16} /> Inspector
                </A>
              </li>
            </Show>
            <Show when={mail.isSuccess && mail.data}>
              <li>
                <A href="/mail" class={link} activeClass={current}>
                  <MailIcon size={16} /> Local mail
                </A>
              </li>
            </Show>
            <li>
              <A href="/api" class={link} activeClass={current}>
                <TerminalIcon size={16} /> API reference
              </A>
            </li>
          </ul>
        </div>
      </nav>
      <AccountMenu />
    </div>
  );
}

function ScopeMenu() {
  const scope = useScope();
  const applications = useQuery(() => queries.applications(scope.org()));
  const known = () => (applications.isSuccess ? applications.data : []);
  const name = () => known().find((one) => one.application_id === scope.app())?.name;
  return (
    <Menu
      label="Choose application"
      triggerClass="flex min-h-11 items-center justify-between gap-2 rounded-lg border border-line-strong bg-surface px-3 py-1 text-left text-sm hover:bg-sunken"
      trigger={
        <>
          <span class="min-w-0">
            <span class="block truncate font-medium">{name() ?? scope.organization()?.name ?? "…"}</span>
            <span class="block truncate text-xs text-ink-3">
              {name() ? scope.organization()?.name : "Choose an application"}
            </span>
          </span>
          <SelectorIcon size={16} class="shrink-0 text-ink-3" />
        </>
      }
    >
      <For each={known()}>
        {(one) => (
          <A role="menuitem" href={`/o/${scope.org()}/a/${one.application_id}`} class={menuItem}>
            <span class="flex-1 truncate">{one.name}</span>
            <Show when={one.application_id === scope.app()}>
              <CheckIcon size={14} />
            </Show>
          </A>
        )}
      </For>
      <hr class="my-1 border-line" />
      <For each={scope.organizations()}>
        {(one) => (
          <A role="menuitem" href={`/o/${one.organization_id}`} class={menuItem}>
            <BuildingIcon size={14} class="text-ink-3" />
            <span class="truncate">{one.name}</span>
          </A>
        )}
      </For>
      <A role="menuitem" href="/welcome" class={menuItem}>
        New organization…
      </A>
    </Menu>
  );
}
