import { useMutation, useQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { hasInspector } from "../../data/local.ts";
import { queries } from "../../data/queries.ts";
import { diagnose } from "../../lib/diagnosis.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { SendIcon } from "../../ui/icons.ts";
import { Status } from "../../ui/Status.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
import { toastError } from "../../ui/Toasts.tsx";

/** What the wizard's subscription wants and its event carries. */
const LABELS = { environment: "welcome" };
const POLL_MS = 500;

export function EventTypeStep(props: { application: string; onDone: (name: string) => void }) {
  const create = async (value: (name: string) => string) => {
    const response = await api.event_types.$post({
      json: {
        application_id: props.application,
        service: value("service").trim(),
        resource_type: value("resource_type").trim(),
        verb: value("verb").trim(),
      },
    });
    props.onDone((await response.json()).event_type_name);
  };
  return (
    <SubmitForm stretch action="Continue" onSubmit={create}>
      {(field) => (
        <div class="grid gap-3 sm:grid-cols-3">
          <TextField label="Service" {...field("service")} value="shop" required maxlength="50" />
          <TextField label="Resource" {...field("resource_type")} value="order" required maxlength="50" />
          <TextField label="Verb" {...field("verb")} value="paid" required maxlength="50" />
        </div>
      )}
    </SubmitForm>
  );
}

export function SubscriptionStep(props: { application: string; type: string; onDone: () => void }) {
  const inspector = useQuery(hasInspector);
  const suggested = () => (inspector.isSuccess && inspector.data ? `${location.origin}/inspector` : "");
  const create = async (value: (name: string) => string) => {
    await api.subscriptions.$post({
      json: {
        application_id: props.application,
        is_enabled: true,
        event_types: [props.type],
        description: "My first subscription",
        labels: LABELS,
        target: { type: "http", method: "POST", url: value("url"), headers: {} },
      },
    });
    props.onDone();
  };
  return (
    <SubmitForm stretch action="Continue" onSubmit={create}>
      {(field) => (
        <TextField
          label="Endpoint"
          {...field("url", "target.url")}
          type="url"
          required
          value={suggested()}
          placeholder="https://example.com/webhooks"
          hint={suggested() ? "This stack's own inspector: it shows what it gets." : "It must answer 2xx."}
        />
      )}
    </SubmitForm>
  );
}

export function SendStep(props: { organization: string; application: string; type: string }) {
  const [event, setEvent] = createSignal<string>();
  const send = useMutation(() => ({
    mutationFn: async () => {
      const response = await api.event.$post({
        json: {
          application_id: props.application,
          event_type: props.type,
          payload: JSON.stringify({ hello: "world" }),
          payload_content_type: "application/json",
          occurred_at: new Date().toISOString(),
          labels: LABELS,
        },
      });
      setEvent((await response.json()).event_id);
    },
    onError: toastError,
  }));
  const attempts = useQuery(() => ({
    ...queries.attempts(props.application, { event_id: event() }),
    enabled: event() !== undefined,
    refetchInterval: POLL_MS,
  }));
  const attempt = () => (event() && attempts.isSuccess ? attempts.data.rows[0] : undefined);
  const isDelivered = () => attempt()?.status.type === "successful";
  const home = () => `/o/${props.organization}/a/${props.application}`;
  return (
    <div class="flex flex-col gap-4">
      <Show when={!isDelivered()}>
        <Button look="primary" busy={send.isPending} onClick={() => send.mutate()}>
          <SendIcon size={14} /> {event() ? "Send another" : "Send the event"}
        </Button>
      </Show>
      <div role="status" class="flex flex-col gap-4">
        <Show when={attempt()}>
          {(one) => (
            <>
              <div class="flex flex-wrap items-center gap-3 rounded-md bg-sunken px-4 py-3">
                <Status type={one().status.type} />
                <span class="text-sm">{diagnose(one(), undefined)}</span>
              </div>
              <Show when={isDelivered()}>
                <div class="flex flex-wrap gap-2">
                  <LinkButton look="primary" href={home()}>
                    To your application
                  </LinkButton>
                  <LinkButton href={`${home()}/attempts/${one().request_attempt_id}`}>
                    See what was sent
                  </LinkButton>
                </div>
              </Show>
            </>
          )}
        </Show>
      </div>
    </div>
  );
}
