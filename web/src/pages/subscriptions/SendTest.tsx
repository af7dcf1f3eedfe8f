import { fits } from "#core/event-type-pattern.ts";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { api, type Subscription } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { SendIcon } from "../../ui/icons.ts";
import { toast, toastError } from "../../ui/Toasts.tsx";

/** A real event of a type and with the labels that this subscription wants. */
export function SendTest(props: { subscription: Subscription; onSent: () => void }) {
  const scope = useScope();
  const client = useQueryClient();
  const send = useMutation(() => ({
    mutationFn: async () => {
      const known = await client.fetchQuery(queries.eventTypes(scope.app()));
      const chosen = known
        .map((type) => type.event_type_name)
        .find((name) => props.subscription.event_types.some((selector) => fits(selector, name)));
      if (chosen === undefined)
        throw new Error("This application has no event type that the subscription wants.");
      await api.event.$post({
        json: {
          application_id: scope.app(),
          event_type: chosen,
          payload: JSON.stringify({ test: true, sent_by: "the Columba dashboard" }),
          payload_content_type: "application/json",
          occurred_at: new Date().toISOString(),
          labels: props.subscription.labels,
        },
      });
      toast("Test event sent. Every subscription with these labels gets it.");
      await client.invalidateQueries({ queryKey: ["attempts"] });
      props.onSent();
    },
    onError: toastError,
  }));
  return (
    <Button look="primary" busy={send.isPending} onClick={() => send.mutate()}>
      <SendIcon size={14} /> Send a test
    </Button>
  );
}
