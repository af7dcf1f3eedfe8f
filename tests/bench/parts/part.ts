import type { BenchWorld } from "../bench-world.ts";
import type { Measure } from "../report.ts";

/** Measures something on a stack of its own; `rowsMax` is with how many stored rows growth ends. */
export type Part = (world: BenchWorld, rowsMax: number) => Promise<Measure[]>;
