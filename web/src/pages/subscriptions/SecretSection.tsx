import { createSignal, Show } from "solid-js";
import { Button } from "../../ui/Button.tsx";
import { Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";

/** The signing secret, behind a click: a screen that is shared does not give it away. */
export function SecretSection(props: { secret: string }) {
  const [isShown, setShown] = createSignal(false);
  return (
    <Section
      title="Signing secret"
      aside={
        <Button look="quiet" class="min-h-8" aria-pressed={isShown()} onClick={() => setShown(!isShown())}>
          {isShown() ? "Hide" : "Show"}
        </Button>
      }
    >
      <Show when={isShown()} fallback={<code class="text-xs">••••••••-••••-••••-••••-••••••••••••</code>}>
        <Id value={props.secret} full what="secret" />
      </Show>
      <p class="mt-2 text-sm text-ink-3">The receiver checks the signature of every delivery with it.</p>
    </Section>
  );
}
