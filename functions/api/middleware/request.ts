import type { Context } from "hono";
import * as v from "valibot";
import { Problem } from "#core/problem.ts";
import { Uuid } from "#core/schema.ts";

/** The JSON body before validation. Throws JsonPayload when it is not an object. */
export async function readBody(c: Context): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => null);
  if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  throw new Problem("JsonPayload", "body: must be a JSON object");
}

/** A UUID in lower case, or null. */
export function parseId(value: unknown): string | null {
  const parsed = v.safeParse(Uuid, value);
  return parsed.success ? parsed.output : null;
}
