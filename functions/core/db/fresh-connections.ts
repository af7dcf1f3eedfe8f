import type { PostgresPool, PostgresPoolClient } from "kysely";
import pRetry from "p-retry";
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS } from "#core/db/pool-options.ts";
import { isUnavailable } from "#core/unavailable.ts";

/** pg's and Neon's pools. */
type ObservablePool = Pick<PostgresPool, "connect" | "end" | "options"> & {
  on(event: "release", listener: (error: unknown, client: object) => void): unknown;
};

/**
 * A pool whose connections can be used. Lambda freezes a function between two events, timers included: a connection
 * that was idle for longer than it should have been may long be dead, and is replaced before a statement is lost on it.
 * A connection that cannot be made (the database wakes, restarts or fails over) is tried again: nothing has been sent
 * yet, so that this is safe for every statement.
 */
export function withFreshConnections(pool: ObservablePool): PostgresPool {
  const idleSinceMs = new WeakMap<object, number>();
  pool.on("release", (_error, client) => idleSinceMs.set(client, Date.now()));

  const take = async (): Promise<PostgresPoolClient> => {
    for (;;) {
      const client = await pool.connect();
      const since = idleSinceMs.get(client);
      if (since === undefined || Date.now() - since < IDLE_TIMEOUT_MS) return client;
      client.release(true);
    }
  };

  return {
    options: pool.options,
    end: () => pool.end(),
    connect: () =>
      pRetry(take, {
        retries: 3,
        minTimeout: 100,
        maxRetryTime: CONNECT_TIMEOUT_MS,
        shouldRetry: ({ error }) => isUnavailable(error),
      }),
  };
}
