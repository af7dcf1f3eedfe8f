import { formText } from "../../lib/form.ts";
import { parseLines } from "../../lib/labels.ts";
import { statuses } from "./replay-words.ts";

/** What the form of a replay says. Times are the browser's zone's. Throws when the labels cannot be read. */
export function readReplay(form: FormData, application_id: string) {
  const text = (name: string) => formText(form, name);
  const event_type_names = form.getAll("event_types").map(String);
  const instant = (name: string) => new Date(text(name)).toISOString();
  return {
    application_id,
    attempts_per_second: Number(text("attempts_per_second")),
    filter: {
      status: statuses.find(([value]) => value === text("status"))?.[0] ?? "failed",
      ...(event_type_names.length > 0 && { event_type_names }),
      ...(text("subscription_id") && { subscription_id: text("subscription_id") }),
      ...(text("labels") && { labels: parseLines(text("labels")) }),
      ...(text("min_received_at") && { min_received_at: instant("min_received_at") }),
      ...(text("max_received_at") && { max_received_at: instant("max_received_at") }),
    },
  };
}
