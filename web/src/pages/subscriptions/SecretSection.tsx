import { useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api, type Subscription } from "../../data/api.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";
import { Time } from "../../ui/Time.tsx";
import { toast } from "../../ui/Toasts.tsx";

/** The signing secret, behind a click: a screen that is shared does not give it away. */
export function SecretSection(props: { subscription: Subscription }) {
  const scope = useScope();
  const client = useQueryClient();
  const [isShown, setShown] = createSignal(false);
  const [isRotating, setRotating] = createSignal(false);
  const signs = (form: Subscription["signatures"][number]) => props.subscription.signatures.includes(form);
  const secrets = () => {
    const { secret, standard_secret } = props.subscription;
    const isOne = !(signs("hook0") && signs("standard"));
    return [
      ...(signs("hook0") ? [{ label: isOne ? "" : "Hook0", value: secret }] : []),
      ...(signs("standard") ? [{ label: isOne ? "" : "Standard Webhooks", value: standard_secret }] : []),
    ];
  };
  const rotate = async () => {
    await api.subscriptions[":subscription_id"].rotate_secret.$post({
      param: { subscription_id: props.subscription.subscription_id },
      json: { application_id: scope.app() },
    });
    await client.invalidateQueries({ queryKey: ["subscription"] });
    setShown(true);
    toast("Secret rotated. Give the receiver the new one.");
  };
  return (
    <Section
      title="Signing secret"
      aside={
        <span class="flex" hidden={secrets().length === 0}>
          <Button look="quiet" class="min-h-8 px-2" onClick={() => setRotating(true)}>
            Rotate…
          </Button>
          <Button
            look="quiet"
            class="min-h-8 px-2"
            aria-pressed={isShown()}
            onClick={() => setShown(!isShown())}
          >
            {isShown() ? "Hide" : "Show"}
          </Button>
        </span>
      }
    >
      <div class="flex flex-col gap-3">
        <For each={secrets()}>
          {({ label, value }) => (
            <div>
              <Show when={label}>
                <p class="text-sm text-ink-3">{label}</p>
              </Show>
              <Show
                when={isShown()}
                fallback={<code class="text-xs">••••••••-••••-••••-••••-••••••••••••</code>}
              >
                <Id value={value} full what="secret" />
              </Show>
            </div>
          )}
        </For>
      </div>
      <Show when={signs("standard_ed25519")}>
        <p class="mt-2 text-sm">
          <a
            class="text-accent-ink underline"
            href={`/api/v1/applications/${scope.app()}/jwks.json`}
            rel="external"
          >
            Public key of the application
          </a>{" "}
          <span class="text-ink-3">for v1a signatures</span>
        </p>
      </Show>
      <p class="mt-2 text-sm text-ink-3">
        <Show when={secrets().length > 0}>
          The receiver checks the signature of every delivery with{" "}
          {secrets().length > 1 ? "one of them" : "it"}.
        </Show>
        <Show when={props.subscription.previous_secrets_until}>
          {(until) => (
            <>
              {" "}
              The secret before it signs too: it ends <Time at={until()} />.
            </>
          )}
        </Show>
      </p>
      <ConfirmDialog
        title="Rotate the signing secret?"
        consequence="For a day, deliveries carry a signature of the present secret and one of a new secret, so that the receiver can change over without losing any. After that, the new one alone signs."
        action="Rotate"
        open={isRotating()}
        onClose={() => setRotating(false)}
        onConfirm={rotate}
      />
    </Section>
  );
}
