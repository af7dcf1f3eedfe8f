import { createUniqueId, For, Show } from "solid-js";
import type { Subscription } from "../../data/api.ts";
import { CheckField } from "../../ui/Field.tsx";

type Form = Subscription["signatures"][number];

/** The ways to sign, what they send, and what the receiver checks them with. */
export const signatureForms: readonly {
  readonly form: Form;
  readonly name: string;
  readonly headers: string;
  readonly meaning: string;
}[] = [
  {
    form: "hook0",
    name: "Hook0",
    headers: "X-Hook0-Signature",
    meaning: "An HMAC with this subscription's secret. Hook0's clients check it.",
  },
  {
    form: "standard",
    name: "Standard Webhooks, by secret (v1)",
    headers: "webhook-id, webhook-timestamp, webhook-signature: v1,…",
    meaning: "An HMAC with this subscription's whsec_ secret. The libraries of Standard Webhooks check it.",
  },
  {
    form: "standard_ed25519",
    name: "Standard Webhooks, by public key (v1a)",
    headers: "webhook-id, webhook-timestamp, webhook-signature: v1a,…",
    meaning: "An Ed25519 signature, checked with the application's public key: no secret to hand over.",
  },
];

/** How requests are signed; more than one at once lets a receiver change over. */
export function SignatureFields(props: {
  signatures: Subscription["signatures"];
  error: string | undefined;
}) {
  const id = createUniqueId();
  return (
    <fieldset class="flex flex-col gap-2" aria-describedby={props.error ? `${id}-error` : undefined}>
      <legend class="mb-1 text-sm font-medium">Signatures</legend>
      <For each={signatureForms}>
        {({ form, name, headers, meaning }) => (
          <CheckField name="signatures" value={form} checked={props.signatures.includes(form)} label={name}>
            <p>{meaning}</p>
            <code class="break-words">{headers}</code>
          </CheckField>
        )}
      </For>
      <Show when={props.error}>
        <p id={`${id}-error`} class="text-xs font-medium text-bad">
          {props.error}
        </p>
      </Show>
    </fieldset>
  );
}
