import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/** A statement of the hot path. The server plans it once for each connection, by its name. */
export type Statement = { name: string; text: string };

/** Runs a statement as a transaction of its own. Resolves after the commit. */
export type RunStatement = <Row>(statement: Statement, values: unknown[]) => Promise<Row[]>;

/** @param mayName is false behind a pooler: the next statement may reach another server connection. */
export function statementsOn(pool: Pool, mayName: () => boolean): RunStatement {
  return async (statement, values) => {
    const { name, text } = statement;
    const { rows } = await pool.query(mayName() ? { name, text, values } : { text, values });
    return rows;
  };
}

export function embeddedStatements(db: PGlite): RunStatement {
  return async <Row>({ text }: Statement, values: unknown[]) =>
    (await db.query<Row>(text, values)).rows;
}
