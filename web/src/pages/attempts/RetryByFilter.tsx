import { useMutation } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, readPage, type RequestAttempt } from "../../data/api.ts";
import type { AttemptFilters } from "../../data/queries.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { RetryIcon } from "../../ui/icons.ts";
import { toast } from "../../ui/Toasts.tsx";
import type { createRetry } from "./retry.ts";

/** Attempts read to find what to retry; a bigger outage is retried in parts. */
const READ_MAX = 1_000;

interface RetryByFilterProps {
  readonly application: string;
  readonly filters: AttemptFilters;
  readonly retry: ReturnType<typeof createRetry>;
}

/** Counts what the filters match first, then retries it: one attempt for each delivery that has not succeeded since. */
export function RetryByFilter(props: RetryByFilterProps) {
  const [isOpen, setOpen] = createSignal(false);

  const count = useMutation(() => ({
    mutationFn: async () => {
      const attempts = await readAll(props.application, props.filters);
      return { ids: undelivered(attempts), isPartial: attempts.length >= READ_MAX };
    },
  }));
  const retry = useMutation(() => ({
    mutationFn: (ids: readonly string[]) => props.retry.retryAll(ids),
    onSuccess: (accepted, ids) => {
      setOpen(false);
      toast(`${accepted} of ${ids.length} deliveries queued.`);
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
        <RetryIcon size={14} /> Retry failed…
      </Button>
      <Dialog title="Retry failed deliveries" open={isOpen()} onClose={() => setOpen(false)}>
        <div class="flex flex-col gap-4">
          <FormFailure error={count.error ?? retry.error} />
          <Show
            when={count.data}
            fallback={
              <Show when={count.isPending}>
                <p class="text-ink-2">Counting…</p>
              </Show>
            }
          >
            {(found) => (
              <>
                <p>
                  <strong class="tabular text-2xl font-semibold">{found().ids.length}</strong>{" "}
                  {found().ids.length === 1 ? "delivery has" : "deliveries have"} failed within the filters of
                  this page and not succeeded since.
                </p>
                <p class="text-sm text-ink-2">
                  Each is sent once more now; one that waits for its next try is brought forward.
                  <Show when={found().isPartial}> Only the newest {READ_MAX} attempts were looked at.</Show>
                </p>
                <div class="flex justify-end gap-2">
                  <Button onClick={() => setOpen(false)}>Cancel</Button>
                  <Button
                    look="primary"
                    busy={retry.isPending}
                    disabled={found().ids.length === 0}
                    onClick={() => retry.mutate(found().ids)}
                  >
                    Retry {found().ids.length}
                  </Button>
                </div>
              </>
            )}
          </Show>
        </div>
      </Dialog>
    </>
  );
}

/** The attempts within the filters, finished or not, newest first. */
async function readAll(application_id: string, filters: AttemptFilters): Promise<RequestAttempt[]> {
  const { status: _status, pagination_cursor: _cursor, ...rest } = filters;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const attempts: RequestAttempt[] = [];
  let cursor: string | null = null;
  do {
    const page: { rows: RequestAttempt[]; next: string | null } = await readPage(
      await api.request_attempts.$get({
        query: { application_id, ...given, ...(cursor !== null && { pagination_cursor: cursor }) },
      }),
    );
    attempts.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null && attempts.length < READ_MAX);
  return attempts;
}

/** The newest failed attempt of each delivery that has none delivered after it. */
function undelivered(newestFirst: readonly RequestAttempt[]): string[] {
  const judged = new Map<string, string | null>();
  for (const attempt of newestFirst) {
    const delivery = `${attempt.event_id} ${attempt.subscription.subscription_id}`;
    if (judged.has(delivery)) continue;
    if (attempt.status.type === "successful") judged.set(delivery, null);
    if (attempt.status.type === "failed") judged.set(delivery, attempt.request_attempt_id);
  }
  return [...judged.values()].filter((id) => id !== null);
}
