import { noOpPosts, rawStatements } from "../baselines.ts";
import { medianOf } from "../load.ts";
import { perSecond } from "../report.ts";
import * as Scenario from "../scenarios.ts";
import type { Part } from "./part.ts";

const RUN_SECONDS = 3;

/** Events that the API accepts a second, one by one and in batches, while nothing is delivered. */
export const ingestPart: Part = async (world) => {
  const application = await world.createApplication(3, 100);
  world.pauseDelivery();
  const noOp = await noOpPosts(world, application.body, RUN_SECONDS);
  const ingest = await Scenario.ingest(world, application, RUN_SECONDS);
  const raw = (perStatement: number, connections: number) =>
    medianOf(3, () => rawStatements(world, application, { perStatement, connections, seconds: RUN_SECONDS }));
  const rawOne = await raw(1, 8);
  const rawMany = await raw(32, 2);
  const batches = await Scenario.ingestBatches(world, application, RUN_SECONDS);
  return [
    {
      what: "a. ingest at saturation, 3 of 100 subscriptions match",
      reached: perSecond(ingest),
      baseline: `no-op POST ${perSecond(noOp)}`,
      ratio: ingest / noOp,
      bar: ">= 0.4",
      isMet: ingest / noOp >= 0.4,
    },
    {
      what: "a. the same, to its statement with one event, 8 connections",
      reached: perSecond(ingest),
      baseline: `raw statement ${perSecond(rawOne)}`,
      ratio: ingest / rawOne,
    },
    {
      what: "a. the same, to its statement with 32 events, 2 connections",
      reached: perSecond(ingest),
      baseline: `raw statement ${perSecond(rawMany)}`,
      ratio: ingest / rawMany,
    },
    {
      what: "batch ingest, 100 events a request",
      reached: perSecond(batches),
      baseline: `no-op POST ${perSecond(noOp)}`,
      ratio: batches / noOp,
      bar: ">= 1.2",
      isMet: batches / noOp >= 1.2,
    },
  ];
};
