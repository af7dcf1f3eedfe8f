/** What the ledger knows of an event's attempts to a subscription: the one under way, or else the latest. */
export interface DeliveryState {
  readonly attempts: number;
  readonly retry_count: number | null;
  readonly due_at: Date | null;
  readonly succeeded_at: Date | null;
  readonly failed_at: Date | null;
  readonly dead_at: Date | null;
  /** Whether a delivery function has it. */
  readonly is_held: boolean | null;
  readonly response_status: number | null;
  readonly response_error_name: string | null;
  readonly response_elapsed_ms: number | null;
  readonly paused_until: Date | null;
  readonly pause_reason: "slowed" | "broken" | null;
}

interface Judgement {
  readonly outcome: "delivered" | "in_progress" | "waiting" | "dead";
  readonly words: string;
}

/** How far a delivery is, in words; null when nothing was ever attempted. */
export function judgeDelivery(state: DeliveryState, now: Date): Judgement | null {
  if (state.retry_count === null || state.due_at === null) return null;
  const attempt = `attempt ${state.retry_count + 1}`;
  if (state.succeeded_at) {
    const took = `the endpoint answered ${state.response_status} in ${state.response_elapsed_ms} ms`;
    return {
      outcome: "delivered",
      words: `Delivered on ${state.succeeded_at.toISOString()} at ${attempt}: ${took}.`,
    };
  }
  if (state.failed_at) return { outcome: "dead", words: deathWords(state, attempt) };
  if (state.is_held) return { outcome: "in_progress", words: `Being sent at this moment: ${attempt}.` };
  return { outcome: "waiting", words: waitWords(state, attempt, state.due_at, now) };
}

function deathWords(state: DeliveryState, attempt: string): string {
  if (state.response_elapsed_ms === null)
    return `Given up without being sent: the subscription or its application was disabled or deleted before ${attempt}.`;
  const end = state.dead_at ? "It is a dead letter: retry it to send it again." : "It was sent again since.";
  return `Given up on ${state.failed_at?.toISOString()} after ${attempt}: ${failureWords(state)}. ${end}`;
}

function waitWords(
  { paused_until, pause_reason }: DeliveryState,
  attempt: string,
  dueAt: Date,
  now: Date,
): string {
  const isPaused = paused_until !== null && paused_until > now;
  if (isPaused) {
    const why = pause_reason === "slowed" ? "it said that it is overloaded" : "it did nothing but fail";
    return `Waiting: the endpoint is paused until ${paused_until.toISOString()} because ${why}. Next is ${attempt}.`;
  }
  const due = dueAt > now ? `is due on ${dueAt.toISOString()}` : "is due now";
  return `Waiting: ${attempt} ${due}.`;
}

function failureWords({ response_status: status, response_error_name: error }: DeliveryState): string {
  if (status !== null) return `the endpoint answered ${status}`;
  return failures[error ?? ""] ?? `it failed with ${error}`;
}

const failures: Readonly<Record<string, string>> = {
  E_TIMEOUT: "the endpoint did not answer in time",
  E_DNS: "the endpoint's host name could not be resolved",
  E_CONNECTION: "no connection to the endpoint could be made or kept",
  E_INVALID_TARGET: "the endpoint's address is one that Columba does not call",
  E_INVALID_HEADER: "one of the subscription's headers cannot be sent",
};
