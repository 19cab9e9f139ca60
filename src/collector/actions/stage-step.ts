import { type DeviceTask, type FleetAction, isFailedTask, isSettledTask, tallyOf } from './fleet-action.js';

/** What is to become of an action. */
export type StageStep =
  | { readonly is: 'wait' }
  /** The devices of the next stage may have it. */
  | { readonly is: 'next'; readonly reason: string }
  | { readonly is: 'halt'; readonly reason: string }
  | { readonly is: 'end'; readonly reason: string };

/** A task, and whether its device was there when somebody looked last; null: nobody did. */
export interface SeenTask {
  readonly task: DeviceTask;
  readonly isAway: boolean | null;
}

const WAIT: StageStep = { is: 'wait' };
const MOST_NAMED = 3;

/** Of many devices a few never answer: those would hold up all others until the time is over. */
const MOST_ATTEMPTS = 5;
const MOST_SILENT_MS = 300_000;

/**
 * Decides for a running action. A stage is over once each of its devices is done with it, away or silent, and half of it, rounded up, is
 * done and well: devices that are away have it when they come back. More failures than the plan allows halt it, whatever the stage.
 *
 * @param now Unix ms
 */
export function stageStep(action: FleetAction, tasks: readonly SeenTask[], now: number): StageStep {
  const { plan, stage, forgiven } = action;
  const failed = tasks.filter(({ task }) => isFailedTask(task)).map(({ task }) => task);
  if (failed.length - forgiven > plan.mostFailures) return { is: 'halt', reason: failuresInWords(failed, action) };
  const open = tasks.filter(({ task }) => !isSettledTask(task));
  if (open.length === 0) return { is: 'end', reason: outcomeInWords(tasks) };
  if (stage >= plan.stages.length - 1) return WAIT;
  const begun = open.filter(({ task }) => task.stage <= stage);
  if (begun.some((seen) => holdsUp(seen, now))) return WAIT;
  const own = tasks.filter(({ task }) => task.stage === stage);
  const done = own.filter(({ task }) => task.state === 'done').length;
  if (done < Math.ceil(own.length / 2)) {
    if (begun.length > 0) return WAIT;
    return {
      is: 'halt',
      reason: `stage ${stage + 1}: only ${done} of ${own.length} done and well, and half is wanted`,
    };
  }
  const sent = begun.filter(({ task }) => task.state === 'sent').length;
  const left = [counted(begun.length - sent, 'away'), counted(sent, 'silent')].join('');
  return { is: 'next', reason: `stage ${stage + 1} is over: ${done} of ${own.length} done and well${left}` };
}

/** Whether the stage waits for a device that is not through with it. */
function holdsUp({ task: { state, attempts, sentAt }, isAway }: SeenTask, now: number): boolean {
  if (state === 'waiting') return isAway !== true;
  if (state !== 'sent') return true;
  return attempts < MOST_ATTEMPTS && now - (sentAt ?? now) < MOST_SILENT_MS;
}

const counted = (count: number, what: string): string => (count === 0 ? '' : `, ${count} ${what}`);

function failuresInWords(failed: readonly DeviceTask[], { plan, forgiven }: FleetAction): string {
  const named = failed
    .slice(-MOST_NAMED)
    .map(({ site, device, state, reason }) => `${site}/${device} ${state}${reason === null ? '' : ` (${reason})`}`);
  const more = failed.length > named.length ? ` and ${failed.length - named.length} more` : '';
  const allowed = plan.mostFailures === 0 ? 'none may' : `${plan.mostFailures} may`;
  const seen = forgiven === 0 ? '' : `, ${forgiven} of them seen before`;
  return `${failed.length} failed${seen}, where ${allowed}: ${named.join('; ')}${more}`.slice(0, 1000);
}

function outcomeInWords(tasks: readonly SeenTask[]): string {
  const counted = Object.entries(tallyOf(tasks.map(({ task }) => task))).filter(([, count]) => count > 0);
  return counted.map(([state, count]) => `${count} ${state}`).join(', ');
}
