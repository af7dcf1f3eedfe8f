import { useQuery } from "@tanstack/solid-query";
import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { keptMail, type KeptMail } from "../../data/local.ts";
import { Empty } from "../../ui/Empty.tsx";
import { MailIcon } from "../../ui/icons.ts";
import { Logo } from "../../ui/Logo.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";

const POLL_MS = 2_000;
const LINK = /https?:\/\/[^\s<>")]+/g;

/** Mail that the local stack kept instead of sending. Open to all: who registers needs it before signing in. */
export default function Mail() {
  const query = useQuery(() => ({ ...keptMail(), refetchInterval: POLL_MS }));
  return (
    <main class="mx-auto max-w-3xl px-4 py-6">
      <A href="/" class="mb-6 flex items-center gap-2.5 text-lg font-semibold tracking-tight">
        <Logo /> Columba
      </A>
      <PageHeader
        title="Local mail"
        description="Nothing leaves this machine: what would be sent is kept here."
      />
      <div class="card overflow-hidden">
        <QueryView
          query={query}
          skeleton={<RowsSkeleton rows={3} />}
          isEmpty={(rows) => (rows ?? []).length === 0}
          empty={
            <Empty icon={<MailIcon size={20} />} title="No mail yet">
              Register, invite somebody, or ask for a new password.
            </Empty>
          }
        >
          {(rows) => (
            <ul class="divide-y divide-line">
              <For each={rows()}>{(mail) => <Letter mail={mail} />}</For>
            </ul>
          )}
        </QueryView>
      </div>
    </main>
  );
}

function Letter(props: { mail: KeptMail }) {
  const links = () => [...new Set(props.mail.text.match(LINK))];
  return (
    <li class="flex flex-col gap-2 p-4">
      <div class="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 class="font-semibold">{props.mail.subject}</h2>
        <span class="text-sm text-ink-3">
          <Time at={props.mail.sent_at} />
        </span>
      </div>
      <p class="text-sm text-ink-3">To {props.mail.to}</p>
      <p class="text-sm break-words whitespace-pre-wrap text-ink-2">{props.mail.text}</p>
      <Show when={links().length > 0}>
        <p class="flex flex-col items-start gap-1">
          <For each={links()}>
            {(href) => (
              <a href={href} rel="external" class="text-sm break-all text-accent-ink underline">
                {new URL(href).pathname}
              </a>
            )}
          </For>
        </p>
      </Show>
    </li>
  );
}
