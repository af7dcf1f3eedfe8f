import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { createMemo, createSignal, For, onMount, Show } from "solid-js";
import { queries } from "../data/queries.ts";
import { SearchIcon } from "../ui/icons.ts";
import { applicationPlaces, organizationPlaces } from "./navigation.ts";
import { useScope } from "./scope.ts";

interface Entry {
  readonly label: string;
  readonly hint: string;
  readonly run: () => void | Promise<void>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Goes to any page or application, and finds what an id names. A combobox over a list, as ARIA describes it. */
export default function Palette(props: { onClose: () => void; onGo: (href: string) => void }) {
  const scope = useScope();
  const client = useQueryClient();
  const applications = useQuery(() => ({
    ...queries.applications(scope.org()),
    enabled: scope.org() !== "",
  }));
  const [text, setText] = createSignal("");
  const [active, setActive] = createSignal(0);
  const [message, setMessage] = createSignal("");
  let dialog: HTMLDialogElement | undefined;
  onMount(() => dialog?.showModal());

  const go = (label: string, hint: string, href: string): Entry => ({
    label,
    hint,
    run: () => {
      dialog?.close();
      props.onGo(href);
    },
  });

  const find = async (id: string) => {
    const app = scope.app();
    const attempt = await client.fetchQuery(queries.attempt(app, id)).catch(() => null);
    if (attempt) return go("", "", scope.appPath(`/attempts/${id}`)).run();
    const event = await client.fetchQuery(queries.event(app, id)).catch(() => null);
    if (event) return go("", "", scope.appPath(`/events/${id}`)).run();
    const subscription = await client.fetchQuery(queries.subscription(id)).catch(() => null);
    if (subscription) return go("", "", scope.appPath(`/subscriptions/${id}`)).run();
    setMessage("Nothing in this application has that id.");
  };

  const pages = createMemo((): Entry[] => {
    const offered = (place: { editorsOnly?: boolean }) => !place.editorsOnly || scope.mayEdit();
    const inApplication = scope.app()
      ? applicationPlaces
          .filter(offered)
          .map((place) => go(place.label, "Application", scope.appPath(place.path)))
      : [];
    const acts =
      scope.app() && scope.mayEdit()
        ? [
            go("Send an event", "Act", scope.appPath("/events/new")),
            go("New subscription", "Act", scope.appPath("/subscriptions/new")),
            go("Failed attempts", "Application", scope.appPath("/attempts?status=failed")),
          ]
        : [];
    const inOrganization = scope.org()
      ? organizationPlaces
          .filter(offered)
          .map((place) =>
            go(
              place.path === "/settings" ? "Organization settings" : place.label,
              "Organization",
              scope.orgPath(place.path),
            ),
          )
      : [];
    const others = applications.isSuccess
      ? applications.data.map((one) =>
          go(one.name, "Go to application", `/o/${scope.org()}/a/${one.application_id}`),
        )
      : [];
    return [
      ...acts,
      ...inApplication,
      ...inOrganization,
      ...others,
      go("Profile and password", "Account", "/settings"),
      go("API reference", "Help", "/api"),
    ];
  });

  const entries = createMemo((): Entry[] => {
    const wanted = text().trim();
    if (UUID.test(wanted) && scope.app()) {
      return [
        {
          label: `Find ${wanted}`,
          hint: "Attempt, event or subscription",
          run: () => find(text().trim().toLowerCase()),
        },
      ];
    }
    const words = wanted.toLowerCase().split(/\s+/);
    return pages().filter((entry) =>
      words.every((word) => `${entry.label} ${entry.hint}`.toLowerCase().includes(word)),
    );
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const count = entries().length;
    if (event.key === "ArrowDown") setActive((at) => (at + 1) % Math.max(count, 1));
    else if (event.key === "ArrowUp") setActive((at) => (at - 1 + count) % Math.max(count, 1));
    else if (event.key === "Enter") void entries()[active()]?.run();
    else return;
    event.preventDefault();
    document.getElementById(`palette-${active()}`)?.scrollIntoView({ block: "nearest" });
  };

  return (
    <dialog
      ref={(element) => (dialog = element)}
      aria-label="Go to"
      onClose={() => props.onClose()}
      closedby="any"
      class="mx-auto mt-[12vh] w-[min(36rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-0 shadow-pop"
    >
      <div class="flex items-center gap-3 border-b border-line px-4">
        <SearchIcon size={16} class="text-ink-3" />
        <input
          class="h-12 flex-1 bg-transparent outline-none placeholder:text-ink-3"
          placeholder="Go to a page, or paste an id"
          aria-label="Go to a page, or paste an id"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={entries().length > 0 ? `palette-${active()}` : undefined}
          autocomplete="off"
          autofocus
          value={text()}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
            setMessage("");
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id="palette-list" role="listbox" aria-label="Places" class="max-h-80 overflow-y-auto p-1">
        <For each={entries()}>
          {(entry, index) => (
            <li
              id={`palette-${index()}`}
              role="option"
              aria-selected={index() === active()}
              class="flex min-h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-3 text-sm"
              classList={{ "bg-accent-soft text-accent-ink": index() === active() }}
              onMouseMove={() => setActive(index())}
              onClick={() => void entry.run()}
            >
              <span class="truncate">{entry.label}</span>
              <span class="text-xs" classList={{ "text-ink-3": index() !== active() }}>
                {entry.hint}
              </span>
            </li>
          )}
        </For>
      </ul>
      <p role="status" class="px-4 text-sm text-ink-3">
        <Show when={message() || entries().length === 0}>
          <span class="block py-3">{message() || "No page of that name."}</span>
        </Show>
      </p>
    </dialog>
  );
}
