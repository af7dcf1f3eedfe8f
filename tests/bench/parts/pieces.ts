import { measurePlanning } from "../planning.ts";
import { ms } from "../report.ts";
import { measureSends } from "../sends.ts";
import type { Part } from "./part.ts";

/** What the pieces cost that decided how things are built: planning in Postgres, a call of the AWS SDK. */
export const piecesPart: Part = async (world) => {
  const application = await world.createApplication(1, 100);
  const planning = await measurePlanning(world, application);
  const sends = await measureSends();
  const [single] = sends;
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
  ];
};
