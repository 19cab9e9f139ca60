import type { DatabasePort } from '../../store/database-port.js';
import type { SqliteStatements } from '../store/sqlite-statements.js';
import { actionOf, labelsOf, talliesOf, taskOf, taskValues } from './action-rows.js';
import type { ActionChanges, ActionStore, KnownConfiguration, TaskQuery } from './action-store.js';
import type { AuditEntry } from './audit-chain.js';
import type { DeviceTask, FleetAction, TaskTally } from './fleet-action.js';

/** Actions and their audit in the file of the fleet. */
export class SqliteActionStore implements ActionStore {
  readonly #database: DatabasePort;
  readonly #sql: SqliteStatements;

  /** @param database with the schema of a fleet @param sql its statements */
  constructor(database: DatabasePort, sql: SqliteStatements) {
    this.#database = database;
    this.#sql = sql;
  }

  async change({ actions, tasks, audit, labels, configurations }: ActionChanges): Promise<void> {
    this.#sql.asking(() =>
      this.#database.transaction(() => {
        for (const { plan, state, ...progress } of actions)
          this.#sql.run(WRITE_ACTION, plan.id, plan.createdAt, state, JSON.stringify(plan), JSON.stringify(progress));
        for (const { action, task } of tasks) this.#sql.run(WRITE_TASK, action, ...taskValues(task));
        for (const { n, at, by, what, action, detail, previous, hash } of audit)
          this.#sql.run(WRITE_AUDIT, n, at, by, what, action, detail, previous, hash);
        for (const { site, device, label, has } of labels)
          this.#sql.run(has ? ADD_LABEL : DROP_LABEL, site, device, label);
        for (const { site, device, hash, at, values } of configurations)
          this.#sql.run(WRITE_CONFIGURATION, site, device, hash, at, values);
      }, true),
    );
  }

  async action(id: string): Promise<FleetAction | null> {
    return this.#sql.all('SELECT * FROM actions WHERE id = ?', id).map(actionOf)[0] ?? null;
  }

  async actions(limit: number, before: number): Promise<FleetAction[]> {
    const sql = 'SELECT * FROM actions WHERE created_at < ? ORDER BY created_at DESC, id LIMIT ?';
    return this.#sql.all(sql, before, limit).map(actionOf);
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

  async labels(): Promise<ReadonlyMap<string, readonly string[]>> {
    return labelsOf(this.#sql.all('SELECT * FROM device_labels ORDER BY site, device, label'));
  }

  async configuration(site: string, device: string): Promise<KnownConfiguration | null> {
    const sql = 'SELECT * FROM device_configurations WHERE site = ? AND device = ?';
    return (this.#sql.all(sql, site, device)[0] as KnownConfiguration | undefined) ?? null;
  }
}

const WRITE_ACTION = `INSERT INTO actions (id, created_at, state, plan, progress) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, progress = excluded.progress`;
const WRITE_TASK = `INSERT OR REPLACE INTO action_devices
  (action, site, device, stage, state, attempts, sent_at, answered_at, reason, result, alerts_before)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const WRITE_AUDIT =
  'INSERT INTO audit (n, at, by, what, action, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
const ADD_LABEL = 'INSERT INTO device_labels (site, device, label) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
const DROP_LABEL = 'DELETE FROM device_labels WHERE site = ? AND device = ? AND label = ?';
const WRITE_CONFIGURATION =
  'INSERT OR REPLACE INTO device_configurations (site, device, hash, at, "values") VALUES (?, ?, ?, ?, ?)';
