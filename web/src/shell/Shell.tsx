import { A, Navigate, useLocation, useNavigate } from "@solidjs/router";
import { createEffect, createSignal, lazy, on, Show, Suspense, type ParentProps } from "solid-js";
import { session } from "../data/session.ts";
import { moveAmongRows, useShortcuts } from "../lib/shortcuts.ts";
import { Button } from "../ui/Button.tsx";
import { MenuIcon, SearchIcon } from "../ui/icons.ts";
import { Logo } from "../ui/Logo.tsx";
import { BlockSkeleton } from "../ui/Skeleton.tsx";
import { rememberPlace } from "./last-place.ts";
import { Sidebar } from "./Sidebar.tsx";

const Palette = lazy(() => import("./Palette.tsx"));
const ShortcutSheet = lazy(() => import("./ShortcutSheet.tsx"));

/** What surrounds every page of whoever is signed in. */
export function Shell(props: ParentProps) {
  const location = useLocation();
  return (
    <Show
      when={session()}
      fallback={<Navigate href={`/login?next=${encodeURIComponent(location.pathname + location.search)}`} />}
    >
      <Frame>{props.children}</Frame>
    </Show>
  );
}

function Frame(props: ParentProps) {
  const location = useLocation();
  const navigate = useNavigate();
  const [isPaletteOpen, setPaletteOpen] = createSignal(false);
  const [isSheetOpen, setSheetOpen] = createSignal(false);
  let drawer: HTMLDialogElement | undefined;
  let main: HTMLElement | undefined;

  createEffect(
    on(
      () => location.pathname,
      (path, previous) => {
        drawer?.close();
        rememberPlace(path);
        // A new page is announced from its top, as a full load would be.
        if (previous !== undefined) main?.focus({ preventScroll: true });
      },
    ),
  );
  useShortcuts({
    "mod+k": () => setPaletteOpen(true),
    "?": () => setSheetOpen(true),
    "/": () => document.querySelector<HTMLElement>("[data-filter]")?.focus(),
    j: () => moveAmongRows(1),
    k: () => moveAmongRows(-1),
  });

  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[232px_minmax(0,1fr)]">
      <a
        href="#main"
        class="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-2 text-sm text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <aside class="sticky top-0 hidden h-dvh border-r border-line lg:block">
        <Sidebar />
      </aside>
      <div class="min-w-0">
        <header class="sticky top-0 z-20 flex h-12 items-center gap-2 border-b border-line bg-canvas px-3 lg:hidden">
          <Button look="quiet" class="px-2" aria-label="Menu" onClick={() => drawer?.showModal()}>
            <MenuIcon size={18} />
          </Button>
          <A href="/" class="flex flex-1 items-center gap-2 font-semibold">
            <Logo size={22} /> Columba
          </A>
          <Button look="quiet" class="px-2" aria-label="Search" onClick={() => setPaletteOpen(true)}>
            <SearchIcon size={18} />
          </Button>
        </header>
        <div class="hidden h-12 items-center justify-end gap-1 px-8 lg:flex">
          <Button look="quiet" class="text-ink-3" onClick={() => setPaletteOpen(true)}>
            <SearchIcon size={14} /> Go to, or paste an id
            <kbd class="ml-1 rounded border border-line-strong px-1.5 text-xs">Ctrl K</kbd>
          </Button>
          <Button
            look="quiet"
            class="text-ink-3"
            aria-label="Keyboard shortcuts"
            onClick={() => setSheetOpen(true)}
          >
            <kbd class="rounded border border-line-strong px-1.5 text-xs">?</kbd>
          </Button>
        </div>
        <main
          id="main"
          ref={(element) => (main = element)}
          tabindex="-1"
          class="mx-auto max-w-[1240px] px-4 pt-5 pb-16 outline-none lg:px-8 lg:pt-2"
        >
          <Suspense fallback={<BlockSkeleton class="h-[60vh]" />}>{props.children}</Suspense>
        </main>
      </div>
      <dialog
        ref={(element) => (drawer = element)}
        aria-label="Menu"
        closedby="any"
        class="m-0 h-dvh max-h-none w-64 border-r border-line bg-canvas p-0"
      >
        <Sidebar />
      </dialog>
      <Suspense>
        <Show when={isPaletteOpen()}>
          <Palette onClose={() => setPaletteOpen(false)} onGo={(href: string) => navigate(href)} />
        </Show>
        <Show when={isSheetOpen()}>
          <ShortcutSheet onClose={() => setSheetOpen(false)} />
        </Show>
      </Suspense>
    </div>
  );
}
