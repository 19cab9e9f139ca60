import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** One step in the life of an alert, as it is kept. */
export interface AlertLogEntry {
  /** Unix ms. */
  readonly at: number;
  readonly code: string;
  /** Id of the tenant that it is about; absent where it is about the device itself. */
  readonly tenant?: string;
  /** What happened: `raised`, `cleared` ... */
  readonly kind: string;
  /** As it is afterwards, or was; null where a code is snoozed that does not hold. */
  readonly alert: object | null;
  /** Who did it; null where nobody did. */
  readonly by: string | null;
  /** Unix ms until which it is snoozed; null where it is no snooze. */
  readonly until: number | null;
}

/** What is asked of the history. */
export interface AlertLogQuery {
  /** Unix ms. */
  readonly since: number;
  /** Unix ms; default: all that came after. */
  readonly until?: number | undefined;
  readonly code?: string | undefined;
  /** Of this tenant only; null: of the device itself only. Default: of all. */
  readonly tenant?: string | null | undefined;
  /** The newest so many. */
  readonly limit: number;
}

const DAY_MS = 86_400_000;
const MAX_BYTES = 8 * 2 ** 20;
/** Many hours of a device where everything fails. */
const MAX_PENDING = 2000;
const ADD = 'INSERT INTO alert_log (at, code, kind, alert, who, until) VALUES (?, ?, ?, ?, ?, ?)';
/** A tenant's code is kept as `tenant/code`: neither can have a slash. */
const OF_TENANT = "substr(code, 1, instr(code, '/'))";
const READ = `SELECT at, code, kind, alert, who AS "by", until FROM alert_log
  WHERE at >= ? AND at <= ? AND (? IS NULL OR substr(code, instr(code, '/') + 1) = ?) AND (? IS NULL OR ${OF_TENANT} = ?)
  ORDER BY at DESC, id DESC LIMIT ?`;
const KEEP = 'INSERT INTO alert_states (code, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state';

/**
 * Every step of every alert, in `history.db` for as many days as configured, and what must be known of alerts after a restart. As with all
 * of the history nothing here throws: what the disk refuses waits, bounded, the oldest steps are dropped first, and a kill loses a second.
 */
export class AlertHistory {
  readonly #link: TablesLink<AlertStatements>;
  readonly #log: AlertLogEntry[] = [];
  /** By code as it is kept; null deletes. */
  readonly #states = new Map<string, object | null>();

  /** @param file with `HISTORY_MIGRATIONS` @param keepDays how long steps stay */
  constructor(file: StoreFile, keepDays: number) {
    this.#link = file.join({
      what: 'alerts',
      adopt: alertStatements,
      flush: (statements) => this.#write(statements),
      retention: [{ table: 'alert_log', timeColumn: 'at', maxAgeMs: keepDays * DAY_MS, maxBytes: MAX_BYTES }],
    });
  }

  /** Keeps a step, and what is to be known of its code; null where there is nothing. */
  add(entry: AlertLogEntry, state: object | null): void {
    this.#log.push(entry);
    this.#states.set(keptCode(entry), state);
    if (this.#log.length <= MAX_PENDING) return;
    this.#log.shift();
    this.#link.drop();
  }

  /** The newest steps, oldest of them first, those that wait to be written too; null where the disk cannot be read. */
  read(query: AlertLogQuery): AlertLogEntry[] | null {
    const stored = this.#link.read((statements) => alertSteps(statements, query));
    const waiting = this.#log.filter((entry) => isAskedFor(entry, query));
    return stored === null && waiting.length === 0 ? null : [...(stored ?? []), ...waiting].slice(-query.limit);
  }

  /** What earlier runs of the program kept of the alerts of one tenant, or of the device itself; empty where nothing can be read. */
  states(tenant: string | null = null): unknown[] {
    const kept = this.#link.read(alertStates) ?? [];
    return kept.filter((one) => one.tenant === tenant).map(({ state }) => state);
  }

  #write({ add, keep, forget }: AlertStatements): (() => void) | null {
    if (this.#log.length === 0) return null;
    for (const entry of this.#log) {
      const { at, kind, alert, by, until } = entry;
      add.run(at, keptCode(entry), kind, alert && JSON.stringify(alert), by, until);
    }
    for (const [code, state] of this.#states) {
      if (state === null) forget.run(code);
      else keep.run(code, JSON.stringify(state));
    }
    return () => {
      this.#log.length = 0;
      this.#states.clear();
    };
  }
}

/** What is asked of the tables. */
export interface AlertStatements {
  readonly add: StatementPort;
  readonly read: StatementPort;
  readonly keep: StatementPort;
  readonly forget: StatementPort;
  readonly states: StatementPort;
}

export const alertStatements = (database: Pick<DatabasePort, 'prepare'>): AlertStatements => ({
  add: database.prepare(ADD),
  read: database.prepare(READ),
  keep: database.prepare(KEEP),
  forget: database.prepare('DELETE FROM alert_states WHERE code = ?'),
  states: database.prepare('SELECT code, state FROM alert_states ORDER BY code'),
});

/** Whether the file is of a version that keeps them. */
export const hasAlerts = (database: Pick<DatabasePort, 'prepare'>): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'alert_log'").get() !== undefined;

/** The newest steps that are stored, oldest of them first. */
export function alertSteps({ read }: Pick<AlertStatements, 'read'>, query: AlertLogQuery): AlertLogEntry[] {
  const code = query.code ?? null;
  const tenant = query.tenant === undefined ? null : query.tenant === null ? '' : `${query.tenant}/`;
  const rows = read.all(
    query.since,
    query.until ?? Number.MAX_SAFE_INTEGER,
    code,
    code,
    tenant,
    tenant,
    query.limit,
  ) as (AlertLogEntry & {
    alert: string | null;
  })[];
  return rows.reverse().map((row) => {
    const { tenant: of, code: own } = named(row.code);
    return { ...row, code: own, alert: parsed(row.alert), ...(of !== null && { tenant: of }) };
  });
}

/** What is known of each code that has something to know, and whose it is; null: the device's own. */
export function alertStates({ states }: Pick<AlertStatements, 'states'>): { tenant: string | null; state: object }[] {
  return (states.all() as { code: string; state: string }[]).flatMap((row) => {
    const state = parsed(row.state);
    return state === null ? [] : [{ tenant: named(row.code).tenant, state }];
  });
}

const keptCode = ({ tenant, code }: Pick<AlertLogEntry, 'tenant' | 'code'>): string =>
  tenant === undefined ? code : `${tenant}/${code}`;

function named(kept: string): { tenant: string | null; code: string } {
  const end = kept.indexOf('/');
  return { tenant: end === -1 ? null : kept.slice(0, end), code: kept.slice(end + 1) };
}

function isAskedFor(
  entry: AlertLogEntry,
  { since, until = Number.POSITIVE_INFINITY, code, tenant }: AlertLogQuery,
): boolean {
  const { at, code: own, tenant: of = null } = entry;
  return at >= since && at <= until && (code ?? own) === own && (tenant === undefined || tenant === of);
}

function parsed(json: string | null): object | null {
  try {
    return json === null ? null : (JSON.parse(json) as object);
  } catch {
    // somebody wrote into the file by hand
    return null;
  }
}
