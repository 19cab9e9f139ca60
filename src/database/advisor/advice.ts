import type { IndexCandidate } from './candidates.js';

/** An index to make. */
export interface IndexToCreate {
  readonly sql: string;
  readonly name: string;
  readonly candidate: IndexCandidate;
  /** Milliseconds of the workload that it saves beside the others, writing it included. */
  readonly savesMs: number;
  /** Of an index of the whole table, not of what was copied. */
  readonly bytes: number;
  /** Statements that are planned otherwise with it, the most helped first. */
  readonly statements: readonly {
    readonly sql: string;
    readonly beforeMs: number;
    readonly afterMs: number;
    readonly plan: readonly string[];
  }[];
}

/** An index that can go. */
export interface IndexToDrop {
  readonly sql: string;
  readonly name: string;
  readonly table: string;
  /** `redundant`: another begins with its columns; `unused`: no statement of the workload is planned with it; `invalid`: its build was cut off. */
  readonly why: 'redundant' | 'unused' | 'invalid';
  /** That which makes it redundant; null for an unused one. */
  readonly instead: string | null;
  readonly bytes: number;
}

/** What was found for a workload; times in ms of all of it. */
export interface Advice {
  readonly create: readonly IndexToCreate[];
  readonly drop: readonly IndexToDrop[];
  /** Milliseconds of the workload without and with the indexes to create. */
  readonly beforeMs: number;
  readonly afterMs: number;
  /** Statements that were left out, with why. */
  readonly unread: readonly { readonly sql: string; readonly why: string }[];
  /** Indexes that were tried. */
  readonly tried: number;
  /** The time was over before all had been gone through: more of it may find more. */
  readonly cutShort: boolean;
  /** Where the times are from, for people: `measured on a copy`. */
  readonly how: string;
}
