import type { Context as HonoContext } from "hono";
import * as v from "valibot";
import type { SubjectFacts } from "#core/auth/biscuit-code.ts";
import * as Subject from "#core/auth/subject-facts.ts";
import type { Context } from "#core/context.ts";
import { canonicalSelector } from "#core/event-type-pattern.ts";
import { EventTypeSelector, LabelFilter, Labels } from "#core/schema.ts";
import type { ApiEnv } from "#functions/api/env.ts";
import { parseId, readBody } from "#functions/api/middleware/request.ts";

/** Tells what a request in an application concerns. It is asked for tokens limited by that alone, and before validation. */
export type ReadFacts = (
  c: HonoContext<ApiEnv>,
  applicationId: string,
  ctx: Context,
) => FactsOfRequest | Promise<FactsOfRequest>;
/** Several where each must be allowed. */
type FactsOfRequest = SubjectFacts | readonly SubjectFacts[];

/** The `filter` in a body, as replays and dead letters have it. */
const filterInBody: ReadFacts = async (c, applicationId, ctx) => {
  const { filter } = await readBody(c);
  const { subscription_id, event_type_names, labels } = objectOf(filter);
  return Subject.ofFilter(ctx, applicationId, {
    subscriptionId: idOf(subscription_id),
    eventTypeNames: namesOf(event_type_names),
    labels: outputOf(Labels, labels),
  });
};

/** Of the parameters with these names. */
const inQuery =
  (names: QueryNames): ReadFacts =>
  (c, applicationId, ctx) =>
    Subject.ofFilter(ctx, applicationId, {
      subscriptionId: names.subscription && idOf(c.req.query(names.subscription)),
      eventTypeNames: names.eventType
        ? namesOf([c.req.query(names.eventType)])
        : namesIn(names.eventTypes && c.req.query(names.eventTypes)),
      labels: names.labels ? outputOf(LabelFilter, c.req.queries(names.labels)) : undefined,
    });

const readers = {
  subscriptionInPath: (c, applicationId, ctx) =>
    Subject.ofSubscription(ctx, applicationId, idInPath(c, "subscription_id")),
  newSubscription: async (c) => subscriptionOf(await readBody(c)),
  /** What it was must be allowed, and what it is to be. */
  changedSubscription: async (c, applicationId, ctx) => {
    const subscriptionId = idInPath(c, "subscription_id");
    const now = await Subject.ofSubscription(ctx, applicationId, subscriptionId);
    return [now, { ...subscriptionOf(await readBody(c)), subscriptionId: now.subscriptionId }];
  },
  eventInPath: (c, applicationId, ctx) => {
    const eventId = idInPath(c, "event_id");
    return eventId ? Subject.ofEvent(ctx, applicationId, eventId) : {};
  },
  /** Both must be allowed. */
  eventAndSubscription: async (c, applicationId, ctx) => {
    const eventId = idInPath(c, "event_id");
    const subscription = await Subject.ofSubscription(
      ctx,
      applicationId,
      idOf(c.req.query("subscription_id")),
    );
    const event = eventId ? await Subject.ofEvent(ctx, applicationId, eventId) : {};
    return [subscription, { ...event, subscriptionId: subscription.subscriptionId }];
  },
  hypotheticalEvent: async (c, applicationId, ctx) => {
    const body = await readBody(c);
    const subscription = await Subject.ofSubscription(ctx, applicationId, idOf(body["subscription_id"]));
    return [subscription, { ...eventFacts(body), subscriptionId: subscription.subscriptionId }];
  },
  attemptInPath: (c, applicationId, ctx) => {
    const id = idInPath(c, "request_attempt_id") ?? idInPath(c, "response_id");
    return id ? Subject.ofAttempts(ctx, applicationId, [id]) : {};
  },
  replayInPath: (c, applicationId, ctx) => {
    const id = idInPath(c, "replay_id");
    return id ? Subject.ofReplay(ctx, applicationId, id) : {};
  },
  erasureInPath: (c, applicationId, ctx) => {
    const id = idInPath(c, "erasure_id");
    return id ? Subject.ofErasure(ctx, applicationId, id) : {};
  },
  eventTypeInPath: (c) => ({ eventTypeNames: namesOf([c.req.param("event_type_name")]) }),
  newEventType: async (c) => {
    const { service, resource_type, verb } = await readBody(c);
    return { eventTypeNames: namesOf([[service, resource_type, verb].join(".")]) };
  },
  labelsInBody: async (c) => ({ labels: outputOf(Labels, (await readBody(c))["labels"]) }),
  /** Dead letters named by id concern what they have in common. */
  deadLetters: async (c, applicationId, ctx) => {
    const { request_attempt_ids: ids } = await readBody(c);
    if (!Array.isArray(ids)) return filterInBody(c, applicationId, ctx);
    return Subject.ofAttempts(
      ctx,
      applicationId,
      ids.flatMap((id) => idOf(id) ?? []),
    );
  },
  filterInBody,
} satisfies Record<string, ReadFacts>;

/** How the routes' requests say what they concern. */
export const subjectFacts = { ...readers, inQuery };

/** The parameters by which the query of a list narrows it. What the list does not know it must not be judged by. */
interface QueryNames {
  readonly subscription?: string;
  /** Separated by commas. */
  readonly eventTypes?: string;
  /** One, whatever is in its name. */
  readonly eventType?: string;
  readonly labels?: string;
}

/** What an event to be sent concerns. */
export function eventFacts(event: object): SubjectFacts {
  return {
    labels: outputOf(Labels, "labels" in event ? event.labels : undefined),
    eventTypeNames: namesOf(["event_type" in event ? event.event_type : undefined]),
  };
}

function subscriptionOf(body: Record<string, unknown>): SubjectFacts {
  const { labels, label_key, label_value } = body;
  return {
    labels: outputOf(Labels, labels ?? { [String(label_key)]: label_value }),
    eventTypeNames: namesOf(body["event_types"]),
  };
}

/** The names or patterns; nothing when one is malformed: a part of them would say too little. */
function namesOf(selectors: unknown): string[] | undefined {
  const names = outputOf(v.array(EventTypeSelector), selectors);
  return names?.length ? names.map(canonicalSelector) : undefined;
}

const namesIn = (commaSeparated: string | undefined) =>
  namesOf(commaSeparated?.split(",").filter((name) => name !== ""));

const idInPath = (c: HonoContext<ApiEnv>, name: string) => idOf(c.req.param(name));
const idOf = (value: unknown) => parseId(value) ?? undefined;
const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function outputOf<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}
