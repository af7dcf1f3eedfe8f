import * as v from "valibot";
import { Instant, Uuid } from "#core/schema.ts";

/** The last row of a page, as base64url of `{"date","id"}` (Hook0 1.4). */
export const Cursor = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, "base64url").toString()),
  v.parseJson({}, "must be a cursor from a Link header"),
  v.object({ date: Instant, id: Uuid }),
);
export type Cursor = v.InferOutput<typeof Cursor>;

export function encodeCursor({ date, id }: Cursor): string {
  const text = Buffer.from(JSON.stringify({ date: date.toISOString(), id })).toString("base64");
  return text.replaceAll("+", "-").replaceAll("/", "_");
}
