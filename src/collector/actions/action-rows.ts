import {
  type ActionPlan,
  type DeviceTask,
  type FleetAction,
  TASK_STATES,
  type TaskTally,
  tallyOf,
} from './fleet-action.js';

/** Between rows of a database and what they mean of actions. */

type Row = Readonly<Record<string, unknown>>;

/** @param row of the table actions */
export function actionOf(row: Row): FleetAction {
  type Progress = Omit<FleetAction, 'plan' | 'state'>;
  // those of earlier programs have no tallies
  const progress = { tallies: null, ...(JSON.parse(row['progress'] as string) as Omit<Progress, 'tallies'>) };
  return {
    plan: JSON.parse(row['plan'] as string) as ActionPlan,
    state: row['state'] as FleetAction['state'],
    ...progress,
  };
}

/** @param row of the table action_devices */
export function taskOf(row: Row): DeviceTask {
  return {
    site: row['site'] as string,
    device: row['device'] as string,
    stage: row['stage'] as number,
    state: TASK_STATES.find((state) => state === row['state'])!,
    attempts: row['attempts'] as number,
    sentAt: row['sent_at'] as number | null,
    answeredAt: row['answered_at'] as number | null,
    reason: row['reason'] as string | null,
    result: row['result'] as string | null,
    alertsBefore: JSON.parse(row['alerts_before'] as string) as string[],
  };
}

/** Id, when it began, state, when it ended, what stands fast and what changes. */
export function actionValues({ plan, state, ...progress }: FleetAction): unknown[] {
  return [plan.id, plan.createdAt, state, progress.endedAt, JSON.stringify(plan), JSON.stringify(progress)];
}

/** Of the table action_devices, but for the action. */
export const TASK_COLUMNS = [
  ...(['site', 'device', 'stage', 'state', 'attempts'] as const),
  ...(['sent_at', 'answered_at', 'reason', 'result', 'alerts_before'] as const),
] as const;

/** What a task that is there already becomes: an answer stays until there is another. @param table as the statement calls it */
export const taskUpdate = (table: string): string =>
  TASK_COLUMNS.slice(2)
    .map((name) =>
      name === 'result' ? `result = coalesce(excluded.result, ${table}.result)` : `${name} = excluded.${name}`,
    )
    .join(', ');

/** In the order of `TASK_COLUMNS`. */
export const taskValues = (task: DeviceTask): unknown[] => [
  task.site,
  task.device,
  task.stage,
  task.state,
  task.attempts,
  task.sentAt,
  task.answeredAt,
  task.reason,
  task.result,
  JSON.stringify(task.alertsBefore),
];

/** By stage. @param rows stage, state and how many devices */
export function talliesOf(rows: readonly Row[]): readonly TaskTally[] {
  const tallies: Record<string, number>[] = [];
  for (const { stage, state, devices } of rows) {
    while (tallies.length <= (stage as number)) tallies.push({ ...tallyOf([]) });
    tallies[stage as number]![state as string] = devices as number;
  }
  return tallies as TaskTally[];
}

/** By `site/device`. @param rows in the order of their labels */
export function labelsOf(rows: readonly Row[]): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>();
  for (const { site, device, label } of rows) {
    const name = `${site}/${device}`;
    labels.set(name, [...(labels.get(name) ?? []), label as string]);
  }
  return labels;
}
