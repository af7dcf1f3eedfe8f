import { Show } from "solid-js";
import { ApiProblem } from "../data/problem.ts";
import { Button } from "./Button.tsx";
import { WarningIcon } from "./icons.ts";

const messageOf = (error: unknown) => (error instanceof Error ? error.message : "Something went wrong.");
const requestIdOf = (error: unknown) => (error instanceof ApiProblem ? error.requestId : null);

/** What a list or a page shows when it could not be read. */
export function Failure(props: { error: unknown; onRetry?: () => void }) {
  return (
    <div role="alert" class="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <WarningIcon size={22} class="text-bad" />
      <p class="font-medium">{messageOf(props.error)}</p>
      <Show when={requestIdOf(props.error)}>
        <p class="text-xs text-ink-3">
          Request id <code>{requestIdOf(props.error)}</code>
        </p>
      </Show>
      <Show when={props.onRetry}>
        <Button onClick={() => props.onRetry?.()}>Try again</Button>
      </Show>
    </div>
  );
}

/** Why a form was refused. Reserved for what no single field explains. */
export function FormFailure(props: { error: unknown }) {
  return (
    <div role="alert" class="empty:hidden">
      <Show when={props.error}>
        <p class="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">{messageOf(props.error)}</p>
      </Show>
    </div>
  );
}
