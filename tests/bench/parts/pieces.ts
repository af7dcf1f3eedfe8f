import { measureSchedule } from "../due.ts";
import { measurePlanning } from "../planning.ts";
import { measureProcessor } from "../processor.ts";
import { ms } from "../report.ts";
import { measureSends } from "../sends.ts";
import type { Part } from "./part.ts";

/** What the pieces cost that decided how things are built, and that `npm run simulate` rests on. */
export const piecesPart: Part = async (world) => {
  const application = await world.createApplication(1, 100);
  const planning = await measurePlanning(world, application);
  const sends = await measureSends();
  const [single] = sends;
  const scheduleMs = await measureSchedule();
  const processor = await measureProcessor(world, await world.createApplication(1));
  return [
    ...Object.entries(planning).map(([what, { keptMs, anewMs }]) => ({
      what: `m. ${what}: its plans kept by the connection`,
      reached: ms(keptMs),
      baseline: `planned anew ${ms(anewMs)}`,
      ratio: keptMs / anewMs,
    })),
    ...sends.slice(1).map(({ deliveries, cpuMs }) => ({
      what: `m. processor for a request to SQS with ${deliveries} deliveries in it`,
      reached: `${cpuMs.toFixed(2)} ms`,
      baseline: `with 1: ${single?.cpuMs.toFixed(2)} ms`,
      ratio: cpuMs / (single?.cpuMs ?? Number.NaN),
    })),
    ...processor.map(({ what, totalMs, byProcess }) => ({
      what: `m. processor for ${what}, 1 subscription`,
      reached: `${totalMs.toFixed(2)} ms`,
      baseline: byProcess.map((part) => `${part.name} ${part.ms.toFixed(3)}`).join(", "),
    })),
    { what: "m. scheduler: 1,000 due attempts taken", reached: ms(scheduleMs) },
  ];
};
