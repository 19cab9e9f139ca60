import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { ApiRefusal } from '../../http/api-route.js';
import { sealCommand } from '../../telemetry/commands/envelope.js';
import { presenceOf } from '../device/presence.js';
import type { FleetStore } from '../store/fleet-store.js';
import { ActionLedger, type ActionNews, type AuditArchive } from './action-ledger.js';
import type { ActionStore, LabelChange } from './action-store.js';
import { type AskedAction, MOST_ACTION_DEVICES, planOf } from './asked-action.js';
import { choosableDevices } from './choosable-devices.js';
import { type ChoosableDevice, chosenDevices } from './device-choice.js';
import { type LookOptions, lookAtDevices } from './device-looks.js';
import { type DeviceQuestion, DeviceQuestions } from './device-questions.js';
import { type ActionPlan, type FleetAction, newTask } from './fleet-action.js';
import type { RunningAction } from './running-action.js';
import type { TaskAnswer } from './task-steps.js';

export interface FleetActionsOptions extends LookOptions {
  readonly fleet: FleetStore;
  readonly store: ActionStore;
  /** null or absent: all of the audit stays in the store. */
  readonly archive?: AuditArchive | null;
  readonly publish: (topic: string, payload: string) => void;
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
  /** For tests: ms that who asks one device waits for its answer. */
  readonly waitMs?: number;
}

/** Where actions are asked for. */
export type ActionDesk = Pick<
  FleetActions,
  'obstacle' | 'problem' | 'hear' | 'ask' | 'begin' | 'resume' | 'abort' | 'label' | 'choosable' | 'start' | 'stop'
>;

/** What was begun, or would be. */
export interface BegunAction {
  /** null: it was only asked for whom it would be. */
  readonly action: FleetAction | null;
  /** `site/device`, in the order of their stages. */
  readonly devices: readonly string[];
  readonly stages: readonly number[];
}

interface Heard {
  readonly device: string;
  readonly id: string;
  readonly answer: TaskAnswer;
}

/** Why a collector without a key begins nothing. */
export const NO_KEY: string =
  'this collector has no key to sign commands with: start it with --key FILE or EDGE_COMMAND_KEY';

const EVERY_MS = 1000;
const ARCHIVE_EVERY_MS = 3_600_000;
const MOST_OPEN = 20;
/** Devices that are looked at in a turn. */
const MOST_LOOKS = 1000;
/** Answers that wait: what is lost of them is asked for again. */
const MOST_HEARD = 20_000;
/** Who does what a plan says. */
const ITSELF = 'collector';

/**
 * Carries actions out: one turn a second in which answers are taken, devices looked at, commands sent and stages decided. What a turn
 * changes is on the medium before anything of it is sent; a collector that was ended sends again under the same id, and no device does it twice.
 */
export class FleetActions {
  readonly #options: FleetActionsOptions;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #ledger: ActionLedger;
  readonly #questions: DeviceQuestions;
  #heard: Heard[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #problem: string | null = null;
  /** Something failed: what is at hand may be other than what is written. */
  #isStale = false;
  /** Unix ms. */
  #archivedAt = Number.NEGATIVE_INFINITY;

  private constructor(options: FleetActionsOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#now = options.now ?? Date.now;
    this.#ledger = new ActionLedger(options.store, this.#now);
    this.#questions = new DeviceQuestions(this.#now, options.waitMs);
  }

  /** With what was not ended. @throws as the store does */
  static async open(options: FleetActionsOptions): Promise<FleetActions> {
    const actions = new FleetActions(options);
    await actions.#ledger.load();
    return actions;
  }

  /** Why nothing can be begun; null: it can. */
  get obstacle(): string | null {
    return this.#options.key === null ? NO_KEY : null;
  }

  /** Why actions do not go on; null: they do. */
  get problem(): string | null {
    return this.#problem;
  }

  /** A turn each second, until it is stopped. */
  start(): void {
    this.#timer ??= setInterval(() => void this.turn(), EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#turn;
  }

  /** A device answered a command; it is kept by now. */
  hear(site: string, device: string, body: Readonly<Record<string, unknown>>): void {
    const { id, command } = body;
    if (typeof id !== 'string') return;
    this.#questions.hear(`${site}/${device}`, id, command, body as unknown as TaskAnswer);
    if (!this.#ledger.open.has(id) || this.#heard.length >= MOST_HEARD) return;
    this.#heard.push({ device: `${site}/${device}`, id, answer: body as unknown as TaskAnswer });
  }

  /** One turn. Never rejects. */
  async turn(): Promise<void> {
    try {
      await this.#inTurn(async () => {
        await this.#step();
        this.#problem = null;
        await this.#archive();
      });
    } catch (error) {
      if (this.#problem === null) this.#log.warn({ err: error }, 'actions do not go on for now');
      this.#problem = explain(error);
    }
  }

  /**
   * @throws ApiRefusal 503 without a key, 409 where the id is that of another action, 429 where too much goes on, 404 where nobody is chosen
   * @throws RangeError where the command or the choice cannot be used; as the store does
   */
  begin(asked: AskedAction, by: string): Promise<BegunAction> {
    return this.#inTurn(() => this.#begin(asked, by));
  }

  /** @throws ApiRefusal 404, 409 where it is not halted, 503 with another key; as the store does */
  resume(id: string, by: string): Promise<FleetAction> {
    return this.#inTurn(async () => {
      const running = this.#openAction(id);
      if (running.action.state !== 'halted') throw new ApiRefusal(409, `action ${id} is running`);
      if (running.action.plan.key !== this.#options.key?.id)
        throw new ApiRefusal(503, this.#otherKey(running.action.plan));
      const { reason } = running.action;
      running.resume();
      await this.#ledger.write(running, [{ by, what: 'resumed', detail: { in_spite_of: reason } }]);
      return running.action;
    });
  }

  /** @throws ApiRefusal 404, 409 where it was ended; as the store does */
  abort(id: string, by: string): Promise<FleetAction> {
    return this.#inTurn(async () => {
      const running = this.#openAction(id);
      running.abort(`aborted by ${by}`, this.#now());
      await this.#ledger.write(running, [{ by, what: 'aborted', detail: outcomeOf(running) }]);
      return running.action;
    });
  }

  /**
   * Asks one device; what it answers is kept nowhere. That it was asked is in the audit before anything is sent, and what came before it is told.
   *
   * @returns null: it did not answer yet
   * @throws ApiRefusal 503 without a key or a broker, 409 where the device is away, 429 where too many are asked; as the store does
   */
  async ask(question: DeviceQuestion, by: string): Promise<TaskAnswer | null> {
    const { key, isConnected } = this.#options;
    const { site, device, command, body } = question;
    if (key === null) throw new ApiRefusal(503, this.obstacle!);
    if (!isConnected()) throw new ApiRefusal(503, 'there is no connection to the broker: nothing can be asked for now');
    const { fleet, limits } = this.#options;
    const [known] = await fleet.conditions([{ site, device }]);
    const presence = known === undefined ? 'gone' : presenceOf(known.device, this.#now(), limits);
    if (presence === 'offline' || presence === 'gone')
      throw new ApiRefusal(409, `${site}/${device} is ${presence}: it can be asked once it is connected`);
    const audited = (what: 'asked' | 'answered', more: object): Promise<void> =>
      this.#inTurn(() => {
        const detail = { site, device, command, body, ...more };
        return this.#ledger.tell({ by, what, detail });
      });
    const answer = await this.#questions.ask(question, by, async (id, until) => {
      await audited('asked', {});
      const nonce = randomBytes(16).toString('base64url');
      const envelope = { name: command, site, device, id, nonce, issuedAt: this.#now(), expiresAt: until, body };
      this.#options.publish(`edge/v1/${site}/${device}/cmd/${command}`, JSON.stringify(sealCommand(envelope, key)));
    });
    if (answer !== null) await audited('answered', shownOf(answer));
    return answer;
  }

  /** Gives devices labels, or takes them. @throws as the store does */
  label(changes: readonly LabelChange[], by: string): Promise<void> {
    return this.#inTurn(() => this.#ledger.label(changes, by));
  }

  /** Every device, as it is chosen by. */
  choosable(): Promise<ChoosableDevice[]> {
    const { fleet, store, limits } = this.#options;
    return choosableDevices(fleet, store, limits, this.#now());
  }

  async #begin(asked: AskedAction, by: string): Promise<BegunAction> {
    const { store, key } = this.#options;
    if (key === null) throw new ApiRefusal(503, this.obstacle!);
    const id = asked.id ?? `a-${randomBytes(8).toString('hex')}`;
    const known = await store.action(id);
    if (known !== null) return this.#again(known, asked);
    const devices = chosenDevices(await this.choosable(), asked.choose, id);
    this.#requireRoom(devices.length);
    const plan = planOf(asked, { id, key: key.id, by, devices: devices.length, now: this.#now() });
    const names = devices.map(({ site, device }) => `${site}/${device}`);
    if (asked.dryRun) return { action: null, devices: names, stages: plan.stages };
    const begun = { state: 'running', stage: 0, reason: null, forgiven: 0, endedAt: null, tallies: null } as const;
    const action: FleetAction = { plan, ...begun };
    const tasks = devices.map(({ site, device }, place) => newTask(site, device, stageOfPlace(plan.stages, place)));
    const { body, command, chosen, note, stages } = plan;
    const detail = { command, body, chosen, note, stages, devices: names.length };
    await this.#ledger.begin(action, tasks, { by, what: 'begun', detail });
    this.#log.info({ action: id, by, command, devices: names.length, stages: stages.length }, 'an action has begun');
    return { action, devices: names, stages };
  }

  /** @throws ApiRefusal 404, 409, 429 */
  #requireRoom(devices: number): void {
    const { open, devices: taken } = this.#ledger;
    if (devices === 0) throw new ApiRefusal(404, 'choose: no device is so: nothing was begun');
    if (open.size >= MOST_OPEN || taken + devices > MOST_OPEN * MOST_ACTION_DEVICES)
      throw new ApiRefusal(429, `${open.size} actions with ${taken} devices go on: wait for one, or abort it`);
    if (devices > MOST_ACTION_DEVICES)
      throw new ApiRefusal(409, `${devices} devices are chosen, and an action is for ${MOST_ACTION_DEVICES} at most`);
  }

  /** It was asked for before. */
  async #again(action: FleetAction, { command, body, choose }: AskedAction): Promise<BegunAction> {
    const { plan } = action;
    const isSame =
      plan.command === command && isDeepStrictEqual(plan.body, body) && isDeepStrictEqual(plan.chosen, choose);
    if (!isSame) throw new ApiRefusal(409, `id: ${plan.id} is that of another action, of ${plan.by}: choose a new one`);
    const tasks = await this.#ledger.tasksOf(plan.id);
    return { action, devices: tasks.map(({ site, device }) => `${site}/${device}`), stages: plan.stages };
  }

  async #step(): Promise<void> {
    const now = this.#now();
    const { open } = this.#ledger;
    const heard = this.#heard;
    this.#heard = [];
    for (const { id, device, answer } of heard) open.get(id)?.answer(device, answer, now);
    for (const running of [...open.values()]) {
      const messages = await lookAtDevices(running, this.#options, Math.ceil(MOST_LOOKS / open.size), now);
      await this.#ledger.write(running, this.#decide(running, now));
      // what is sent is known to have been sent, whatever ends the collector
      for (const { topic, payload } of messages) this.#options.publish(topic, payload);
    }
  }

  /** Now and then: what is old of the audit goes into a file. It is tried again where that fails. */
  async #archive(): Promise<void> {
    const { archive, key } = this.#options;
    const since = this.#now() - this.#archivedAt;
    if (!archive || (since >= 0 && since < ARCHIVE_EVERY_MS)) return;
    this.#archivedAt = this.#now();
    try {
      while (await this.#ledger.archive(archive, key));
    } catch (error) {
      this.#log.warn({ err: error, folder: archive.folder }, 'old entries of the audit stay where they are');
    }
  }

  /** What is to become of an action. @returns what the audit is to say of it */
  #decide(running: RunningAction, now: number): ActionNews[] {
    const { plan, state } = running.action;
    const happened: ActionNews[] = [];
    if (state === 'running' && plan.key !== this.#options.key?.id) {
      const reason = this.#otherKey(plan);
      running.halt(reason);
      happened.push({ by: ITSELF, what: 'halted', detail: { reason } });
    }
    const step = running.step(now);
    if (step === null) return happened;
    const { what, reason } = step;
    happened.push({ by: ITSELF, what, detail: what === 'ended' ? outcomeOf(running) : { reason } });
    this.#log.info({ action: plan.id, reason }, `an action: ${what}`);
    return happened;
  }

  #openAction(id: string): RunningAction {
    const running = this.#ledger.open.get(id);
    if (running === undefined) throw new ApiRefusal(404, `no action ${id.slice(0, 64)} goes on`);
    return running;
  }

  #otherKey({ key, id }: ActionPlan): string {
    const own = this.#options.key === null ? 'no key' : `the key ${this.#options.key.id}`;
    return `it is signed with the key ${key}, and this collector has ${own}: devices would not know what they did of ${id}`;
  }

  /** One thing at a time; behind one that failed with what the store has: what was decided is not written, or it is and nobody was told. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      if (this.#isStale) await this.#ledger.load();
      this.#isStale = false;
      try {
        return await work();
      } catch (error) {
        this.#isStale = !isRefused(error);
        throw error;
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Nothing was tried. */
const isRefused = (error: unknown): boolean => error instanceof ApiRefusal || error instanceof RangeError;

function outcomeOf(running: RunningAction): object {
  const devices = Object.fromEntries(Object.entries(running.tally()).filter(([, count]) => count > 0));
  return { reason: running.action.reason, devices, results: running.resultsDigest() };
}

function stageOfPlace(sizes: readonly number[], place: number): number {
  let before = 0;
  return sizes.findIndex((size) => place < (before += size));
}

/** What an answer was, without showing it. */
function shownOf({ ok, error, result }: TaskAnswer): object {
  if (!ok) return { error: error ?? null };
  const text = JSON.stringify(result ?? {});
  return { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
}
