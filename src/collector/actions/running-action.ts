import { createHash } from 'node:crypto';
import { TokenBucket } from '../../foundation/token-bucket.js';
import {
  type DeviceFacts,
  type DeviceTask,
  type FleetAction,
  isSettledTask,
  type TaskTally,
  tallyOf,
} from './fleet-action.js';
import { type SeenTask, stageStep } from './stage-step.js';
import { afterAnswer, afterLook, afterSending, isDueTask, type TaskAnswer } from './task-steps.js';

interface KeptTask extends SeenTask {
  task: DeviceTask;
  isAway: boolean | null;
  /** Unix ms. */
  nextLookAt: number;
}

/** ms until a device is looked at again. */
const LOOK_AGAIN_MS = { away: 5000, there: 2000 };

/** An action that is not ended, with its devices at hand. What changes is gathered until it is asked for. */
export class RunningAction {
  action: FleetAction;
  readonly #tasks: Map<string, KeptTask>;
  readonly #bucket: TokenBucket;
  readonly #changed = new Set<string>();

  constructor(action: FleetAction, tasks: readonly DeviceTask[]) {
    this.action = action;
    this.#bucket = new TokenBucket(action.plan.perSecond, Math.max(1, action.plan.perSecond));
    this.#tasks = new Map(
      tasks.map((task) => [`${task.site}/${task.device}`, { task, isAway: null, nextLookAt: 0 }] as const),
    );
  }

  get size(): number {
    return this.#tasks.size;
  }

  get isOpen(): boolean {
    return this.action.state === 'running' || this.action.state === 'halted';
  }

  /** Takes an answer. @param now Unix ms */
  answer(device: string, answer: TaskAnswer, now: number): void {
    const kept = this.#tasks.get(device);
    if (kept !== undefined) this.#become(device, kept, afterAnswer(kept.task, answer, this.action.plan, now));
  }

  /** Devices to look at now, at most so many; those that wait for their stage are not. @param now Unix ms */
  toLookAt(most: number, now: number): DeviceTask[] {
    const found: DeviceTask[] = [];
    const isOver = now >= this.action.plan.deadlineAt;
    for (const { task, nextLookAt } of this.#tasks.values()) {
      if (found.length >= most) break;
      if (isSettledTask(task) || (nextLookAt > now && !isOver) || (task.stage > this.action.stage && !isOver)) continue;
      found.push(task);
    }
    return found;
  }

  /** How a device is. @param maySend whether anything can be sent now @returns whether it is to be sent to; it counts as sent then */
  look({ site, device }: DeviceTask, facts: DeviceFacts, maySend: boolean, now: number): boolean {
    const name = `${site}/${device}`;
    const kept = this.#tasks.get(name)!;
    const { plan, state, stage } = this.action;
    kept.isAway = facts.presence === 'offline' || facts.presence === 'gone';
    kept.nextLookAt = now + (kept.isAway ? LOOK_AGAIN_MS.away : LOOK_AGAIN_MS.there);
    this.#become(name, kept, afterLook(kept.task, facts, plan, now));
    const { task } = kept;
    const isHis = state === 'running' && task.stage <= stage && now < plan.deadlineAt;
    if (!isHis || !isDueTask(task, facts, now)) return false;
    if (!maySend || !this.#bucket.take(now)) {
      kept.nextLookAt = now;
      return false;
    }
    this.#become(name, kept, afterSending(task, facts, now));
    return true;
  }

  /** What is to become of it now. @param now Unix ms @returns what somebody should hear of; null: nothing */
  step(now: number): { readonly what: 'stage' | 'halted' | 'ended'; readonly reason: string } | null {
    const { action } = this;
    const tasks = [...this.#tasks.values()];
    if (action.state === 'halted') {
      if (tasks.some(({ task }) => !isSettledTask(task))) return null;
      const reason = `nothing is left, and it was halted: ${action.reason ?? ''}`.slice(0, 1000);
      this.action = { ...action, state: 'ended', reason, endedAt: now };
      return { what: 'ended', reason };
    }
    const step = stageStep(action, tasks);
    if (step.is === 'wait') return null;
    const { reason } = step;
    if (step.is === 'next') this.action = { ...action, stage: action.stage + 1 };
    else if (step.is === 'halt') this.action = { ...action, state: 'halted', reason };
    else this.action = { ...action, state: 'ended', reason, endedAt: now };
    return { what: step.is === 'next' ? 'stage' : step.is === 'halt' ? 'halted' : 'ended', reason };
  }

  /** Goes on: what failed by now was seen. */
  resume(): void {
    const tasks = [...this.#tasks.values()].map(({ task }) => task);
    const { failed, refused, unwell } = tallyOf(tasks);
    const { action } = this;
    const isStageOver = tasks.every((task) => task.stage > action.stage || isSettledTask(task));
    const isLast = action.stage >= action.plan.stages.length - 1;
    const stage = isStageOver && !isLast ? action.stage + 1 : action.stage;
    this.action = { ...action, state: 'running', reason: null, forgiven: failed + refused + unwell, stage };
  }

  /** Ends it: whom it was not sent to is not sent to. @param now Unix ms */
  abort(reason: string, now: number): void {
    for (const [name, kept] of this.#tasks) {
      const { task } = kept;
      if (isSettledTask(task)) continue;
      const was = task.state === 'waiting' ? null : `it was ${task.state} then`;
      this.#become(name, kept, { ...task, state: task.state === 'watched' ? 'done' : 'cancelled', reason: was });
    }
    this.action = { ...this.action, state: 'aborted', reason, endedAt: now };
  }

  tally(): TaskTally {
    return tallyOf([...this.#tasks.values()].map(({ task }) => task));
  }

  /** SHA-256 of what became of every device, for the audit. */
  resultsDigest(): string {
    const hash = createHash('sha256');
    for (const name of [...this.#tasks.keys()].sort()) {
      const { state, reason, result, attempts } = this.#tasks.get(name)!.task;
      hash.update(`${JSON.stringify([name, state, attempts, reason, result])}\n`);
    }
    return hash.digest('hex');
  }

  /** Tasks that have changed since this was asked last. */
  changes(): DeviceTask[] {
    const changed = [...this.#changed].map((name) => this.#tasks.get(name)!.task);
    this.#changed.clear();
    return changed;
  }

  #become(name: string, kept: KeptTask, task: DeviceTask): void {
    if (task === kept.task) return;
    kept.task = task;
    this.#changed.add(name);
  }
}
