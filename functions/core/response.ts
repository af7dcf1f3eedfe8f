import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { Problem } from "#core/problem.ts";

export const Response = v.object({
  response_id: v.string(),
  response_error_name: v.nullable(v.string()),
  http_code: v.nullable(v.number()),
  headers: v.nullable(v.record(v.string(), v.string())),
  /** The text when it is UTF-8, else base64. `body_encoding` says which; Hook0 does not. */
  body: v.nullable(v.string()),
  body_encoding: v.nullable(v.picklist(["utf-8", "base64"])),
  elapsed_time_ms: v.nullable(v.number()),
});
export type Response = v.InferOutput<typeof Response>;

/** What an endpoint answered to one attempt. Throws NotFound. */
export async function get(ctx: Context, applicationId: string, responseId: string): Promise<Response> {
  const row = await ctx.db
    .selectFrom("request_attempt")
    .where("application_id", "=", applicationId)
    .where("request_attempt_id", "=", responseId)
    .where("response_elapsed_ms", "is not", null)
    .select([
      "request_attempt_id as response_id",
      "response_error_name",
      "response_status as http_code",
      "response_headers as headers",
      "response_body",
      "response_elapsed_ms as elapsed_time_ms",
    ])
    .executeTakeFirst();
  if (!row) throw new Problem("NotFound");
  const { response_body, ...response } = row;
  return { ...response, ...presentBody(response_body) };
}

function presentBody(body: Buffer | null): Pick<Response, "body" | "body_encoding"> {
  if (body === null) return { body: null, body_encoding: null };
  try {
    // As a stream: the cut at 64 KiB may have split the last character.
    const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { body: utf8.decode(body, { stream: true }), body_encoding: "utf-8" };
  } catch {
    return { body: body.toString("base64"), body_encoding: "base64" };
  }
}
