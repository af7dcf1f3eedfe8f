import { useMutation, useQueryClient } from "@tanstack/solid-query";
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
  const count = useMutation(() => ({ mutationFn: () => ask(true) }));
  const matching = () => count.data?.matching;
  const retry = useMutation(() => ({
    mutationFn: () => ask(false),
    onSuccess: async ({ retried }) => {
      setOpen(false);
      toast(`${retried} of ${matching() ?? 0} on their way again.`);
      await client.invalidateQueries({ queryKey: ["attempts"] });
      props.onRetried();
    },
  }));
  const open = () => {
    setOpen(true);
    if (retry.isError) retry.reset();
    count.mutate();
  };

  return (
    <>
      <Button onClick={open}>
        <RetryIcon size={14} /> Retry dead letters…
      </Button>
      <Dialog title="Retry dead letters" open={isOpen()} onClose={() => setOpen(false)}>
        <div class="flex flex-col gap-4">
          <FormFailure error={count.error ?? retry.error} />
          <Show
            when={matching() !== undefined}
            fallback={
              <Show when={count.isPending}>
                <p class="text-ink-2">Counting…</p>
              </Show>
            }
          >
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
              <Button
                look="primary"
                busy={retry.isPending}
                disabled={matching() === 0}
                onClick={() => retry.mutate()}
              >
                Retry {matching()}
              </Button>
            </div>
          </Show>
        </div>
      </Dialog>
    </>
  );
}
