import { createSignal } from "solid-js";
import { Button } from "./Button.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { Section } from "./Facts.tsx";

interface DeleteSectionProps {
  /** What kind of thing it is: `application`. */
  readonly what: string;
  /** Its own name, to be typed first. */
  readonly name: string;
  /** What one should know before one asks. */
  readonly lead: string;
  /** What will happen. */
  readonly consequence: string;
  readonly onDelete: () => Promise<unknown>;
}

/** The end of a settings page: deletes what it is about, after its name is typed. */
export function DeleteSection(props: DeleteSectionProps) {
  const [isAsking, setAsking] = createSignal(false);
  return (
    <Section title="Delete">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <p class="text-sm text-ink-2">{props.lead}</p>
        <Button look="danger" onClick={() => setAsking(true)}>
          Delete this {props.what}…
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete this ${props.what}?`}
        consequence={`${props.consequence} This cannot be undone.`}
        name={props.name}
        action="Delete"
        open={isAsking()}
        onClose={() => setAsking(false)}
        onConfirm={props.onDelete}
      />
    </Section>
  );
}
