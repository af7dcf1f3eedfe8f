import type { Context, Next } from "hono";
import * as Application from "#core/application.ts";
import { authorize, factsReadBy, resolveCaller, type Credential } from "#core/auth/caller.ts";
import { Problem } from "#core/problem.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import { applicationOf, createDenials } from "#functions/api/event-denials.ts";
import { isIdempotent, runOnce } from "#functions/api/middleware/idempotency.ts";

type Deps = Pick<ApiDeps, "ctx" | "keyring" | "log">;

/**
 * Goes on to a route that sends events, once for each `Idempotency-Key`. The statement that stores events judges the
 * bearer by the ledger; a kept answer comes without it, so with a key the events are judged before. Of events that the
 * bearer may not send now, it is told nothing but the refusals that it was told already. Throws AuthInvalidBiscuit, or
 * Forbidden when it may send none, or may no longer send one that a kept answer tells of.
 */
export async function ingestOnce(
  deps: Deps,
  c: Context<ApiEnv>,
  next: Next,
  readEvents: () => Promise<readonly unknown[]>,
): Promise<void> {
  if (!isIdempotent(c)) return next();
  const events = await readEvents();
  const denied = await deniedOf(deps, c.var.credential, events, c.env.clientIp);
  if (events.length > 0 && denied.length === events.length) throw new Problem("Forbidden");
  await runOnce(deps, c, next, (kept) => {
    if (denied.length === 0) return;
    const results = JSON.parse(kept.body) as readonly { readonly status: number }[];
    if (denied.some((place) => results[place]?.status !== 403)) throw new Problem("Forbidden");
  });
}

/** The places of the events that the bearer may not send, by itself or by what the ledger says of it now. */
async function deniedOf(
  { ctx, keyring }: Deps,
  credential: Credential,
  events: readonly unknown[],
  sourceAddress: string,
): Promise<number[]> {
  const caller = await resolveCaller(ctx, credential);
  const applicationIds = events.flatMap((event) => applicationOf(event) ?? []);
  const organizations = await Application.organizationsOf(ctx, applicationIds);
  const denialOf = createDenials({
    isLimited: factsReadBy(caller).length > 0,
    sourceAddress,
    requireAllowed(event) {
      const organizationId = organizations.get(event.applicationId);
      if (organizationId === undefined) throw new Problem("Forbidden");
      authorize(keyring, caller, { ...event, action: "event:ingest", organizationId }, ctx.now());
    },
  });
  return events.flatMap((event, place) => {
    const applicationId = applicationOf(event);
    return applicationId && denialOf(Object(event), applicationId) ? [place] : [];
  });
}
