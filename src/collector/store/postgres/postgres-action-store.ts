import type { PostgresRow } from '../../../database/postgres/server/postgres-connection.js';
import { EdgeError } from '../../../foundation/errors.js';
import {
  actionOf,
  actionValues,
  labelsOf,
  TASK_COLUMNS,
  talliesOf,
  taskOf,
  taskUpdate,
  taskValues,
} from '../../actions/action-rows.js';
import type {
  ActionChanges,
  ActionPlace,
  ActionStore,
  ForgottenActions,
  KnownConfiguration,
  TaskQuery,
} from '../../actions/action-store.js';
import type { AuditEntry } from '../../actions/audit-chain.js';
import type { DeviceTask, FleetAction, TaskTally } from '../../actions/fleet-action.js';
import type { DeviceName } from '../../device/device-name.js';
import type { PostgresLink } from './postgres-link.js';

/** Tasks that a statement writes. */
const MOST_AT_ONCE = 2000;
/** Rows that are deleted at a time. */
const MOST_FORGOTTEN = 5000;

/** Actions and their audit in the database of the fleet. */
export class PostgresActionStore implements ActionStore {
  readonly #writer: PostgresLink;
  readonly #reader: PostgresLink;

  constructor(writer: PostgresLink, reader: PostgresLink) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async change({ actions, tasks, audit, archivedThrough, labels, configurations }: ActionChanges): Promise<void> {
    await this.#writer.transaction(async (connection) => {
      const run = (sql: string, ...values: unknown[]) => connection.rows(sql, values);
      for (const action of actions) await run(WRITE_ACTION, ...actionValues(action));
      for (let from = 0; from < tasks.length; from += MOST_AT_ONCE) {
        const rows = tasks.slice(from, from + MOST_AT_ONCE).map(({ action, task }) => [action, ...taskValues(task)]);
        await run(WRITE_TASKS, ...Array.from(TASK_TYPES, (_, column) => rows.map((row) => row[column])));
      }
      for (const { n, at, by, what, action, detail, previous, hash } of audit) {
        await run(WRITE_AUDIT, n, at, by, what, action, detail, previous, hash);
        const [kept] = await run('SELECT hash FROM fleet.audit WHERE n = $1', n);
        if (kept?.['hash'] !== hash)
          throw new EdgeError('E_OUTPUT', `the audit has another entry ${n}: somebody else wrote it meanwhile`);
      }
      if (archivedThrough > 0) await run('DELETE FROM fleet.audit WHERE n <= $1', archivedThrough);
      for (const { site, device, label, has } of labels) await run(has ? ADD_LABEL : DROP_LABEL, site, device, label);
      for (const { site, device, hash, at, values } of configurations)
        await run(WRITE_CONFIGURATION, site, device, hash, at, values);
    });
  }

  /** Deletes some of what was ended before that. */
  async forget({ results, actions }: ForgottenActions): Promise<void> {
    await this.#writer.rows(FORGET_RESULTS, [results, MOST_FORGOTTEN]);
    await this.#writer.rows(FORGET_ACTIONS, [actions, MOST_FORGOTTEN]);
  }

  async action(id: string): Promise<FleetAction | null> {
    return (await this.#all('SELECT * FROM fleet.actions WHERE id = $1', id)).map(actionOf)[0] ?? null;
  }

  async actions(limit: number, { createdAt, id }: ActionPlace): Promise<FleetAction[]> {
    const sql = `SELECT * FROM fleet.actions WHERE created_at <= $1 AND (created_at < $1 OR id > $2)
      ORDER BY created_at DESC, id LIMIT $3`;
    return (await this.#all(sql, createdAt, id, limit)).map(actionOf);
  }

  async openActions(): Promise<FleetAction[]> {
    const sql = "SELECT * FROM fleet.actions WHERE state IN ('running', 'halted') ORDER BY created_at, id";
    return (await this.#all(sql)).map(actionOf);
  }

  async tasks({ action, state, after, limit }: TaskQuery): Promise<DeviceTask[]> {
    const { site, device } = after ?? { site: '', device: '' };
    const sql = `SELECT * FROM fleet.action_devices WHERE action = $1 AND (site, device) > ($2, $3)
      ${state === undefined ? '' : 'AND state = $5'} ORDER BY site, device LIMIT $4`;
    return (await this.#all(sql, action, site, device, limit, ...(state === undefined ? [] : [state]))).map(taskOf);
  }

  async tallies(action: string): Promise<readonly TaskTally[]> {
    const sql = `SELECT stage, state, count(*) AS devices FROM fleet.action_devices WHERE action = $1
      GROUP BY stage, state`;
    return talliesOf(await this.#all(sql, action));
  }

  async audit(limit: number, before: number): Promise<AuditEntry[]> {
    const sql = 'SELECT * FROM fleet.audit WHERE n < $1 ORDER BY n DESC LIMIT $2';
    return (await this.#all(sql, before, limit)) as unknown as AuditEntry[];
  }

  async oldestAudit(limit: number, after = 0): Promise<AuditEntry[]> {
    const sql = 'SELECT * FROM fleet.audit WHERE n > $1 ORDER BY n LIMIT $2';
    return (await this.#all(sql, after, limit)) as unknown as AuditEntry[];
  }

  async labels(): Promise<ReadonlyMap<string, readonly string[]>> {
    return labelsOf(await this.#all('SELECT * FROM fleet.device_labels ORDER BY site, device, label'));
  }

  async configurations(names: readonly DeviceName[]): Promise<KnownConfiguration[]> {
    const columns = [names.map(({ site }) => site), names.map(({ device }) => device)];
    return (await this.#all(CONFIGURATIONS_OF, ...columns)) as unknown as KnownConfiguration[];
  }

  #all(sql: string, ...values: unknown[]): Promise<PostgresRow[]> {
    return this.#reader.rows(sql, values);
  }
}

const CONFIGURATIONS_OF = `SELECT told.* FROM unnest($1::text[], $2::text[]) AS name (site, device)
  JOIN fleet.device_configurations AS told ON told.site = name.site AND told.device = name.device`;
const WRITE_ACTION = `INSERT INTO fleet.actions (id, created_at, state, ended_at, plan, progress)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE
  SET state = excluded.state, ended_at = excluded.ended_at, progress = excluded.progress`;
/** Of the action and `TASK_COLUMNS`. */
const TASK_TYPES = [...['text', 'text', 'text', 'int', 'text', 'int'], ...['bigint', 'bigint', 'text', 'text', 'text']];
const WRITE_TASKS = `INSERT INTO fleet.action_devices AS kept (action, ${TASK_COLUMNS.join(', ')})
  SELECT * FROM unnest(${TASK_TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
  ON CONFLICT (action, site, device) DO UPDATE SET ${taskUpdate('kept')}`;
const FORGET_RESULTS = `DELETE FROM fleet.action_devices WHERE ctid = ANY (ARRAY(
  SELECT rows.ctid FROM fleet.action_devices AS rows WHERE rows.action = (
    SELECT id FROM fleet.actions WHERE ended_at < $1
      AND EXISTS (SELECT FROM fleet.action_devices WHERE action = actions.id) ORDER BY ended_at LIMIT 1) LIMIT $2))`;
const FORGET_ACTIONS = `DELETE FROM fleet.actions WHERE ctid = ANY (ARRAY(SELECT ctid FROM fleet.actions WHERE ended_at < $1
  AND NOT EXISTS (SELECT FROM fleet.action_devices WHERE action = actions.id) LIMIT $2))`;
/** One that was written before its connection was lost is there. */
const WRITE_AUDIT = `INSERT INTO fleet.audit (n, at, by, what, action, detail, previous, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (n) DO NOTHING`;
const ADD_LABEL = 'INSERT INTO fleet.device_labels (site, device, label) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
const DROP_LABEL = 'DELETE FROM fleet.device_labels WHERE site = $1 AND device = $2 AND label = $3';
const WRITE_CONFIGURATION = `INSERT INTO fleet.device_configurations (site, device, hash, at, "values")
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site, device) DO UPDATE
  SET hash = excluded.hash, at = excluded.at, "values" = excluded."values"`;
