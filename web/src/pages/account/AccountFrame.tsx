import { createEffect, type JSX } from "solid-js";
import { Logo } from "../../ui/Logo.tsx";

/** The page of whoever is not signed in: one thing to do. */
export function AccountFrame(props: {
  title: string;
  lead?: JSX.Element;
  children: JSX.Element;
  foot?: JSX.Element;
}) {
  createEffect(() => (document.title = `${props.title} · Columba`));
  return (
    <main class="grid min-h-dvh place-items-center px-4 py-10">
      <div class="w-full max-w-sm">
        <p class="mb-6 flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Logo size={30} /> Columba
        </p>
        <div class="card p-6">
          <h1 class="text-xl font-semibold tracking-tight">{props.title}</h1>
          <div class="mt-1 mb-5 text-sm text-ink-2">{props.lead}</div>
          {props.children}
        </div>
        <div class="mt-4 text-sm text-ink-2">{props.foot}</div>
      </div>
    </main>
  );
}

export const link = "text-accent-ink underline underline-offset-2 hover:no-underline";
