import { CONNECTION_SETTINGS, type ConnectionSetting } from '../../database/sqlite/watched-database.js';
import { z } from '../../foundation/validate.js';
import type { DatabaseChange } from './database-change.js';

/** What outlives a crash: it is on the medium when `keep` returns, where there is one. */
export interface LastingStates {
  keep(name: string, state: object): void;
  kept(name: string): unknown;
}

/** The name under which is kept how to take back what is being tried, by database: one that cannot be opened now waits with its own. */
const IN_TRIAL = 'database-trials';
/** The same of earlier releases, of one database alone. */
const IN_TRIAL_ALONE = 'database-trial';

const savedState = z.object({
  indexes: z.record(z.string(), z.array(z.string())),
  settings: z.record(z.string(), z.partialRecord(z.enum(CONNECTION_SETTINGS), z.number())),
  /** Unix ms at which the trial began that was kept last. */
  lastKept: z.number().nullable(),
});
const openTrial = z.object({ at: z.number(), undo: z.array(z.string()) });
const openTrials = z.record(z.string(), openTrial);
const openTrialAlone = openTrial.extend({ database: z.string() });
type OpenTrials = z.infer<typeof openTrials>;

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
    // what was kept last is on the medium by now, and its way back of no use; by the next that is kept nothing tells that any more
    const others = Object.entries(this.#open).filter(([, trial]) => trial.at !== this.#saved.lastKept);
    this.#keepOpen({ ...Object.fromEntries(others), [database]: { at, undo: [...undo] } });
  }

  /** What was tried on a database is taken back, or was never done. */
  trialIsOver(database: string): void {
    const { [database]: _, ...others } = this.#open;
    this.#keepOpen(others);
  }

  /** The statements that take back what an earlier run was trying on a database when it ended; null where it was nothing. */
  undoLeft(database: string): readonly string[] | null {
    const trial = this.#open[database];
    return trial !== undefined && trial.at !== this.#saved.lastKept ? trial.undo : null;
  }

  get #open(): OpenTrials {
    const trials = openTrials.safeParse(this.#states.kept(IN_TRIAL)).data;
    if (trials !== undefined) return trials;
    const { data } = openTrialAlone.safeParse(this.#states.kept(IN_TRIAL_ALONE));
    return data === undefined ? {} : { [data.database]: { at: data.at, undo: data.undo } };
  }

  #keepOpen(trials: OpenTrials): void {
    this.#states.keep(IN_TRIAL, trials);
  }
}
