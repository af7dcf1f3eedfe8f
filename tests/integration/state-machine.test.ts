import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import * as Subscription from "#core/subscription.ts";
import { DeliverySystem, type Reaction } from "../helpers/delivery-system.ts";
import { createTenant, createWorld, subscriptionPost, type World } from "../helpers/world.ts";

/** As much of the system as decides which steps can be made. */
interface Model {
  events: number;
}
type Step = fc.AsyncCommand<Model, DeliverySystem>;

/** A step that every run can make, followed by the invariants. */
const step = (name: string, run: (system: DeliverySystem) => Promise<unknown> | void): Step => ({
  check: ({ events }) => events > 0,
  async run(_, system) {
    await run(system);
    await system.expectSound();
  },
  toString: () => name,
});

const ingestStep = (isEnqueued: boolean): Step => ({
  check: () => true,
  async run(model, system) {
    model.events++;
    await system.ingest(isEnqueued);
    await system.expectSound();
  },
  toString: () => (isEnqueued ? "ingest" : "ingest, and die before it is enqueued"),
});

const index = fc.nat({ max: 3 });
const reaction = fc.constantFrom<Reaction[]>("ok", "fail", "hang");
const late = fc.constantFrom<("ok" | "fail")[]>("ok", "fail");

const deliver = fc
  .tuple(index, reaction)
  .map(([at, how]) => step(`deliver ${at}: ${how}`, (s) => s.deliver(at, how)));
const die = index.map((at) => step(`claim ${at} and die`, (s) => s.die(at)));
const record = fc
  .tuple(index, late)
  .map(([at, how]) => step(`late record ${at}: ${how}`, (s) => s.recordLate(at, how)));
const repeat = index.map((at) =>
  step(`repeat message ${at}`, (s) => void s.queue.push(...s.queue.slice(at, at + 1))),
);
const nextRun = fc.constant(
  step("the leases run out and the scheduler runs", async (s) => {
    s.advance(61);
    await s.schedule(false);
  }),
);

// What is there twice is tried twice as often.
const steps = [
  fc.boolean().map(ingestStep),
  deliver,
  deliver,
  die,
  die,
  record,
  record,
  repeat,
  nextRun,
  nextRun,
  fc
    .tuple(index, late)
    .map(([at, how]) =>
      step(`answer hanging ${at}: ${how}`, (s) =>
        s.hanging.splice(at % Math.max(1, s.hanging.length), 1)[0]?.answer(how),
      ),
    ),
  index.map((at) => step(`lose message ${at}`, (s) => void s.take(at))),
  fc.constantFrom(1, 3, 10, 59, 1_000).map((seconds) => step(`${seconds} s`, (s) => s.advance(seconds))),
  fc.boolean().map((away) => step(away ? "schedule without a queue" : "schedule", (s) => s.schedule(away))),
  index.map((at) => step(`replay ${at}`, (s) => s.replay(at))),
  fc.constantFrom(true, true, false).map((on) => step(on ? "enable" : "disable", (s) => s.setEnabled(on))),
];

async function newSystem(world: World): Promise<DeliverySystem> {
  const tenant = await createTenant(world);
  const url = "http://127.0.0.1:1/";
  const post = v.parse(Subscription.SubscriptionPost, subscriptionPost(tenant, url));
  const { subscription_id } = await Subscription.create(world.ctx, post);
  return new DeliverySystem(world, tenant, { id: subscription_id, post });
}

test("whatever the order of claims, deaths, late records, lost and repeated messages: one open attempt at most, no request without a lease, ended is ended, and all deliveries end", async () => {
  await using world = await createWorld();
  const plan = fc.asyncProperty(fc.commands(steps, { maxCommands: 60, size: "max" }), async (commands) => {
    const system = await newSystem(world);
    await fc.asyncModelRun(() => ({ model: { events: 0 }, real: system }), commands);
    await system.drain();
    await system.expectSound();
  });
  await fc.assert(plan, { numRuns: 120, interruptAfterTimeLimit: 60_000 });
  expect(world.ctx.now().getTime()).toBeGreaterThan(Date.now());
}, 120_000);
