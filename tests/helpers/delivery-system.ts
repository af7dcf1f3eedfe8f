import assert from "node:assert/strict";
import { sql } from "kysely";
import { claim } from "#core/delivery/claim.ts";
import { deliver, type Disposition } from "#core/delivery/deliver.ts";
import type { DeliveryMessage } from "#core/delivery/queue.ts";
import type { DeliveryName } from "#core/delivery/lease.ts";
import { record } from "#core/delivery/record.ts";
import { schedule } from "#core/delivery/schedule.ts";
import type { Answer } from "#core/delivery/send.ts";
import * as Event from "#core/event.ts";
import { ingest } from "#core/ingest.ts";
import * as Subscription from "#core/subscription.ts";
import type { Tenant, World } from "./world.ts";

const RETRIES_MAX = 2;

/** What an endpoint does to a request. `hang` answers when it is released. */
export type Reaction = "ok" | "fail" | "hang";

interface Attempt {
  request_attempt_id: string;
  delivery_id: string;
  retry_count: number;
  ended_at: Date | null;
  has_succeeded: boolean;
  has_failed: boolean;
  lease_token: string | null;
}

const answers: Record<"ok" | "fail", Answer> = {
  ok: { errorName: null, status: 200, headers: {}, body: null, elapsedMs: 1 },
  fail: { errorName: "E_HTTP", status: 500, headers: {}, body: null, elapsedMs: 1 },
};

/** The delivery functions on a real ledger, with the queue, the endpoint and the clock in the test's hand. */
export class DeliverySystem {
  queue: DeliveryName[] = [];
  /** Requests that hang, with how to answer them. */
  hanging: { answer: (reaction: "ok" | "fail") => Promise<void> }[] = [];
  /** Leases of functions that died before they sent. */
  dead: { leaseToken: string; attemptId: string }[] = [];
  events: string[] = [];
  #ended = new Map<string, string>();
  #holders = new Map<string, { leaseToken: string; until: Date }>();
  readonly #world: World;
  readonly #tenant: Tenant;
  readonly #subscription: { id: string; post: Subscription.SubscriptionPost };

  constructor(
    world: World,
    tenant: Tenant,
    subscription: { id: string; post: Subscription.SubscriptionPost },
  ) {
    this.#world = world;
    this.#tenant = tenant;
    this.#subscription = subscription;
  }

  async ingest(isEnqueued: boolean): Promise<void> {
    const { application_id } = this.#tenant;
    const event = {
      application_id,
      event_id: crypto.randomUUID(),
      event_type: "shop.order.paid",
      payload: "{}",
      payload_content_type: "application/json",
      occurred_at: this.#world.ctx.now(),
      metadata: {},
      labels: { customer: "1" },
    };
    const item = { event, ip: "192.0.2.7", credential: { kind: "master" as const } };
    const [ingested] = await ingest(this.#world.ctx, [item]);
    if (!ingested || !("deliveries" in ingested)) throw new Error("not ingested");
    this.events.push(event.event_id);
    if (isEnqueued) this.queue.push(...ingested.deliveries);
  }

  async replay(index: number): Promise<void> {
    const id = this.events[index % this.events.length] ?? "";
    this.queue.push(...(await Event.replay(this.#world.ctx, this.#tenant.application_id, id)));
  }

  setEnabled(is_enabled: boolean) {
    const post = { ...this.#subscription.post, is_enabled };
    return Subscription.replace(this.#world.ctx, this.#subscription.id, post);
  }

  advance(seconds: number): void {
    this.#world.advance(seconds);
  }

  async schedule(isQueueAway: boolean): Promise<void> {
    const { ctx } = this.#world;
    const queue = {
      send: async (sent: readonly DeliveryName[]) => {
        if (isQueueAway) throw new Error("the queue is away");
        this.queue.push(...sent);
      },
    };
    const options = { horizonSeconds: 60, stopAt: new Date(ctx.now().getTime() + 60_000) };
    await schedule({ ...ctx, queue }, options).catch((error: unknown) => {
      if (!isQueueAway) throw error;
    });
  }

  /** Hands a message to a delivery function, to the end or until its request hangs. */
  async deliver(index: number, reaction: Reaction): Promise<void> {
    const name = this.take(index);
    if (!name) return;
    const message: DeliveryMessage = { ...name, mayWait: true };
    const hangs = Promise.withResolvers<void>();
    const released = Promise.withResolvers<Answer>();
    const sender = {
      send: async () => {
        await this.#expectSoleLease(name);
        if (reaction !== "hang") return answers[reaction];
        hangs.resolve();
        return released.promise;
      },
      close: async () => {},
    };
    const retry = { retriesMax: RETRIES_MAX, windowSeconds: 1e9 };
    const health = { disableAfterSeconds: 1e9, pauseAfterFailures: 1e9 };
    const queue = { send: async () => {} };
    const report = (error: unknown) => {
      throw error;
    };
    const ctx = { ...this.#world.ctx, sender, retry, health, queue, report, random: () => 0 };
    const done = deliver(ctx, [message]).then(([disposition]) => this.#settle(name, disposition));
    await Promise.race([done, hangs.promise]);
    if (reaction !== "hang") return;
    const isHanging = await Promise.race([done.then(() => false), hangs.promise.then(() => true)]);
    if (!isHanging) return;
    this.hanging.push({
      answer: async (late) => {
        released.resolve(answers[late]);
        await done;
      },
    });
  }

  /** A function that claims a message's attempt and dies. */
  async die(index: number): Promise<void> {
    const name = this.take(index);
    if (!name) return;
    const leaseToken = crypto.randomUUID();
    const { attempts } = await claim(this.#world.ctx, leaseToken, [{ ...name, mayWait: true }]);
    for (const { request_attempt_id: attemptId } of attempts) {
      await this.#expectSoleLease(name);
      this.dead.push({ leaseToken, attemptId });
    }
  }

  /** It was not dead: its record comes late. Only what it still holds may change. */
  async recordLate(index: number, reaction: "ok" | "fail"): Promise<void> {
    const [late] = this.dead.splice(index % this.dead.length, 1);
    if (!late) return;
    const before = (await this.attempts()).find((row) => row.request_attempt_id === late.attemptId);
    const next = { dueAt: this.#world.ctx.now(), keptInQueue: false };
    const recorded = await record(this.#world.ctx, late.leaseToken, [
      {
        request_attempt_id: late.attemptId,
        answer: answers[reaction],
        next: reaction === "ok" || (before?.retry_count ?? 0) >= RETRIES_MAX ? null : next,
      },
    ]);
    const isHeld = before?.lease_token === late.leaseToken && before.ended_at === null;
    assert.equal(recorded.size, isHeld ? 1 : 0, "recorded exactly when still held");
  }

  take(index: number): DeliveryName | undefined {
    return this.queue.splice(index % Math.max(1, this.queue.length), 1)[0];
  }

  async attempts(): Promise<Attempt[]> {
    const { rows } = await sql<Attempt>`
      select request_attempt_id, delivery_id, retry_count, coalesce(succeeded_at, failed_at) as ended_at,
        succeeded_at is not null as has_succeeded, failed_at is not null as has_failed, lease_token
      from request_attempt where application_id = ${this.#tenant.application_id} order by retry_count
    `.execute(this.#world.ctx.db);
    return rows;
  }

  /** What must hold after every step. */
  async expectSound(): Promise<void> {
    const attempts = await this.attempts();
    for (const tries of Map.groupBy(attempts, ({ delivery_id }) => delivery_id).values()) {
      assert.ok(tries.filter(({ ended_at }) => !ended_at).length <= 1, "two open attempts");
      assert.deepEqual(
        tries.map(({ retry_count }) => retry_count),
        tries.map((_, index) => index),
        "attempts are numbered without a gap",
      );
      assert.ok(
        tries.slice(0, -1).every(({ has_failed }) => has_failed),
        "only a failure is followed by an attempt",
      );
      assert.ok(tries.length <= RETRIES_MAX + 1, "more attempts than allowed");
    }
    for (const attempt of attempts) {
      assert.ok(!(attempt.has_succeeded && attempt.has_failed), "both succeeded and failed");
      if (!attempt.ended_at) continue;
      const end = `${attempt.ended_at.toISOString()} ${attempt.has_succeeded}`;
      assert.equal(
        end,
        this.#ended.get(attempt.request_attempt_id) ?? end,
        "what has ended stays as it ended",
      );
      this.#ended.set(attempt.request_attempt_id, end);
    }
  }

  /** Lets everything come to its end, with an endpoint that answers. */
  async drain(): Promise<void> {
    for (const { answer } of this.hanging.splice(0)) await answer("ok");
    for (let round = 0; round < 20; round++) {
      this.advance(2_000);
      await this.schedule(false);
      while (this.queue.length > 0) {
        const message = this.take(0);
        if (!message) break;
        this.queue.unshift(message);
        const before = this.queue.length;
        await this.deliver(0, "ok");
        // What is to wait comes back in the next round.
        if (this.queue.length >= before) break;
      }
    }
    assert.deepEqual(
      (await this.attempts()).filter(({ ended_at }) => !ended_at),
      [],
      "never ended",
    );
  }

  #settle(name: DeliveryName, disposition: Disposition | undefined): void {
    if (disposition?.kind !== "spent") this.queue.push(name);
  }

  /** Nothing is sent but under a lease that lasts, and nothing is leased while another's lease lasts. */
  async #expectSoleLease({ delivery_id }: DeliveryName): Promise<void> {
    const now = this.#world.ctx.now();
    const { rows } = await sql<{ request_attempt_id: string; lease_token: string; enqueue_at: Date }>`
      select request_attempt_id, lease_token, enqueue_at from request_attempt
      where delivery_id = ${delivery_id} and succeeded_at is null and failed_at is null
        and lease_token is not null and enqueue_at > ${now}
    `.execute(this.#world.ctx.db);
    assert.equal(rows.length, 1, "leases while sending");
    for (const { request_attempt_id, lease_token, enqueue_at } of rows) {
      const holder = this.#holders.get(request_attempt_id);
      const isHeld = holder !== undefined && holder.until > now && holder.leaseToken !== lease_token;
      assert.ok(!isHeld, "leased while another's lease lasts");
      this.#holders.set(request_attempt_id, { leaseToken: lease_token, until: enqueue_at });
    }
  }
}
