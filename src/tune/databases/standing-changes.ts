import { CONNECTION_SETTINGS, type ConnectionSetting } from '../../database/sqlite/watched-database.js';
import { z } from '../../foundation/validate.js';
import type { DatabaseChange } from './database-change.js';

/** What outlives a crash: it is on the medium when `keep` returns, where there is one. */
export interface LastingStates {
  keep(name: string, state: object): void;
  kept(name: string): unknown;
}

/** The name under which is kept how to take back what is being tried. */
const IN_TRIAL = 'database-trial';

const savedState = z.object({
  indexes: z.record(z.string(), z.array(z.string())),
  settings: z.record(z.string(), z.partialRecord(z.enum(CONNECTION_SETTINGS), z.number())),
  /** Unix ms at which the trial began that was kept last. */
  lastKept: z.number().nullable(),
});
const openTrial = z.object({ database: z.string(), at: z.number(), undo: z.array(z.string()) });

/** The changes of databases that were kept, and how to take back the one that is being tried, as later runs of the program find them. */
export class StandingChanges {
  readonly #states: LastingStates;
  #saved: z.infer<typeof savedState> = { indexes: {}, settings: {}, lastKept: null };

  constructor(states: LastingStates) {
    this.#states = states;
  }

  /** What `load` takes, in this run or a later one. */
  get saved(): object {
    return this.#saved;
  }

  /** @returns false for what was not saved by this, which changes nothing */
  load(saved: unknown): boolean {
    const { data } = savedState.safeParse(saved);
    if (data !== undefined) this.#saved = data;
    return data !== undefined;
  }

  /** Of a database by its name, those that were kept. */
  indexesOf(database: string): ReadonlySet<string> {
    return new Set(this.#saved.indexes[database]);
  }

  /** Of the connections of a database by its name, those that were kept. */
  settingsOf(database: string): [ConnectionSetting, number][] {
    const settings = this.#saved.settings[database] ?? {};
    return CONNECTION_SETTINGS.flatMap((setting): [ConnectionSetting, number][] => {
      const value = settings[setting];
      return value === undefined ? [] : [[setting, value]];
    });
  }

  /** The change stands from now on. @param at Unix ms at which its trial began */
  keep({ database: { name }, action }: DatabaseChange, at: number | null): void {
    const { indexes, settings } = this.#saved;
    const own = new Set(indexes[name]);
    if (action.kind === 'create') own.add(action.name);
    if (action.kind === 'drop') own.delete(action.name);
    const set = settings[name] ?? {};
    this.#saved = {
      indexes: { ...indexes, [name]: [...own] },
      settings: { ...settings, [name]: action.kind === 'setting' ? { ...set, [action.setting]: action.value } : set },
      // with it the way back is of no use any more, which is on the medium still
      lastKept: at,
    };
  }

  /** A change that stood is taken back: what was kept before it is kept again. @param earlier see `saved` */
  giveUp({ database: { name } }: Pick<DatabaseChange, 'database'>, earlier: StandingChanges['saved']): void {
    const { data } = savedState.safeParse(earlier);
    if (data === undefined) return;
    this.#saved = {
      ...this.#saved,
      indexes: { ...this.#saved.indexes, [name]: data.indexes[name] ?? [] },
      settings: { ...this.#saved.settings, [name]: data.settings[name] ?? {} },
    };
  }

  /** To be told before anything is done. @param at Unix ms */
  trialBegins(database: string, at: number, undo: readonly string[]): void {
    this.#states.keep(IN_TRIAL, { database, at, undo });
  }

  /** What was tried is taken back, or was never done. */
  trialIsOver(): void {
    this.#states.keep(IN_TRIAL, {});
  }

  /** The statements that take back what an earlier run was trying on a database when it ended; null where it was nothing. */
  undoLeft(database: string): readonly string[] | null {
    const { data } = openTrial.safeParse(this.#states.kept(IN_TRIAL));
    return data !== undefined && data.database === database && data.at !== this.#saved.lastKept ? data.undo : null;
  }
}
