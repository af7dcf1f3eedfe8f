import { now } from "../lib/clock.ts";
import { formatInstant, formatRelative } from "../lib/duration.ts";

/** An instant as seen from now; in full, local and UTC, when pointed at. */
export function Time(props: { at: string; class?: string }) {
  const date = () => new Date(props.at);
  return (
    <time
      datetime={props.at}
      title={formatInstant(date())}
      class={`tabular ${props.class ?? "whitespace-nowrap"}`}
    >
      {formatRelative(date().getTime(), now())}
    </time>
  );
}
