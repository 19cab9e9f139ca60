import type { DatabasePort, StatementPort } from '../../src/store/database-port.js';
import type { LinkListener } from '../../src/store/link.js';

/** What a database does wrong for now: SQLite's code, or null for nothing. */
export interface Trouble {
  code: string | null;
  /** Where it strikes; default: only writing. */
  at?: 'writing' | 'reading';
}

/** A real database whose writing or reading fails with SQLite's code while there is trouble. */
export function troubled(database: DatabasePort, trouble: Trouble): DatabasePort {
  const strike = (at: 'writing' | 'reading') => {
    if (trouble.code === null || (trouble.at ?? 'writing') !== at) return;
    throw Object.assign(new Error(trouble.code), { code: trouble.code });
  };
  const troubledStatement = (statement: StatementPort): StatementPort => ({
    run: (...parameters) => statement.run(...parameters),
    get: (...parameters) => {
      strike('reading');
      return statement.get(...parameters);
    },
    all: (...parameters) => {
      strike('reading');
      return statement.all(...parameters);
    },
  });
  return {
    readOnly: database.readOnly,
    readOnlyBecause: database.readOnlyBecause,
    setAside: database.setAside,
    prepare: (sql) => troubledStatement(database.prepare(sql)),
    close: () => database.close(),
    transaction: (work, durable) => {
      strike('writing');
      database.transaction(work, durable);
    },
  };
}

/** A listener that writes down what a link tells. */
export const recording = (told: string[]): LinkListener => ({
  degraded: (reason) => told.push(`degraded ${reason}`),
  recovered: () => told.push('recovered'),
  setAside: (file) => told.push(`set aside ${file}`),
});
