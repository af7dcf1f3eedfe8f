import type { Logger } from "pino";
import type { RecordedAttempt } from "#core/delivery/deliver.ts";
import { traceIdOf } from "#core/trace-context.ts";
import type { Metrics } from "#functions/metrics.ts";

/** Counts and logs what came of attempts. Of a request only names, times and statuses: nothing that was in it. */
export function createObserver(log: Logger, metrics: Metrics) {
  return (recorded: readonly RecordedAttempt[]): void => {
    for (const { attempt, answer, isDead } of recorded) {
      const outcome = answer === null ? "unsent" : (answer.errorName ?? "delivered");
      metrics.add("Attempts", 1, { outcome });
      if (isDead) metrics.add("DeadLetters", 1);
      if (answer?.status != null) metrics.add("EndpointLatency", answer.elapsedMs);
      const facts = {
        request_attempt_id: attempt.request_attempt_id,
        event_id: attempt.event_id,
        subscription_id: attempt.name.subscription_id,
        trace_id: traceIdOf(attempt.trace ?? null),
        retry_count: attempt.retry_count,
        outcome,
        status: answer?.status ?? null,
        elapsed_ms: answer?.elapsedMs ?? null,
      };
      if (outcome === "delivered") log.debug(facts, "delivered");
      else log.info({ ...facts, is_dead: isDead }, "an attempt failed");
    }
  };
}
