import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { Credential } from "#core/auth/caller.ts";
import { Problem } from "#core/problem.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";

/**
 * Throws RateLimited, with when to come back, when the client's address or the bearer has made too many requests. The
 * master key is exempt, as an operator's tool (Hook0 6.2).
 */
export async function requirePermit(
  { rateLimiter }: Pick<ApiDeps, "rateLimiter">,
  c: Context<ApiEnv>,
  credential: Credential | null,
): Promise<void> {
  if (!rateLimiter || credential?.kind === "master") return;
  const token = credential && bucketOf(credential);
  const waits = [
    await rateLimiter.retryAfterSeconds("address", c.env.clientIp),
    token ? await rateLimiter.retryAfterSeconds("token", token) : null,
  ];
  const seconds = Math.max(...waits.map((wait) => wait ?? 0));
  if (seconds === 0) return;
  const whole = String(Math.ceil(seconds));
  c.header("retry-after", whole);
  c.header("x-ratelimit-after", whole);
  throw new Problem("RateLimited", `Come back in ${whole} s.`);
}

function bucketOf(credential: Exclude<Credential, { kind: "master" }>): string {
  return credential.kind === "application_secret" ? credential.secret : credential.revocationId;
}

/** For routes without a bearer: bounds what one address can ask, and so how fast it can guess. */
export const anonymous = (deps: ApiDeps) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    await requirePermit(deps, c, null);
    await next();
  });
