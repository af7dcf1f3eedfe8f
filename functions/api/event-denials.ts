import type { IngestFacts } from "#core/auth/caller.ts";
import { Problem } from "#core/problem.ts";
import { parseId } from "#functions/api/middleware/request.ts";
import { eventFacts } from "#functions/api/middleware/subject-facts.ts";

interface Judgement {
  /** Whether more counts than the application: else each application is asked about once. */
  readonly isLimited: boolean;
  readonly sourceAddress: string;
  /** Throws the problem of who may not send this. */
  readonly requireAllowed: (event: IngestFacts) => void;
}

/** The application that an event says it is of; null when it says none. */
export function applicationOf(event: unknown): string | null {
  const hasId = typeof event === "object" && event !== null && "application_id" in event;
  return hasId ? parseId(event.application_id) : null;
}

/** Tells why an event of an application may not be sent, or null. */
export function createDenials({ isLimited, sourceAddress, requireAllowed }: Judgement) {
  const verdicts = new Map<string, Problem | null>();
  return (event: object, applicationId: string): Problem | null => {
    let verdict = verdicts.get(applicationId);
    if (verdict === undefined || isLimited) {
      const facts = { ...(isLimited && eventFacts(event)), applicationId, sourceAddress };
      verdict = problemOf(() => requireAllowed(facts));
      verdicts.set(applicationId, verdict);
    }
    return verdict;
  };
}

function problemOf(check: () => void): Problem | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
