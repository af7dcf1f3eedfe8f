import type { Context } from "hono";
import * as v from "valibot";
import { authorizeIngest, factsReadBy, type Credential, type Keyring } from "#core/auth/caller.ts";
import { EventPost, IngestedEvent, type Ingested, type IngestItem } from "#core/ingest.ts";
import type { Ingestor } from "#core/ingestor.ts";
import { Problem, type ProblemDocument } from "#core/problem.ts";
import { noticeOf, noticeQuota, type QuotaUse } from "#core/quota-notice.ts";
import { enqueue } from "#functions/api/enqueue.ts";
import type { ApiDeps } from "#functions/api/env.ts";
import { applicationOf, createDenials } from "#functions/api/event-denials.ts";
import { bodyProblem } from "#functions/api/middleware/validate.ts";
import { ProblemSchema } from "#functions/api/operation.ts";

const EVENTS_MAX = 1_000;
const ndjson = /^application\/(x-)?ndjson\b/i;

/** What became of one event of a batch, at its place. */
export const EventResult = v.object({
  /** As the answer of `POST /event` would have. */
  status: v.number(),
  event: v.nullable(IngestedEvent),
  problem: v.nullable(ProblemSchema as v.GenericSchema<ProblemDocument>),
  /** JSON pointer (RFC 6901) to the field of the event that the problem is with. */
  pointer: v.nullable(v.string()),
});
export type EventResult = v.InferOutput<typeof EventResult>;

/**
 * The events of the body as they came: a JSON array, or one on each line when the content type is NDJSON. A line that
 * is not JSON is undefined. Throws JsonPayload when there is no array, Validation when there are more than 1 000.
 */
export async function readBatch(c: Context): Promise<readonly unknown[]> {
  const text = await c.req.text();
  const events = ndjson.test(c.req.header("content-type") ?? "")
    ? text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map(parseJson)
    : parseJson(text);
  if (!Array.isArray(events)) throw new Problem("JsonPayload", "body: must be a JSON array, or NDJSON");
  if (events.length <= EVENTS_MAX) return events;
  const message = `must have at most ${EVENTS_MAX} events`;
  throw new Problem("Validation", `body: ${message}`, {
    body: [{ code: "max_length", message, params: {} }],
  });
}

/** Who sent the events, and what the request said beside them. */
export type EventSender = Omit<IngestItem, "event">;

type Deps = Pick<ApiDeps, "ctx" | "keyring" | "queue" | "hints" | "log" | "metrics"> & {
  readonly ingestor: Ingestor;
};

/**
 * Ingests what of a batch is right and answers each event at its place. Throws the refusal when none of it was allowed,
 * or the error when the ledger is away.
 */
export async function ingestBatch(
  deps: Deps,
  sender: EventSender,
  events: readonly unknown[],
): Promise<EventResult[]> {
  const judge = createJudge(deps.keyring, sender.credential, {
    sourceAddress: sender.ip,
    now: deps.ctx.now(),
  });
  const judged = events.map(judge);
  const posts = judged.filter((event): event is EventPost => !(event instanceof Problem));
  const settled = await deps.ingestor.ingestMany(posts.map((event) => ({ event, ...sender })));
  const ingested = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failure = settled.find((one) => one.status === "rejected");
  if (failure && ingested.length === 0) throw failure.reason;

  for (const use of highestUses(ingested)) await noticeQuota(deps.ctx, use);
  let next = 0;
  const outcomes = judged.map((event) => (event instanceof Problem ? event : outcomeOf(settled[next++])));
  if (outcomes.every(isDenial) && outcomes[0]) throw outcomes[0];
  for (const outcome of outcomes) {
    if (outcome instanceof Problem) deps.metrics.add("Refusals", 1, { problem: outcome.id });
    else deps.metrics.add("EventsAccepted", 1);
  }
  await enqueue(
    deps,
    ingested.flatMap(({ deliveries }) => deliveries),
  );
  return outcomes.map(resultOf);
}

/** Tells of each event what may be ingested, or the problem. */
function createJudge(
  keyring: Keyring,
  credential: Credential,
  { sourceAddress, now }: { readonly sourceAddress: string; readonly now: Date },
) {
  const denialOf = createDenials({
    isLimited: factsReadBy(credential).length > 0,
    sourceAddress,
    requireAllowed: (event) => authorizeIngest(keyring, credential, event, now),
  });
  return (sent: unknown): EventPost | Problem => {
    if (typeof sent !== "object" || sent === null) {
      return new Problem("JsonPayload", "body: must be a JSON object");
    }
    const applicationId = applicationOf(sent);
    if (applicationId === null) return new Problem("JsonPayload", "application_id: must be a UUID");
    const denial = denialOf(sent, applicationId);
    if (denial) return denial;
    const parsed = v.safeParse(EventPost, sent);
    return parsed.success ? parsed.output : bodyProblem(parsed.issues);
  };
}

function outcomeOf(settled: PromiseSettledResult<Ingested> | undefined): IngestedEvent | Problem {
  return settled?.status === "fulfilled" ? settled.value.result : new Problem("InternalServerError");
}

/** The last word on the quota of each application that was used. */
function highestUses(ingested: readonly Ingested[]): QuotaUse[] {
  const uses = new Map<string, QuotaUse>();
  for (const { quotaUse } of ingested) {
    if (!quotaUse) continue;
    const known = uses.get(quotaUse.application_id);
    if (!known || quotaUse.used > known.used) uses.set(quotaUse.application_id, quotaUse);
  }
  return [...uses.values()].filter((use) => noticeOf(use) !== null);
}

/** A refusal of the caller rather than of an event. */
const isDenial = (outcome: IngestedEvent | Problem) =>
  outcome instanceof Problem && (outcome.id === "Forbidden" || outcome.id === "AuthInvalidBiscuit");

function resultOf(outcome: IngestedEvent | Problem): EventResult {
  if (!(outcome instanceof Problem)) return { status: 201, event: outcome, problem: null, pointer: null };
  const problem = outcome.toDocument();
  // Details begin with the field that they are about.
  const [, field] = /^([a-z_.]+)[:/]/.exec(problem.detail) ?? [];
  const pointer = field && field !== "body" ? `/${field.replaceAll(".", "/")}` : null;
  return { status: problem.status, event: null, problem, pointer };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
