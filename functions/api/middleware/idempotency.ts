import type { Context, Next } from "hono";
import * as Idempotency from "#core/idempotency.ts";
import { Problem } from "#core/problem.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";

const HEADER = "Idempotency-Key";
const validKey = /^[\x21-\x7e]{1,255}$/;

/** Whether the request is to be carried out once only, however often it comes. */
export const isIdempotent = (c: Context): boolean =>
  c.req.method === "POST" && c.req.header(HEADER) !== undefined;

/**
 * Goes on to the route, unless the same credential has sent the same request with the same key in the last 24 hours and
 * it succeeded: then answers as then, if `requireTold` does not throw. A refused request has made nothing and may come
 * again, also corrected. Call it once the request is authorized: who has lost a right gets no old answer either.
 */
export async function runOnce(
  { ctx, log }: Pick<ApiDeps, "ctx" | "log">,
  c: Context<ApiEnv>,
  next: Next,
  requireTold: (kept: Idempotency.KeptAnswer) => void = () => {},
): Promise<void> {
  if (!isIdempotent(c)) return next();
  const key = c.req.header(HEADER) ?? "";
  if (!validKey.test(key)) throw malformedKey();
  const { pathname, search } = new URL(c.req.url);
  const taken = await Idempotency.begin(ctx, {
    bearer: c.req.header("authorization") ?? "",
    route: `${c.req.method} ${pathname}${search}`,
    key,
    body: await c.req.text(),
  });
  if (!("keep" in taken)) {
    requireTold(taken);
    c.res = new Response(taken.body === "" ? null : taken.body, {
      status: taken.status,
      headers: {
        ...(taken.contentType && { "content-type": taken.contentType }),
        "idempotency-replayed": "true",
      },
    });
    return;
  }
  await next();
  // What was done is done: a key that could not be kept must not make it look as if it had failed.
  await settle(taken, c.res).catch((error: unknown) => log.error({ error }, "an answer was not kept"));
}

async function settle(turn: Idempotency.Turn, response: Response): Promise<void> {
  if (!response.ok) return turn.giveUp();
  await turn.keep({
    status: response.status,
    contentType: response.headers.get("content-type"),
    body: await response.clone().text(),
  });
}

function malformedKey(): Problem {
  const message = "must be 1 to 255 visible ASCII characters";
  return new Problem("Validation", `${HEADER}: ${message}`, {
    [HEADER]: [{ code: "regex", message, params: {} }],
  });
}
