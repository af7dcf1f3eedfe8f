import * as neon from "@neondatabase/serverless";
import * as pg from "pg";
import { inject } from "vitest";

/** The classes under the database of this run: Neon's in `npm run test:neon`. */
export const driver: {
  readonly Pool: { prototype: { connect: (...connection: never[]) => unknown } };
  readonly Client: { prototype: { query: (...query: never[]) => unknown } };
} = inject("neonProxy") ? neon : pg;
