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
  readonly name: string;
  /** Its answer is not at hand once it was written. */
  task: DeviceTask;
  /** SHA-256 of its answer; null: there is none. */
  resultHash: string | null;
  isAway: boolean | null;
  /** Unix ms. */
  nextLookAt: number;
}

/** What somebody should hear of. */
export interface ActionStep {
  readonly what: 'stage' | 'halted' | 'ended';
  readonly reason: string;
}

/** ms after which something may be to be decided although nothing happened. */
const STEP_AGAIN_MS = 10_000;
/** ms until a device is looked at again. */
const LOOK_AGAIN_MS = { away: 5000, there: 2000 };

/**
 * An action that is not ended, with its devices at hand. What changes is gathered until it is asked for. Devices are looked at in turn, and
 * sent to in the order in which they could be, so that whoever is away, silent or watched keeps nobody waiting.
 */
export class RunningAction {
  action: FleetAction;
  readonly #tasks: ReadonlyMap<string, KeptTask>;
  readonly #inTurn: readonly KeptTask[];
  /** Where the next look begins. */
  #place = 0;
  /** Those that are there and wait for no more than that another message may go out; the oldest first. */
  readonly #ready = new Set<KeptTask>();
  readonly #bucket: TokenBucket;
  readonly #burst: number;
  readonly #changed = new Set<KeptTask>();
  /** Whether anything happened since it was asked what is to become of it. */
  #hasMoved = true;
  /** Unix ms. */
  #steppedAt = 0;

  constructor(action: FleetAction, tasks: readonly DeviceTask[]) {
    this.action = action;
    const { perSecond } = action.plan;
    this.#burst = Math.max(1, perSecond);
    this.#bucket = new TokenBucket(perSecond, this.#burst);
    this.#inTurn = tasks.map((task) => ({
      name: `${task.site}/${task.device}`,
      task: { ...task, result: null },
      resultHash: hashOf(task.result),
      isAway: null,
      nextLookAt: 0,
    }));
    this.#tasks = new Map(this.#inTurn.map((kept) => [kept.name, kept]));
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
    if (kept !== undefined) this.#become(kept, afterAnswer(kept.task, answer, this.action.plan, now));
  }

  /** Devices to look at now, at most so many besides those that can be sent to; those that wait for their stage are not. @param now Unix ms */
  toLookAt(most: number, now: number): DeviceTask[] {
    const isOver = now >= this.action.plan.deadlineAt;
    const found: DeviceTask[] = [];
    if (this.action.state === 'running' && !isOver)
      for (const { task } of this.#ready) {
        if (found.length >= this.#burst) break;
        found.push(task);
      }
    const all = this.#inTurn.length;
    let left = most;
    for (let step = 0; step < all && left > 0; step++) {
      const kept = this.#inTurn[this.#place]!;
      this.#place = (this.#place + 1) % all;
      if (!this.#isToBeLookedAt(kept, isOver, now)) continue;
      found.push(kept.task);
      left--;
    }
    return found;
  }

  #isToBeLookedAt(kept: KeptTask, isOver: boolean, now: number): boolean {
    const { task, nextLookAt } = kept;
    if (isSettledTask(task)) return false;
    if (isOver) return true;
    // one that is there and was never sent to has only to wait until it can be
    const onlyWaits = task.state === 'waiting' && this.#ready.has(kept);
    return !onlyWaits && nextLookAt <= now && task.stage <= this.action.stage;
  }

  /** How a device is. @param maySend whether anything can be sent now @returns whether it is to be sent to; it counts as sent then */
  look({ site, device }: DeviceTask, facts: DeviceFacts, maySend: boolean, now: number): boolean {
    const kept = this.#tasks.get(`${site}/${device}`)!;
    const { plan, state, stage } = this.action;
    const isAway = facts.presence === 'offline' || facts.presence === 'gone';
    if (isAway !== kept.isAway) this.#hasMoved = true;
    kept.isAway = isAway;
    kept.nextLookAt = now + (isAway ? LOOK_AGAIN_MS.away : LOOK_AGAIN_MS.there);
    this.#become(kept, afterLook(kept.task, facts, plan, now));
    const { task } = kept;
    const isHis = state === 'running' && task.stage <= stage && now < plan.deadlineAt;
    if (!isHis || !isDueTask(task, facts, now)) {
      this.#ready.delete(kept);
      return false;
    }
    if (!maySend || !this.#bucket.take(now)) {
      this.#ready.add(kept);
      return false;
    }
    this.#ready.delete(kept);
    this.#become(kept, afterSending(task, facts, now));
    return true;
  }

  /** What is to become of it now. @param now Unix ms @returns what somebody should hear of; null: nothing */
  step(now: number): ActionStep | null {
    if (!this.#hasMoved && now - this.#steppedAt < STEP_AGAIN_MS) return null;
    this.#hasMoved = false;
    this.#steppedAt = now;
    const { action } = this;
    if (action.state === 'halted') {
      if (this.#inTurn.some(({ task }) => !isSettledTask(task))) return null;
      const reason = `nothing is left, and it was halted: ${action.reason ?? ''}`.slice(0, 1000);
      this.#end('ended', reason, now);
      return { what: 'ended', reason };
    }
    const step = stageStep(action, this.#inTurn, now);
    if (step.is === 'wait') return null;
    const { reason } = step;
    this.#hasMoved = true;
    if (step.is === 'next') this.action = { ...action, stage: action.stage + 1 };
    else if (step.is === 'halt') this.action = { ...action, state: 'halted', reason };
    else this.#end('ended', reason, now);
    return { what: step.is === 'next' ? 'stage' : step.is === 'halt' ? 'halted' : 'ended', reason };
  }

  /** Nothing more is sent until somebody resumes it. */
  halt(reason: string): void {
    this.action = { ...this.action, state: 'halted', reason };
    this.#hasMoved = true;
  }

  /** Goes on: what failed by now was seen. */
  resume(): void {
    const tasks = this.#inTurn.map(({ task }) => task);
    const { failed, refused, unwell } = tallyOf(tasks);
    const { action } = this;
    const isStageOver = tasks.every((task) => task.stage > action.stage || isSettledTask(task));
    const isLast = action.stage >= action.plan.stages.length - 1;
    const stage = isStageOver && !isLast ? action.stage + 1 : action.stage;
    this.action = { ...action, state: 'running', reason: null, forgiven: failed + refused + unwell, stage };
    this.#hasMoved = true;
  }

  /** Ends it: whom it was not sent to is not sent to. @param now Unix ms */
  abort(reason: string, now: number): void {
    for (const kept of this.#inTurn) {
      const { task } = kept;
      if (isSettledTask(task)) continue;
      const was = task.state === 'waiting' ? null : `it was ${task.state} then`;
      this.#become(kept, { ...task, state: task.state === 'watched' ? 'done' : 'cancelled', reason: was });
    }
    this.#end('aborted', reason, now);
  }

  tally(): TaskTally {
    return tallyOf(this.#inTurn.map(({ task }) => task));
  }

  /** SHA-256 of what became of every device, for the audit. */
  resultsDigest(): string {
    const hash = createHash('sha256');
    for (const name of [...this.#tasks.keys()].sort()) {
      const { task, resultHash } = this.#tasks.get(name)!;
      hash.update(`${JSON.stringify([name, task.state, task.attempts, task.reason, resultHash])}\n`);
    }
    return hash.digest('hex');
  }

  /** Tasks that have changed since this was asked last. An answer is in none but the first that has it. */
  changes(): DeviceTask[] {
    const changed = [...this.#changed].map(({ task }) => task);
    for (const kept of this.#changed) kept.task = { ...kept.task, result: null };
    this.#changed.clear();
    return changed;
  }

  #end(state: 'ended' | 'aborted', reason: string, now: number): void {
    const tallies = this.action.plan.stages.map((_, stage) =>
      tallyOf(this.#inTurn.filter(({ task }) => task.stage === stage).map(({ task }) => task)),
    );
    this.action = { ...this.action, state, reason, endedAt: now, tallies };
  }

  #become(kept: KeptTask, task: DeviceTask): void {
    if (task === kept.task) return;
    kept.task = task;
    if (task.result !== null) kept.resultHash = hashOf(task.result);
    this.#changed.add(kept);
    this.#hasMoved = true;
  }
}

const hashOf = (result: string | null): string | null =>
  result === null ? null : createHash('sha256').update(result).digest('hex');
