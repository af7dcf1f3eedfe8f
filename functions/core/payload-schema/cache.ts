import { sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Context } from "#core/context.ts";
import type { EventPost, IngestItem } from "#core/ingest.ts";
import { createJudge, judgeAll, type Judge, type SchemaInForce } from "#core/payload-schema/judge.ts";
import type { Definition } from "#core/payload-schema/validator.ts";

/** Characters of the definitions whose compiled validators a process keeps. */
const CHARACTERS_MAX = 1_048_576;
const ENTRIES_MAX = 1_000;

/**
 * The schemas that a process has seen in force. They may have changed since: the statement that stores an event knows
 * the one in force, and refuses what was judged by another with SchemaChanged.
 */
export interface SchemaCache {
  /** The items with what their schemas say of them, as far as those are known. */
  judge(items: readonly IngestItem[]): readonly IngestItem[];
  /** Learns what is in force now for the types of these items. One round trip. */
  load(ctx: Context, items: readonly IngestItem[]): Promise<void>;
}

interface Row extends SchemaInForce {
  readonly application_id: string;
  readonly event_type: string;
}

export function createSchemaCache(): SchemaCache {
  const judges = new LRUCache<string, Judge>({
    max: ENTRIES_MAX,
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ definition }) => JSON.stringify(definition).length,
  });
  return {
    judge(items) {
      if (judges.size === 0) return items;
      const cases = items.flatMap((item) => {
        const key = keyOf(item.event);
        const judge = judges.get(key);
        return judge ? [{ item, event: item.event, judge, key }] : [];
      });
      if (cases.length === 0) return items;
      const slow = new Set<Judge>();
      const findings = judgeAll(cases, (judge) => slow.add(judge));
      for (const { judge, key } of cases) if (slow.has(judge)) judges.delete(key);
      const judged = new Map(
        cases.map(({ item, judge: { mode, version } }, index) => {
          return [item, { ...item, judgement: { mode, version, findings: findings[index] ?? [] } }];
        }),
      );
      return items.map((item) => judged.get(item) ?? item);
    },
    async load(ctx, items) {
      for (const { event } of items) judges.delete(keyOf(event));
      for (const row of await select(ctx, items)) judges.set(keyOf(row), createJudge(row));
    },
  };
}

const keyOf = ({ application_id, event_type }: Pick<EventPost, "application_id" | "event_type">) =>
  `${application_id} ${event_type}`;

async function select(ctx: Context, items: readonly IngestItem[]): Promise<Row[]> {
  const types = items.map(({ event: { application_id, event_type } }) => ({ application_id, event_type }));
  const { rows } = await sql<Row & { definition: Definition }>`
    select t.application_id, t.event_type_name as event_type, t.schema_mode as mode, s.version, s.definition
    from event_type t
    join event_schema s on s.application_id = t.application_id and s.event_type_name = t.event_type_name
      and s.version = t.schema_version
    where t.schema_in_force is not null and (t.application_id, t.event_type_name) in (
      select application_id, event_type
      from jsonb_to_recordset(${JSON.stringify(types)}) as i (application_id uuid, event_type text)
    )
  `.execute(ctx.db);
  return rows;
}
