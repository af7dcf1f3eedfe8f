import type { PostgresPoolClient } from "kysely";

/** A statement whose text begins with this is prepared once a connection, under the name in it. */
const NAME = /^\s*\/\* prepare: ([a-z_]+) \*\//;

/** As pg's and Neon's clients have it. */
interface NamingClient {
  query(query: string | NamedQuery, values?: readonly unknown[]): Promise<unknown>;
}

interface NamedQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Has the client prepare the statements that ask for it: Postgres then reads and plans them once a connection and not
 * each time, which for a short statement is most of its work. Kysely cannot say so itself. The same name must always
 * stand for the same text.
 */
export function withPreparedStatements(client: PostgresPoolClient): PostgresPoolClient {
  const own = Object.getPrototypeOf(client) as NamingClient;
  const query = (text: string, values: readonly unknown[]) => {
    const [, name] = (typeof text === "string" && NAME.exec(text)) || [];
    return name ? own.query.call(client, { name, text, values }) : own.query.call(client, text, values);
  };
  return Object.assign(client, { query });
}
