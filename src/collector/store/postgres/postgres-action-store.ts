import type { PostgresRow } from '../../../database/postgres/server/postgres-connection.js';
import { actionOf, labelsOf, talliesOf, taskOf, taskValues } from '../../actions/action-rows.js';
import type { ActionChanges, ActionStore, KnownConfiguration, TaskQuery } from '../../actions/action-store.js';
import type { AuditEntry } from '../../actions/audit-chain.js';
import type { DeviceTask, FleetAction, TaskTally } from '../../actions/fleet-action.js';
import type { PostgresLink } from './postgres-link.js';

/** Actions and their audit in the database of the fleet. */
export class PostgresActionStore implements ActionStore {
  readonly #writer: PostgresLink;
  readonly #reader: PostgresLink;

  constructor(writer: PostgresLink, reader: PostgresLink) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async change({ actions, tasks, audit, labels, configurations }: ActionChanges): Promise<void> {
    await this.#writer.transaction(async (connection) => {
      const run = (sql: string, ...values: unknown[]) => connection.rows(sql, values);
      for (const { plan, state, ...progress } of actions)
        await run(WRITE_ACTION, plan.id, plan.createdAt, state, JSON.stringify(plan), JSON.stringify(progress));
      for (const { action, task } of tasks) await run(WRITE_TASK, action, ...taskValues(task));
      for (const { n, at, by, what, action, detail, previous, hash } of audit)
        await run(WRITE_AUDIT, n, at, by, what, action, detail, previous, hash);
      for (const { site, device, label, has } of labels) await run(has ? ADD_LABEL : DROP_LABEL, site, device, label);
      for (const { site, device, hash, at, values } of configurations)
        await run(WRITE_CONFIGURATION, site, device, hash, at, values);
    });
  }

  async action(id: string): Promise<FleetAction | null> {
    return (await this.#all('SELECT * FROM fleet.actions WHERE id = $1', id)).map(actionOf)[0] ?? null;
  }

  async actions(limit: number, before: number): Promise<FleetAction[]> {
    const sql = 'SELECT * FROM fleet.actions WHERE created_at < $1 ORDER BY created_at DESC, id LIMIT $2';
    return (await this.#all(sql, before, limit)).map(actionOf);
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

  async labels(): Promise<ReadonlyMap<string, readonly string[]>> {
    return labelsOf(await this.#all('SELECT * FROM fleet.device_labels ORDER BY site, device, label'));
  }

  async configuration(site: string, device: string): Promise<KnownConfiguration | null> {
    const sql = 'SELECT * FROM fleet.device_configurations WHERE site = $1 AND device = $2';
    return ((await this.#all(sql, site, device))[0] as KnownConfiguration | undefined) ?? null;
  }

  #all(sql: string, ...values: unknown[]): Promise<PostgresRow[]> {
    return this.#reader.rows(sql, values);
  }
}

const WRITE_ACTION = `INSERT INTO fleet.actions (id, created_at, state, plan, progress) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, progress = excluded.progress`;
const TASK_COLUMNS = ['stage', 'state', 'attempts', 'sent_at', 'answered_at', 'reason', 'result', 'alerts_before'];
const WRITE_TASK = `INSERT INTO fleet.action_devices (action, site, device, ${TASK_COLUMNS.join(', ')})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (action, site, device) DO UPDATE
  SET ${TASK_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`;
const WRITE_AUDIT = `INSERT INTO fleet.audit (n, at, by, what, action, detail, previous, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
const ADD_LABEL = 'INSERT INTO fleet.device_labels (site, device, label) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
const DROP_LABEL = 'DELETE FROM fleet.device_labels WHERE site = $1 AND device = $2 AND label = $3';
const WRITE_CONFIGURATION = `INSERT INTO fleet.device_configurations (site, device, hash, at, "values")
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site, device) DO UPDATE
  SET hash = excluded.hash, at = excluded.at, "values" = excluded."values"`;
