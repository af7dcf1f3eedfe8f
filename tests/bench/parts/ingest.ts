import { rawStatements, startNoOp } from "../baselines.ts";
import { inTurns, median, medianRatio, saturate } from "../load.ts";
import { perSecond, type Measure } from "../report.ts";
import * as Scenario from "../scenarios.ts";
import type { Part } from "./part.ts";

const RUN_SECONDS = 3;

/** Events that the API accepts a second, one by one and in batches, while nothing is delivered. */
export const ingestPart: Part = async (world) => {
  const application = await world.createApplication(3, 100);
  world.pauseDelivery();
  using server = await startNoOp(world, application.body);
  const seconds = RUN_SECONDS;
  const raw = (perStatement: number, connections: number) =>
    rawStatements(world, application, { perStatement, connections, seconds });
  const single = Scenario.singleEvents(world, application);
  const batch = Scenario.batchesOfEvents(world, application);
  const ingest = () => saturate({ ...single, seconds });
  const { noOp, ingested, batches } = await inTurns(
    { warmUps: 3, rounds: 7 },
    {
      noOp: () => saturate({ ...server.load, seconds }),
      ingested: ingest,
      batches: async () => Scenario.BATCH_LENGTH * (await saturate({ ...batch, seconds })),
    },
  );
  const beside = await inTurns(
    { warmUps: 1, rounds: 3 },
    { ingested: ingest, rawOne: () => raw(1, 8), rawMany: () => raw(32, 2) },
  );
  const row = (what: string, made: number[], against: string, baseline: number[]) => ({
    what,
    reached: perSecond(median(made)),
    baseline: `${against} ${perSecond(median(baseline))}`,
    ratio: medianRatio(made, baseline),
  });
  const withBar = (measure: Measure & { readonly ratio: number }, bar: number): Measure => ({
    ...measure,
    bar: `>= ${bar}`,
    isMet: measure.ratio >= bar,
  });
  return [
    withBar(row("a. ingest at saturation, 3 of 100 subscriptions match", ingested, "no-op POST", noOp), 0.4),
    row(
      "a. the same, to its statement with one event, 8 connections",
      beside.ingested,
      "raw statement",
      beside.rawOne,
    ),
    row(
      "a. the same, to its statement with 32 events, 2 connections",
      beside.ingested,
      "raw statement",
      beside.rawMany,
    ),
    withBar(row("batch ingest, 100 events a request", batches, "no-op POST", noOp), 1.2),
  ];
};
