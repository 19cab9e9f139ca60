import type { Presence } from '../device/presence.js';

/*
 * An action is one signed command for many devices, in stages. What it is stands fast from its beginning; how far it is changes. All of
 * it is kept, so that a collector that was ended goes on with it.
 */

/** `halted`: too much failed, and it waits for somebody; `ended`: nothing is left to be done. */
export const ACTION_STATES = ['running', 'halted', 'ended', 'aborted'] as const;
export type ActionState = (typeof ACTION_STATES)[number];

/**
 * How far a device is. `sent`: no answer yet; `accepted`: it has begun, and tells how that ended later; `watched`: it did it, and is
 * looked at; `unwell`: it did it, and was not well afterwards; `unanswered`: there was no answer before the time was over;
 * `cancelled`: the action was aborted before.
 */
export const TASK_STATES = [
  'waiting',
  'sent',
  'accepted',
  'watched',
  'done',
  'failed',
  'refused',
  'unwell',
  'unanswered',
  'cancelled',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** What is to be done, and how carefully. */
export interface ActionPlan {
  /** Of the command too: a device does it once. */
  readonly id: string;
  /** Name of the command. */
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Id of the key that signs it: with another one the devices would not know that they did it before. */
  readonly key: string;
  /** Who began it. */
  readonly by: string;
  /** In words of whoever began it. */
  readonly note: string | null;
  /** By what the devices were chosen, as it was asked. */
  readonly chosen: Readonly<Record<string, unknown>>;
  /** Unix ms. */
  readonly createdAt: number;
  /** Unix ms, from which on nothing is sent nor waited for. */
  readonly deadlineAt: number;
  /** Devices of each stage; their sum is all of them. */
  readonly stages: readonly number[];
  /** ms for which a device must be well after it did it. */
  readonly watchMs: number;
  /** ms after which a device that has accepted it is no longer waited for. */
  readonly outcomeMs: number;
  /** Devices that may fail without anybody being asked. */
  readonly mostFailures: number;
  /** Messages a second. */
  readonly perSecond: number;
}

/** An action, as it stands. */
export interface FleetAction {
  readonly plan: ActionPlan;
  readonly state: ActionState;
  /** From 0; devices of later ones wait. */
  readonly stage: number;
  /** Why it was halted, ended or aborted; null while it goes on. */
  readonly reason: string | null;
  /** Failures that somebody has seen and resumed it in spite of. */
  readonly forgiven: number;
  /** Unix ms; null while it goes on. */
  readonly endedAt: number | null;
  /** How many devices of each stage came to what, which stays when what each of them did is kept no more; null while it goes on. */
  readonly tallies: readonly TaskTally[] | null;
}

/** What an action is for one device. */
export interface DeviceTask {
  readonly site: string;
  readonly device: string;
  readonly stage: number;
  readonly state: TaskState;
  /** How often it was sent. */
  readonly attempts: number;
  /** Unix ms of the last time; null: never. */
  readonly sentAt: number | null;
  /** Unix ms of the answer that says that it did it, or has begun; null: none did. */
  readonly answeredAt: number | null;
  /** Why it is so, where it did not just do it. */
  readonly reason: string | null;
  /** Its answer in JSON, cut to 4000 characters; null: there is none. */
  readonly result: string | null;
  /** Alerts that held when it was sent first: those say nothing of what came of it. */
  readonly alertsBefore: readonly string[];
}

/** How a device is, as far as an action wants to know. */
export interface DeviceFacts {
  readonly presence: Presence;
  /** Unix ms of its newest message. */
  readonly heardAt: number;
  /** Codes of the alerts that hold and say that something is wrong. */
  readonly alerts: readonly string[];
}

/** How many devices are how far, by state; those of a stage or all. */
export type TaskTally = Readonly<Record<TaskState, number>>;

const FAILURES: ReadonlySet<TaskState> = new Set(['failed', 'refused', 'unwell']);
const SETTLED: ReadonlySet<TaskState> = new Set([...FAILURES, 'done', 'unanswered', 'cancelled']);

/** Whether that is a failure of the device. */
export const isFailedTask = ({ state }: Pick<DeviceTask, 'state'>): boolean => FAILURES.has(state);
/** Whether nothing more comes of it. */
export const isSettledTask = ({ state }: Pick<DeviceTask, 'state'>): boolean => SETTLED.has(state);

/** A device for which nothing was done yet. */
export const newTask = (site: string, device: string, stage: number): DeviceTask => ({
  site,
  device,
  stage,
  state: 'waiting',
  attempts: 0,
  sentAt: null,
  answeredAt: null,
  reason: null,
  result: null,
  alertsBefore: [],
});

/** Counts tasks by their state. */
export function tallyOf(tasks: Iterable<Pick<DeviceTask, 'state'>>): TaskTally {
  const tally = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>;
  for (const { state } of tasks) tally[state]++;
  return tally;
}
