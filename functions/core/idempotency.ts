import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { Problem } from "#core/problem.ts";

/** Longer than any request takes. */
const LEASE_SECONDS = 60;
const POLL_EVERY_MS = 50;
const POLLS_MAX = 200;

/** A request that is to be carried out once. */
export interface IdempotentRequest {
  readonly bearer: string;
  /** Method, path and query. */
  readonly route: string;
  readonly key: string;
  readonly body: string;
}

export interface KeptAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** The request is the first with its key and holds it until it is kept or given up. */
export interface Turn {
  /** Keeps the answer for whoever asks again within 24 hours. */
  keep(answer: KeptAnswer): Promise<void>;
  /** Lets the next request with this key be the first. */
  giveUp(): Promise<void>;
}

interface Row {
  readonly is_first: boolean;
  readonly is_same_body: boolean;
  readonly status: number | null;
  readonly content_type: string | null;
  readonly body: string | null;
}

/**
 * Takes the key of a request, or answers what the first request with it was answered; waits for one that is under way.
 * Throws Validation when the first had another body, ServiceUnavailable when it is under way for more than 10 s.
 */
export async function begin(ctx: Context, request: IdempotentRequest): Promise<Turn | KeptAnswer> {
  const scope = hash(JSON.stringify([request.bearer, request.route, request.key]));
  const bodyHash = hash(request.body);
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    const now = ctx.now();
    const { rows } = await sql<Row>`
      select * from begin_idempotent(${scope}, ${bodyHash}, ${now}, ${secondsAfter(now, LEASE_SECONDS)})
    `.execute(ctx.db);
    const [row] = rows;
    if (row?.is_first) return turnOf(ctx, scope, now);
    if (row && !row.is_same_body) throw reusedKey();
    if (row && row.status !== null) {
      return { status: row.status, contentType: row.content_type, body: row.body ?? "" };
    }
    await sleep(POLL_EVERY_MS);
  }
  throw new Problem(
    "ServiceUnavailable",
    "Idempotency-Key: the first request with this key is still under way",
  );
}

/** The time at which the key was taken tells this turn from a later one. */
function turnOf({ db }: Context, scope: Buffer, takenAt: Date): Turn {
  return {
    async keep({ status, contentType, body }) {
      await sql`
        update idempotency_key set status = ${status}, content_type = ${contentType}, body = ${body}
        where scope = ${scope} and created_at = ${takenAt} and status is null
      `.execute(db);
    },
    async giveUp() {
      await sql`
        delete from idempotency_key where scope = ${scope} and created_at = ${takenAt} and status is null
      `.execute(db);
    },
  };
}

function reusedKey(): Problem {
  const message = "was used for a request with another body";
  return new Problem("Validation", `Idempotency-Key: ${message}`, {
    "Idempotency-Key": [{ code: "idempotency_key", message, params: {} }],
  });
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
