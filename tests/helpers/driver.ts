import * as neon from "@neondatabase/serverless";
import * as pg from "pg";
import { inject } from "vitest";

/** Which driver the databases of this run are opened with: Neon's in `npm run test:neon`. */
export const driverName = inject("neonProxy") ? "neon" : "pg";

/** The classes under the databases of this run. */
export const driver: {
  readonly Pool: { prototype: { connect: (...connection: never[]) => unknown } };
  readonly Client: { prototype: { query: (...query: never[]) => unknown } };
} = driverName === "neon" ? neon : pg;
