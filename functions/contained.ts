import type { Logger } from "pino";
import { isUnavailable } from "#core/unavailable.ts";
import type { Metrics } from "#functions/metrics.ts";

/** All that a host is told of a failure: Lambda writes every field of an error into the log, and Postgres puts rows there. */
class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
}

/** Runs each invocation so that its failure is in our log, and its metrics are written however it ends. */
export function contained<Input, Output>(
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
  handle: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await handle(input);
    } catch (error) {
      if (isUnavailable(error)) metrics.add("LedgerUnavailable", 1);
      log.error({ error }, "an invocation failed");
      throw new InvocationFailed("an invocation failed: the log says why");
    } finally {
      metrics.publish();
    }
  };
}
