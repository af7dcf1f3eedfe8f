import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalJson } from "../../stacks/local/stack.ts";
import type { Random } from "./random.ts";

export interface SentEvent {
  readonly eventId: string;
  readonly lane: number;
  readonly payload: string;
  readonly acceptedAtMs: number;
  /** Longest that the API let one request wait. */
  readonly answerMsMax: number;
}

export interface SendOptions {
  readonly untilMs: number;
  readonly perSecond: number;
  readonly lanes: number;
  readonly random: Random;
}

export const EVENT_TYPE = { service: "fault", resource_type: "run", verb: "sent" };

/** Sends events at a steady rate, each until it is accepted, as a careful client does. */
export async function sendEvents(local: LocalJson, options: SendOptions): Promise<SentEvent[]> {
  const sending: Promise<SentEvent>[] = [];
  const startedAtMs = Date.now();
  while (Date.now() < options.untilMs) {
    const wanted = ((Date.now() - startedAtMs) / 1_000) * options.perSecond;
    while (sending.length < wanted)
      sending.push(sendOne(local, Math.floor(options.random() * options.lanes)));
    await sleep(10);
  }
  return Promise.all(sending);
}

async function sendOne(local: LocalJson, lane: number): Promise<SentEvent> {
  const eventId = randomUUID();
  const payload = JSON.stringify({ eventId });
  const body = JSON.stringify({
    application_id: local.application_id,
    event_id: eventId,
    event_type: Object.values(EVENT_TYPE).join("."),
    payload,
    payload_content_type: "application/json",
    occurred_at: new Date().toISOString(),
    labels: { lane: String(lane) },
  });
  let answerMsMax = 0;
  for (let tries = 0; ; tries++) {
    const startedAtMs = Date.now();
    const status = await post(local, body);
    answerMsMax = Math.max(answerMsMax, Date.now() - startedAtMs);
    // A conflict after a try without an answer: that try had been accepted.
    if (status === 201 || (status === 409 && tries > 0)) {
      return { eventId, lane, payload, acceptedAtMs: Date.now(), answerMsMax };
    }
    if (status !== 0 && status !== 503) throw new Error(`the API answered ${status} to an event`);
    await sleep(100);
  }
}

/** The status of the answer, or 0 when there was none. */
async function post(local: LocalJson, body: string): Promise<number> {
  try {
    const response = await fetch(`${local.api_url}/event`, {
      method: "POST",
      headers: { authorization: `Bearer ${local.application_secret}`, "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
