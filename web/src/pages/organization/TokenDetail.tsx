import { useNavigate, useParams } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { allowedRoles, type Action } from "#core/auth/action.ts";
import type { TokenLimits } from "#core/auth/token-limits.ts";
import { parseLabels } from "../../lib/labels.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Section } from "../../ui/Facts.tsx";
import { Failure, FormFailure } from "../../ui/Failure.tsx";
import { Field, TextField } from "../../ui/Field.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RenameForm } from "../../ui/RenameForm.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";
import { formText } from "../../lib/form.ts";
import { toast } from "../../ui/Toasts.tsx";

interface Token {
  readonly token_id: string;
  readonly name: string;
  readonly biscuit: string;
  readonly created_at: string;
}

export default function TokenDetail() {
  const scope = useScope();
  const params = useParams<{ token: string }>();
  const query = useQuery(() => queries.serviceTokens(scope.org()));
  return (
    <QueryView heading="Service token" query={query} skeleton={<BlockSkeleton class="h-96" />}>
      {(tokens) => (
        <Show
          when={tokens().find((one) => one.token_id === params.token)}
          fallback={
            <>
              <h1 class="text-xl font-semibold tracking-tight">Service token</h1>
              <Failure error={new Error("There is no such token, or it has been revoked.")} />
            </>
          }
        >
          {(token) => <Detail token={token()} />}
        </Show>
      )}
    </QueryView>
  );
}

function Detail(props: { token: Token }) {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isRevoking, setRevoking] = createSignal(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["service_tokens"] });
  const rename = async (name: string) => {
    await api.service_token[":service_token_id"].$put({
      param: { service_token_id: props.token.token_id },
      json: { organization_id: scope.org(), name },
    });
    await refresh();
    toast("Renamed.");
  };
  const revoke = async () => {
    await api.service_token[":service_token_id"].$delete({
      param: { service_token_id: props.token.token_id },
      query: { organization_id: scope.org() },
    });
    navigate(scope.orgPath("/tokens"));
    await refresh();
    toast("Token revoked, with every copy of it.");
  };
  return (
    <>
      <PageHeader
        title={props.token.name}
        back={{ href: scope.orgPath("/tokens"), label: "Service tokens" }}
        description={
          <>
            Created <Time at={props.token.created_at} />
          </>
        }
        actions={
          <Button look="danger" onClick={() => setRevoking(true)}>
            Revoke…
          </Button>
        }
      />
      <div class="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Section title="A copy with limits">
          <Attenuate token={props.token} />
        </Section>
        <div class="flex flex-col gap-4">
          <Section title="The whole token">
            <p class="mb-3 text-sm text-ink-2">
              It may do everything in this organization. Prefer a limited copy.
            </p>
            <CopyButton
              text={props.token.biscuit}
              label="Copy the whole token"
              class="inline-flex min-h-9 items-center gap-2 rounded-md border border-line-strong px-3 text-sm hover:bg-sunken"
            >
              Copy
            </CopyButton>
          </Section>
          <Section title="Name">
            <RenameForm name={props.token.name} onSave={rename} />
          </Section>
        </div>
      </div>
      <ConfirmDialog
        title="Revoke this token?"
        consequence="It and every limited copy of it are refused from the next request on. This cannot be undone."
        name={props.token.name}
        action="Revoke"
        open={isRevoking()}
        onClose={() => setRevoking(false)}
        onConfirm={revoke}
      />
    </>
  );
}

function Attenuate(props: { token: Token }) {
  const scope = useScope();
  const applications = useQuery(() => queries.applications(scope.org()));
  const instance = useQuery(queries.instance);

  const make = useMutation(() => ({
    mutationFn: async (form: HTMLFormElement) => {
      const { attenuate } = await import("./attenuation.ts");
      const key = instance.isSuccess ? instance.data.biscuit_public_key : "";
      return attenuate(props.token.biscuit, key, readLimits(new FormData(form)));
    },
  }));

  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(event.currentTarget);
      }}
      onInput={() => make.reset()}
    >
      <Field label="Only in">
        {(control) => (
          <select {...control} name="application" class="field">
            <option value="">The whole organization</option>
            <For each={applications.isSuccess ? applications.data : []}>
              {(one) => <option value={one.application_id}>{one.name}</option>}
            </For>
          </select>
        )}
      </Field>
      <Field label="May">
        {(control) => (
          <select {...control} name="may" class="field">
            <option value="everything">Do everything</option>
            <option value="read">Only read</option>
            <option value="send">Only send events</option>
          </select>
        )}
      </Field>
      <TextField label="Only what carries the labels" name="labels" placeholder="customer=42" />
      <TextField label="Only event types" name="event_types" placeholder="order.*.paid, user.**" />
      <TextField label="Only from networks" name="networks" placeholder="203.0.113.0/24" />
      <TextField
        label="Until"
        name="expires"
        type="datetime-local"
        hint="Your local time. Empty: until it is revoked."
      />
      <FormFailure error={make.error} />
      <div>
        <Button type="submit" look="primary" busy={make.isPending} disabled={!instance.isSuccess}>
          Make a limited copy
        </Button>
      </div>
      <div role="status">
        <Show when={make.data}>
          {(token) => (
            <div class="flex items-start gap-2 rounded-md bg-sunken p-3">
              <code class="line-clamp-4 flex-1 text-xs break-all">{token()}</code>
              <CopyButton text={token()} label="Copy the limited token" />
            </div>
          )}
        </Show>
      </div>
    </form>
  );
}

/** What a viewer may do in an organization. */
const READS = (Object.keys(allowedRoles) as Action[]).filter(
  (action) => allowedRoles[action].includes("viewer") && /:(list|get|health|application)$/.test(action),
);

/** Throws with what is not key=value. */
function readLimits(form: FormData): TokenLimits {
  const application = formText(form, "application");
  const expires = formText(form, "expires");
  const labels = parseLabels(formText(form, "labels"));
  const eventTypes = words(formText(form, "event_types"));
  const networks = words(formText(form, "networks"));
  const may = form.get("may");
  return {
    ...(may === "read" && { actions: READS }),
    ...(may === "send" && { actions: ["event:ingest"] }),
    ...(application && { applicationIds: [application] }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(eventTypes.length > 0 && { eventTypes }),
    ...(networks.length > 0 && { sourceNetworks: networks }),
    ...(expires && { expiresAt: new Date(expires) }),
  };
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);
