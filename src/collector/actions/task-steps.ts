import type { RefusalCause } from '../../telemetry/commands/refusals.js';
import type { ActionPlan, DeviceFacts, DeviceTask } from './fleet-action.js';

/** What a device answered, as far as it decides anything. */
export interface TaskAnswer {
  readonly ok: boolean;
  readonly error?: string | undefined;
  readonly refused?: RefusalCause | undefined;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

/** ms after which it is sent again under the same id, which a device answers with what it did. */
const AGAIN_MS = [15_000, 30_000, 60_000, 120_000, 300_000] as const;
const OUTCOME_AGAIN_MS = 120_000;
/** ms that a device may be away after it did something before that says anything. */
const AWAY_MS = 180_000;
const MOST_RESULT = 4000;
/** Asked again, it may well obey. */
const PASSING: ReadonlySet<RefusalCause> = new Set([
  'flood',
  'too-many',
  'busy',
  'expired',
  'not-yet-valid',
  'replayed',
]);

/** Whether a task is to be sent now; one that is away is waited for. @param now Unix ms */
export function isDueTask({ state, attempts, sentAt }: DeviceTask, { presence }: DeviceFacts, now: number): boolean {
  if (presence === 'offline' || presence === 'gone') return false;
  if (state === 'waiting' || sentAt === null) return state === 'waiting';
  if (state === 'accepted') return now - sentAt >= OUTCOME_AGAIN_MS;
  return state === 'sent' && now - sentAt >= AGAIN_MS[Math.min(Math.max(attempts, 1), AGAIN_MS.length) - 1]!;
}

/** It is sent. @param now Unix ms */
export const afterSending = (task: DeviceTask, { alerts }: DeviceFacts, now: number): DeviceTask => ({
  ...task,
  state: task.state === 'accepted' ? 'accepted' : 'sent',
  attempts: task.attempts + 1,
  sentAt: now,
  alertsBefore: task.attempts === 0 ? alerts : task.alertsBefore,
});

/** What an answer makes of a task; the same one where it changes nothing. @param now Unix ms */
export function afterAnswer(task: DeviceTask, answer: TaskAnswer, { watchMs }: ActionPlan, now: number): DeviceTask {
  // late is better than never: it did it
  const isOpen = ['waiting', 'sent', 'accepted', 'unanswered'].includes(task.state);
  if (!isOpen) return task;
  const { ok, error, refused, result } = answer;
  if (refused !== undefined && PASSING.has(refused))
    return task.state === 'unanswered' ? task : { ...task, reason: `${refused}: ${error ?? ''}` };
  if (!ok) {
    const reason = refused === undefined ? (error ?? 'it failed') : `${refused}: ${error ?? ''}`;
    return { ...task, state: refused === undefined ? 'failed' : 'refused', reason };
  }
  const told = { ...task, reason: null, result: shortened(result) };
  if (result?.['state'] === 'accepted')
    return task.state === 'accepted' ? task : { ...told, state: 'accepted', answeredAt: now };
  const isWatched = watchMs > 0 && task.state !== 'unanswered';
  return { ...told, state: isWatched ? 'watched' : 'done', answeredAt: now };
}

/** What the time and how the device is make of a task; the same one where they change nothing. @param now Unix ms */
export function afterLook(task: DeviceTask, facts: DeviceFacts, plan: ActionPlan, now: number): DeviceTask {
  const { answeredAt } = task;
  if (task.state === 'watched') return watched(task, facts, plan, now);
  if (task.state === 'accepted' && now - (answeredAt ?? 0) >= plan.outcomeMs)
    return {
      ...task,
      state: 'failed',
      reason: `it began, and told no outcome in ${minutes(plan.outcomeMs)}; it is ${facts.presence}`,
    };
  if (now < plan.deadlineAt) return task;
  if (task.state === 'waiting')
    return { ...task, state: 'unanswered', reason: `it was ${facts.presence} until the time was over` };
  if (task.state === 'sent')
    return { ...task, state: 'unanswered', reason: task.reason ?? `sent ${times(task.attempts)}, and not answered` };
  return task;
}

function watched(task: DeviceTask, facts: DeviceFacts, { watchMs }: ActionPlan, now: number): DeviceTask {
  const wrong = facts.alerts.filter((code) => !task.alertsBefore.includes(code));
  const unwell = (reason: string): DeviceTask => ({ ...task, state: 'unwell', reason });
  if (wrong.length > 0) return unwell(`alerts that did not hold before: ${wrong.join(', ')}`);
  const isAway = facts.presence === 'offline' || facts.presence === 'gone';
  const since = Math.max(task.answeredAt ?? 0, facts.heardAt);
  if (isAway && now - since >= AWAY_MS) return unwell(`it is ${facts.presence}, ${minutes(now - since)} by now`);
  // one that is away is not seen to be well
  return now - (task.answeredAt ?? 0) >= watchMs && !isAway ? { ...task, state: 'done' } : task;
}

function shortened(result: TaskAnswer['result']): string | null {
  if (result === undefined) return null;
  const text = JSON.stringify(result);
  return text.length <= MOST_RESULT ? text : JSON.stringify({ cut: text.slice(0, MOST_RESULT / 2) });
}

const minutes = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
