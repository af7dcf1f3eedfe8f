import { A } from "@solidjs/router";
import { createEffect, Show, type JSX } from "solid-js";
import { toCurl, type ApiCall } from "../lib/curl.ts";
import { BackIcon } from "./icons.ts";
import { CopyButton } from "./CopyButton.tsx";

interface PageHeaderProps {
  readonly title: string;
  /** Beside the title: a state, an id. */
  readonly badge?: JSX.Element;
  readonly description?: JSX.Element;
  readonly back?: { readonly href: string; readonly label: string };
  /** The call that made this page, to be copied. */
  readonly call?: ApiCall;
  readonly actions?: JSX.Element;
}

export function PageHeader(props: PageHeaderProps) {
  createEffect(() => (document.title = `${props.title} · Columba`));
  return (
    <header class="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div class="min-w-0">
        <Show when={props.back}>
          {(back) => (
            <A
              href={back().href}
              class="mb-0.5 inline-flex min-h-6 items-center gap-1 text-sm text-ink-3 hover:text-ink hover:underline"
            >
              <BackIcon size={14} /> {back().label}
            </A>
          )}
        </Show>
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 class="text-xl font-semibold tracking-tight break-words">{props.title}</h1>
          {props.badge}
        </div>
        <Show when={props.description}>
          <div class="mt-0.5 text-sm text-ink-2">{props.description}</div>
        </Show>
      </div>
      <div class="flex flex-wrap items-center gap-2">
        <Show when={props.call}>
          {(call) => (
            <CopyButton
              text={toCurl(call(), location.origin)}
              label="Copy this page's API call as curl"
              class="hidden min-h-9 items-center gap-1.5 rounded-md px-2.5 text-sm text-ink-3 hover:bg-sunken hover:text-ink sm:inline-flex"
            >
              curl
            </CopyButton>
          )}
        </Show>
        {props.actions}
      </div>
    </header>
  );
}
