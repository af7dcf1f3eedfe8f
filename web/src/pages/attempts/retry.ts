import { useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { api } from "../../data/api.ts";
import { toast, toastError } from "../../ui/Toasts.tsx";

/** Retries deliveries; a row is shown as queued at once, and as it was again when the API refuses. */
export function createRetry(application: () => string) {
  const client = useQueryClient();
  const [queued, setQueued] = createSignal<ReadonlySet<string>>(new Set());
  const mark = (id: string, isQueued: boolean) =>
    setQueued((ids) => new Set(isQueued ? [...ids, id] : [...ids].filter((one) => one !== id)));

  const post = (request_attempt_id: string) =>
    api.request_attempts[":request_attempt_id"].retry.$post({
      param: { request_attempt_id },
      json: { application_id: application() },
    });
  const refresh = () =>
    Promise.all(["attempts", "attempt"].map((key) => client.invalidateQueries({ queryKey: [key] })));

  return {
    isQueued: (id: string) => queued().has(id),
    forget: () => setQueued(new Set<string>()),
    async retry(id: string): Promise<void> {
      if (queued().has(id)) return;
      mark(id, true);
      try {
        await post(id);
        toast("Queued: it is sent again now.");
        await refresh();
      } catch (error) {
        mark(id, false);
        toastError(error);
      }
    },
    /** Retries many, a few at a time. Returns how many were accepted. */
    async retryAll(ids: readonly string[]): Promise<number> {
      let accepted = 0;
      const waiting = [...ids];
      const work = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const isAccepted = await post(id).then(
            () => true,
            () => false,
          );
          if (isAccepted) mark(id, true);
          if (isAccepted) accepted++;
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, work));
      await refresh();
      return accepted;
    },
  };
}

const PARALLEL = 6;
