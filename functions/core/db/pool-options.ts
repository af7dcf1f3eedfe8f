export interface PoolOptions {
  readonly url: string;
  readonly connectionsMax: number;
  /** Named in `pg_stat_activity`, so that an operator sees which function holds a connection. */
  readonly applicationName: string;
  /** A connection that is silent for longer is taken for dead. Longer than the longest statement may take. */
  readonly silenceMsMax?: number;
}

/** Longest that making a connection may take: a suspended Neon database wakes in under a second. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Longest that a statement may take. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** How long a connection that nobody uses is kept. */
export const IDLE_TIMEOUT_MS = 60_000;
