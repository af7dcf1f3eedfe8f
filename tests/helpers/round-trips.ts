import { vi } from "vitest";
import { driver } from "./driver.ts";

/** Counts what is sent to Postgres by every connection of this process, transaction control included. */
export async function countRoundTrips(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(driver.Client.prototype, "query");
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
