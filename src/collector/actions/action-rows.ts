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
  const progress = JSON.parse(row['progress'] as string) as Omit<FleetAction, 'plan' | 'state'>;
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

/** In the order of the statement that writes them. */
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
