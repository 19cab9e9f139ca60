import type { DeviceName } from '../device/device-name.js';
import type { AuditEntry } from './audit-chain.js';
import type { DeviceTask, FleetAction, TaskTally } from './fleet-action.js';

/*
 * Where actions, their devices and the audit are kept. There is one writer; test/collector/actions/store-contract.ts is what any
 * implementation must keep.
 */

/** What changes at once: all of it is written, or nothing. */
export interface ActionChanges {
  /** As they stand now; one that is not known is new. */
  readonly actions: readonly FleetAction[];
  /** By the id of their action, as they stand now; one that is not known is new. */
  readonly tasks: readonly { readonly action: string; readonly task: DeviceTask }[];
  /** In their order; each goes on where the one before ended. */
  readonly audit: readonly AuditEntry[];
  /** Entries up to this number go: the newest of `audit` says where they are; 0: none. */
  readonly archivedThrough: number;
  readonly labels: readonly LabelChange[];
  /** What devices say that their configuration is. */
  readonly configurations: readonly KnownConfiguration[];
}

/** A label that a device gets or loses. */
export interface LabelChange {
  readonly site: string;
  readonly device: string;
  readonly label: string;
  readonly has: boolean;
}

/** The configuration of a device, as it told it. */
export interface KnownConfiguration {
  readonly site: string;
  readonly device: string;
  readonly hash: string;
  /** Unix ms. */
  readonly at: number;
  /** Values by key, in JSON, without secrets. */
  readonly values: string;
}

/** A page of the devices of an action, in the order of site and name. */
export interface TaskQuery {
  readonly action: string;
  readonly state?: DeviceTask['state'] | undefined;
  readonly after: { readonly site: string; readonly device: string } | null;
  readonly limit: number;
}

/** Where an action is among others. */
export interface ActionPlace {
  /** Unix ms. */
  readonly createdAt: number;
  /** null: behind all that began then. */
  readonly id: string | null;
}

/** Until when what was ended is kept no more, Unix ms. */
export interface ForgottenActions {
  /** What each device did, of actions that were ended before; never later than `actions`. */
  readonly results: number;
  /** Actions that were ended before. */
  readonly actions: number;
}

/** Everything may fail, with an EdgeError where it is the disk's or the server's fault. */
export interface ActionStore {
  /** All or nothing. */
  change(changes: ActionChanges): Promise<void>;
  /** null: there is none. */
  action(id: string): Promise<FleetAction | null>;
  /** Newest first, by their ids where they began in the same ms. @param behind only those behind it in that order */
  actions(limit: number, behind: ActionPlace): Promise<FleetAction[]>;
  /** Those that are running or halted, oldest first. */
  openActions(): Promise<FleetAction[]>;
  tasks(query: TaskQuery): Promise<DeviceTask[]>;
  /** By stage. */
  tallies(action: string): Promise<readonly TaskTally[]>;
  /** Newest first. @param before those with a lower number */
  audit(limit: number, before: number): Promise<AuditEntry[]>;
  /** Oldest first. @param after those with a higher number; default 0 */
  oldestAudit(limit: number, after?: number): Promise<AuditEntry[]>;
  /** Labels by `site/device`. */
  labels(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** What these devices told, in whatever order; those that told nothing are absent. Each has kilobytes: at most some hundred at a time. */
  configurations(names: readonly DeviceName[]): Promise<KnownConfiguration[]>;
}

/** Where nothing changes. */
export const NO_ACTION_CHANGES: ActionChanges = {
  ...{ actions: [], tasks: [], audit: [], archivedThrough: 0, labels: [], configurations: [] },
};
