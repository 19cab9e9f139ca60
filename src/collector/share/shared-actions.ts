import { EdgeError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import { ApiRefusal } from '../../http/api-route.js';
import type { ActionStore, LabelChange } from '../actions/action-store.js';
import type { AskedAction } from '../actions/asked-action.js';
import type { ChoosableDevice } from '../actions/device-choice.js';
import { type DeviceQuestion, QUESTION_ID } from '../actions/device-questions.js';
import type { FleetAction } from '../actions/fleet-action.js';
import type { ActionDesk, BegunAction, FleetActions } from '../actions/fleet-actions.js';
import type { TaskAnswer } from '../actions/task-steps.js';
import { PostgresActionStore } from '../store/postgres/postgres-action-store.js';
import type { PostgresFleetStore } from '../store/postgres/postgres-fleet-store.js';
import type { PostgresLink } from '../store/postgres/postgres-link.js';
import { isLocked } from './advisory-lock.js';
import { withinBytes } from './within-bytes.js';

export interface SharedActionsOptions {
  readonly store: Pick<PostgresFleetStore, 'link'>;
  /** Of this collector, by which the others name it. */
  readonly name: string;
  /** Why this one can carry none out; null: it can. */
  readonly obstacle: string | null;
  /** Goes on with what was not ended. @param store writes as long as nobody else may */
  readonly open: (store: ActionStore) => Promise<FleetActions>;
  readonly choosable: () => Promise<ChoosableDevice[]>;
  readonly log: Log;
}

interface Held {
  readonly actions: FleetActions;
  /** Of the link: the lock ends with it. */
  readonly connection: number;
}

const EVERY_MS = 1000;
/** Answers of one turn, and their bytes but for the last one's. */
const MOST_AT_ONCE = 5000;
const MOST_BYTES = 16 * 2 ** 20;
/** Answers that wait, and their bytes: where there are more, what is lost is asked for again. */
const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 64 * 2 ** 20;
const [LOCK_NAME, LOCK_NUMBER] = ["hashtext('edge-optimizer actions')", '0'];
const LOCK = `${LOCK_NAME}, ${LOCK_NUMBER}`;
const TRY = `SELECT pg_try_advisory_lock(${LOCK}) AS got, (SELECT name FROM fleet.action_holder) AS holder`;
const NAME_HOLDER = `INSERT INTO fleet.action_holder (name) VALUES ($1) ON CONFLICT (one) DO UPDATE SET name = excluded.name`;
const IS_HELD = isLocked(LOCK_NAME, LOCK_NUMBER);
/** Whoever holds the lock, by name; no row where nobody does. */
const HOLDER = `SELECT name AS holder FROM fleet.action_holder WHERE ${IS_HELD}`;
/** What nobody waits for is not kept. */
const TELL = `INSERT INTO fleet.answers (site, device, body) SELECT $1, $2, $3
  WHERE CASE WHEN $4 LIKE '${QUESTION_ID}%' THEN ${IS_HELD}
    ELSE EXISTS (SELECT FROM fleet.actions WHERE id = $4 AND state IN ('running', 'halted')) END
    AND coalesce((SELECT max(id) - min(id) FROM fleet.answers), 0) < ${MOST_WAITING}
    AND coalesce((SELECT sum(octet_length(body)) FROM fleet.answers), 0) < ${MOST_WAITING_BYTES}`;
const HEAR = withinBytes(`SELECT * FROM fleet.answers ORDER BY id LIMIT ${MOST_AT_ONCE}`, {
  columns: 'id, site, device, body',
  bytesOf: 'body',
  order: 'id',
  most: MOST_BYTES,
});

/**
 * Actions of several collectors: one at a time carries them out, whoever holds a lock in the database, on the connection over which it writes
 * what becomes of them. What devices answer reaches it through a table, whichever of the collectors hears it. Where it is gone
 * another holds the lock within seconds, and goes on with what is written.
 */
export class SharedActions implements ActionDesk {
  readonly #options: SharedActionsOptions;
  readonly #link: PostgresLink;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #held: Held | null = null;
  #holder: string | null = null;
  #problem: string | null = null;

  constructor(options: SharedActionsOptions) {
    this.#options = options;
    this.#link = options.store.link('edge-optimizer collect, actions', async () => {
      // another may have gone on meanwhile
      if (this.#held !== null)
        throw new EdgeError(
          'E_OUTPUT',
          'the connection to the database was lost: another collector may carry actions out now',
        );
    });
  }

  /** Whether this one carries actions out. */
  get isHolder(): boolean {
    return this.#held !== null;
  }

  get obstacle(): string | null {
    if (this.#held !== null) return this.#held.actions.obstacle;
    if (this.#holder !== null)
      return `the collector ${this.#holder} carries the actions of this fleet out: ask that one`;
    return this.#options.obstacle ?? 'no collector carries actions out just now: ask again in a few seconds';
  }

  get problem(): string | null {
    return this.#held?.actions.problem ?? this.#problem;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#held = null;
    await this.#link.close();
  }

  /** A device answered a command: whoever carries actions out is told. */
  hear(site: string, device: string, body: Readonly<Record<string, unknown>>): void {
    const { id } = body;
    if (typeof id !== 'string' || this.#stopping.signal.aborted) return;
    this.#link.rows(TELL, [site, device, JSON.stringify(body), id]).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, 'an answer is lost, and is asked for again');
    });
  }

  async begin(asked: AskedAction, by: string): Promise<BegunAction> {
    return this.#own().begin(asked, by);
  }

  async resume(id: string, by: string): Promise<FleetAction> {
    return this.#own().resume(id, by);
  }

  async abort(id: string, by: string): Promise<FleetAction> {
    return this.#own().abort(id, by);
  }

  async ask(question: DeviceQuestion, by: string): Promise<TaskAnswer | null> {
    return this.#own().ask(question, by);
  }

  async label(changes: readonly LabelChange[], by: string): Promise<void> {
    return this.#own().label(changes, by);
  }

  choosable(): Promise<ChoosableDevice[]> {
    return this.#options.choosable();
  }

  /** @throws ApiRefusal 409 where another carries them out, 503 where nobody does */
  #own(): FleetActions {
    if (this.#held !== null) return this.#held.actions;
    throw new ApiRefusal(this.#holder === null ? 503 : 409, this.obstacle!);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (this.#held === null) await this.#take();
        else await this.#turn(this.#held);
        this.#problem = null;
      } catch (error) {
        if (this.#problem === null) this.#options.log.warn({ err: error }, 'actions do not go on for now');
        this.#problem = explain(error);
      }
      if (this.#held !== null && this.#held.connection !== this.#link.connection) await this.#lose(this.#held);
      await pause(EVERY_MS, signal);
    }
    await this.#held?.actions.stop();
  }

  /** Becomes the one that carries them out, where nobody is. */
  async #take(): Promise<void> {
    const { name, obstacle, open, log } = this.#options;
    if (obstacle !== null) {
      const [row] = await this.#link.rows<{ holder: string | null }>(HOLDER);
      this.#holder = row?.holder ?? null;
      return;
    }
    const [row] = await this.#link.rows<{ got: boolean; holder: string | null }>(TRY);
    this.#holder = row!.holder;
    if (!row!.got) return;
    const { connection } = this.#link;
    await this.#link.rows(NAME_HOLDER, [name]);
    const actions = await open(new PostgresActionStore(this.#link, this.#link));
    if (connection === 0 || connection !== this.#link.connection) return;
    this.#held = { actions, connection };
    this.#holder = name;
    log.info({ collector: name }, 'this collector carries actions out');
  }

  async #turn({ actions }: Held): Promise<void> {
    const heard = await this.#link.rows<{ id: number; site: string; device: string; body: string }>(HEAR);
    for (const { site, device, body } of heard) actions.hear(site, device, JSON.parse(body));
    await actions.turn();
    // what could not be written is heard again
    if (heard.length > 0 && actions.problem === null)
      await this.#link.rows('DELETE FROM fleet.answers WHERE id <= $1', [heard.at(-1)!.id]);
  }

  async #lose({ actions }: Held): Promise<void> {
    await actions.stop();
    this.#held = null;
    this.#holder = null;
    this.#options.log.warn({}, 'the connection to the database was lost: whoever is there first carries actions out');
  }
}
