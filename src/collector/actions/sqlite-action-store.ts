import type { DatabasePort } from '../../store/database-port.js';
import type { DeviceName } from '../device/device-name.js';
import type { SqliteStatements } from '../store/sqlite-statements.js';
import {
  actionOf,
  actionValues,
  labelsOf,
  TASK_COLUMNS,
  talliesOf,
  taskOf,
  taskUpdate,
  taskValues,
} from './action-rows.js';
import type {
  ActionChanges,
  ActionPlace,
  ActionStore,
  ForgottenActions,
  KnownConfiguration,
  TaskQuery,
} from './action-store.js';
import type { AuditEntry } from './audit-chain.js';
import type { DeviceTask, FleetAction, TaskTally } from './fleet-action.js';

/** Rows that are deleted at a time. */
const MOST_FORGOTTEN = 2000;

/** Actions and their audit in the file of the fleet. */
export class SqliteActionStore implements ActionStore {
  readonly #database: DatabasePort;
  readonly #sql: SqliteStatements;

  /** @param database with the schema of a fleet @param sql its statements */
  constructor(database: DatabasePort, sql: SqliteStatements) {
    this.#database = database;
    this.#sql = sql;
  }

  async change({ actions, tasks, audit, archivedThrough, labels, configurations }: ActionChanges): Promise<void> {
    this.#sql.asking(() =>
      this.#database.transaction(() => {
        for (const action of actions) this.#sql.run(WRITE_ACTION, ...actionValues(action));
        for (const { action, task } of tasks) this.#sql.run(WRITE_TASK, action, ...taskValues(task));
        for (const { n, at, by, what, action, detail, previous, hash } of audit)
          this.#sql.run(WRITE_AUDIT, n, at, by, what, action, detail, previous, hash);
        if (archivedThrough > 0) this.#sql.run('DELETE FROM audit WHERE n <= ?', archivedThrough);
        for (const { site, device, label, has } of labels)
          this.#sql.run(has ? ADD_LABEL : DROP_LABEL, site, device, label);
        for (const { site, device, hash, at, values } of configurations)
          this.#sql.run(WRITE_CONFIGURATION, site, device, hash, at, values);
      }, true),
    );
  }

  /** Deletes some of what was ended before that; within a transaction. */
  forget({ results, actions }: ForgottenActions): void {
    const [oldest] = this.#sql.all(OLDEST_RESULTS, results);
    if (oldest !== undefined) this.#sql.run(FORGET_RESULTS, oldest['id'], oldest['id']);
    this.#sql.run(FORGET_ACTIONS, actions);
  }

  async action(id: string): Promise<FleetAction | null> {
    return this.#sql.all('SELECT * FROM actions WHERE id = ?', id).map(actionOf)[0] ?? null;
  }

  async actions(limit: number, { createdAt, id }: ActionPlace): Promise<FleetAction[]> {
    const sql =
      'SELECT * FROM actions WHERE created_at <= ? AND (created_at < ? OR id > ?) ORDER BY created_at DESC, id LIMIT ?';
    return this.#sql.all(sql, createdAt, createdAt, id, limit).map(actionOf);
  }

  async openActions(): Promise<FleetAction[]> {
    const sql = "SELECT * FROM actions WHERE state IN ('running', 'halted') ORDER BY created_at, id";
    return this.#sql.all(sql).map(actionOf);
  }

  async tasks({ action, state, after, limit }: TaskQuery): Promise<DeviceTask[]> {
    const { site, device } = after ?? { site: '', device: '' };
    const sql = `SELECT * FROM action_devices WHERE action = ? AND (site, device) > (?, ?)
      ${state === undefined ? '' : 'AND state = ?'} ORDER BY site, device LIMIT ?`;
    return this.#sql.all(sql, action, site, device, ...(state === undefined ? [] : [state]), limit).map(taskOf);
  }

  async tallies(action: string): Promise<readonly TaskTally[]> {
    const sql = 'SELECT stage, state, count(*) AS devices FROM action_devices WHERE action = ? GROUP BY stage, state';
    return talliesOf(this.#sql.all(sql, action));
  }

  async audit(limit: number, before: number): Promise<AuditEntry[]> {
    return this.#sql.all(
      'SELECT * FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?',
      before,
      limit,
    ) as unknown as AuditEntry[];
  }

  async oldestAudit(limit: number, after = 0): Promise<AuditEntry[]> {
    const sql = 'SELECT * FROM audit WHERE n > ? ORDER BY n LIMIT ?';
    return this.#sql.all(sql, after, limit) as unknown as AuditEntry[];
  }

  async labels(): Promise<ReadonlyMap<string, readonly string[]>> {
    return labelsOf(this.#sql.all('SELECT * FROM device_labels ORDER BY site, device, label'));
  }

  async configurations(names: readonly DeviceName[]): Promise<KnownConfiguration[]> {
    const wanted = JSON.stringify(names.map(({ site, device }) => [site, device]));
    return this.#sql.all(CONFIGURATIONS_OF, wanted) as unknown as KnownConfiguration[];
  }
}

const CONFIGURATIONS_OF = `SELECT told.* FROM json_each(?) AS name JOIN device_configurations AS told
  ON told.site = json_extract(name.value, '$[0]') AND told.device = json_extract(name.value, '$[1]')`;
const WRITE_ACTION = `INSERT INTO actions (id, created_at, state, ended_at, plan, progress) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at, progress = excluded.progress`;
const WRITE_TASK = `INSERT INTO action_devices (action, ${TASK_COLUMNS.join(', ')})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (action, site, device) DO UPDATE SET ${taskUpdate('action_devices')}`;
const OLDEST_RESULTS = `SELECT id FROM actions WHERE ended_at < ?
  AND EXISTS (SELECT 1 FROM action_devices WHERE action = actions.id) ORDER BY ended_at LIMIT 1`;
const FORGET_RESULTS = `DELETE FROM action_devices WHERE action = ?
  AND (site, device) IN (SELECT site, device FROM action_devices WHERE action = ? LIMIT ${MOST_FORGOTTEN})`;
const FORGET_ACTIONS = `DELETE FROM actions WHERE id IN (SELECT id FROM actions WHERE ended_at < ?
  AND NOT EXISTS (SELECT 1 FROM action_devices WHERE action = actions.id) LIMIT ${MOST_FORGOTTEN})`;
const WRITE_AUDIT =
  'INSERT INTO audit (n, at, by, what, action, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
const ADD_LABEL = 'INSERT INTO device_labels (site, device, label) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
const DROP_LABEL = 'DELETE FROM device_labels WHERE site = ? AND device = ? AND label = ?';
const WRITE_CONFIGURATION =
  'INSERT OR REPLACE INTO device_configurations (site, device, hash, at, "values") VALUES (?, ?, ?, ?, ?)';
