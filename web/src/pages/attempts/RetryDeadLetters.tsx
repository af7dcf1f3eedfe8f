import { useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api } from "../../data/api.ts";
import type { AttemptFilters } from "../../data/queries.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { RetryIcon } from "../../ui/icons.ts";
import { toast } from "../../ui/Toasts.tsx";

/** Counts the dead letters within the filters with a dry run, then sends them again. */
export function RetryDeadLetters(props: {
  application: string;
  filters: AttemptFilters;
  onRetried: () => void;
}) {
  const client = useQueryClient();
  const [isOpen, setOpen] = createSignal(false);
  const [matching, setMatching] = createSignal<number>();
  const [error, setError] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);

  const ask = async (dry_run: boolean) => {
    const type = props.filters["event.event_type_names"];
    const response = await api.dead_letters.retry.$post({
      json: {
        application_id: props.application,
        dry_run,
        filter: {
          subscription_id: props.filters.subscription_id ?? null,
          event_type_names: type ? [type] : null,
        },
      },
    });
    return response.json();
  };
  const count = async () => {
    setOpen(true);
    setMatching(undefined);
    setError(undefined);
    await ask(true).then((result) => setMatching(result.matching), setError);
  };
  const confirm = async () => {
    setBusy(true);
    try {
      const { retried } = await ask(false);
      setOpen(false);
      toast(`${retried} of ${matching() ?? 0} on their way again.`);
      await client.invalidateQueries({ queryKey: ["attempts"] });
      props.onRetried();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <Button onClick={() => void count()}>
        <RetryIcon size={14} /> Retry dead letters…
      </Button>
      <Dialog title="Retry dead letters" open={isOpen()} onClose={() => setOpen(false)}>
        <div class="flex flex-col gap-4">
          <FormFailure error={error()} />
          <Show when={matching() !== undefined} fallback={<p class="text-ink-2">Counting…</p>}>
            <p>
              <strong class="tabular text-2xl font-semibold">{matching()}</strong>{" "}
              {matching() === 1 ? "dead letter is" : "dead letters are"} within the type and subscription
              chosen.
            </p>
            <p class="text-sm text-ink-2">
              Each gets a new delivery with all its retries, at most 1000 at once. Those of disabled
              subscriptions stay.
            </p>
            <div class="flex justify-end gap-2">
              <Button onClick={() => setOpen(false)}>Cancel</Button>
              <Button look="primary" busy={busy()} disabled={matching() === 0} onClick={() => void confirm()}>
                Retry {matching()}
              </Button>
            </div>
          </Show>
        </div>
      </Dialog>
    </>
  );
}
