import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { ApiRefusal } from '../../http/api-route.js';
import { type Envelope, sealCommand } from '../../telemetry/commands/envelope.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import type { PresenceLimits } from '../device/presence.js';
import { presenceOf } from '../device/presence.js';
import type { FleetStore } from '../store/fleet-store.js';
import { type ActionStore, type LabelChange, NO_ACTION_CHANGES } from './action-store.js';
import { type AskedAction, MOST_ACTION_DEVICES, planOf } from './asked-action.js';
import { type AuditHead, type AuditNews, chained, NO_AUDIT } from './audit-chain.js';
import { choosableDevices } from './choosable-devices.js';
import { type ChoosableDevice, chosenDevices } from './device-choice.js';
import { type DeviceQuestion, DeviceQuestions } from './device-questions.js';
import type { ActionPlan, DeviceFacts, DeviceTask, FleetAction } from './fleet-action.js';
import { RunningAction } from './running-action.js';
import type { TaskAnswer } from './task-steps.js';

export interface FleetActionsOptions {
  readonly fleet: FleetStore;
  readonly store: ActionStore;
  /** Signs the commands; kept in memory only. null: nothing can be begun. */
  readonly key: SigningKey | null;
  readonly limits: PresenceLimits;
  /** Whether what is published now reaches the broker. */
  readonly isConnected: () => boolean;
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
const MOST_OPEN = 20;
const MOST_LOOKS = 200;
/** Answers that wait: what is lost of them is asked for again. */
const MOST_HEARD = 20_000;
const PAGE = 1000;
/** A device obeys a message for so long, ms. */
const LIFETIME_MS = 600_000;
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
  readonly #open = new Map<string, RunningAction>();
  readonly #questions: DeviceQuestions;
  #head: AuditHead = NO_AUDIT;
  #heard: Heard[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #problem: string | null = null;

  private constructor(options: FleetActionsOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#now = options.now ?? Date.now;
    this.#questions = new DeviceQuestions(this.#now, options.waitMs);
  }

  /** With what was not ended. @throws as the store does */
  static async open(options: FleetActionsOptions): Promise<FleetActions> {
    const actions = new FleetActions(options);
    await actions.#load();
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
    if (!this.#open.has(id) || this.#heard.length >= MOST_HEARD) return;
    this.#heard.push({ device: `${site}/${device}`, id, answer: body as unknown as TaskAnswer });
  }

  /** One turn. Never rejects. */
  turn(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#step();
        this.#problem = null;
      } catch (error) {
        if (this.#problem === null) this.#log.warn({ err: error }, 'actions do not go on for now');
        this.#problem = explain(error);
        // what was decided is not written: it is decided anew, with what the store has
        await this.#load().catch(() => undefined);
      }
    });
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
      await this.#write(running, [{ by, what: 'resumed', detail: { in_spite_of: reason } }]);
      return running.action;
    });
  }

  /** @throws ApiRefusal 404, 409 where it was ended; as the store does */
  abort(id: string, by: string): Promise<FleetAction> {
    return this.#inTurn(async () => {
      const running = this.#openAction(id);
      running.abort(`aborted by ${by}`, this.#now());
      await this.#write(running, [{ by, what: 'aborted', detail: this.#outcome(running) }]);
      this.#open.delete(id);
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
    const { presence } = await this.#factsOf(question, this.#now());
    if (presence === 'offline' || presence === 'gone')
      throw new ApiRefusal(409, `${site}/${device} is ${presence}: it can be asked once it is connected`);
    const audited = (what: 'asked' | 'answered', more: object): Promise<void> =>
      this.#inTurn(() => {
        const detail = { site, device, command, body, ...more };
        return this.#change(NO_ACTION_CHANGES, [{ at: this.#now(), by, what, action: null, detail }]);
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
    return this.#inTurn(async () => {
      const news: AuditNews = { at: this.#now(), by, what: 'labelled', action: null, detail: changes };
      await this.#change({ ...NO_ACTION_CHANGES, labels: changes }, [news]);
    });
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
    if (devices.length === 0) throw new ApiRefusal(404, 'choose: no device is so: nothing was begun');
    const open = [...this.#open.values()].reduce((sum, { size }) => sum + size, 0);
    if (this.#open.size >= MOST_OPEN || open + devices.length > MOST_OPEN * MOST_ACTION_DEVICES)
      throw new ApiRefusal(429, `${this.#open.size} actions with ${open} devices go on: wait for one, or abort it`);
    if (devices.length > MOST_ACTION_DEVICES)
      throw new ApiRefusal(
        409,
        `${devices.length} devices are chosen, and an action is for ${MOST_ACTION_DEVICES} at most`,
      );
    const now = this.#now();
    const plan = planOf(asked, { id, key: key.id, by, devices: devices.length, now });
    const names = devices.map(({ site, device }) => `${site}/${device}`);
    if (asked.dryRun) return { action: null, devices: names, stages: plan.stages };
    const action: FleetAction = { plan, state: 'running', stage: 0, reason: null, forgiven: 0, endedAt: null };
    const tasks = devices.map(({ site, device }, index) => newTask(site, device, stageOfPlace(plan.stages, index)));
    const { body, command, chosen, note, stages } = plan;
    const detail = { command, body, chosen, note, stages, devices: names.length };
    await this.#change(
      { ...NO_ACTION_CHANGES, actions: [action], tasks: tasks.map((task) => ({ action: id, task })) },
      [{ at: now, by, what: 'begun', action: id, detail }],
    );
    this.#open.set(id, new RunningAction(action, tasks));
    this.#log.info({ action: id, by, command, devices: names.length, stages: stages.length }, 'an action has begun');
    return { action, devices: names, stages };
  }

  /** It was asked for before. */
  async #again(action: FleetAction, { command, body, choose }: AskedAction): Promise<BegunAction> {
    const { plan } = action;
    const isSame =
      plan.command === command && isDeepStrictEqual(plan.body, body) && isDeepStrictEqual(plan.chosen, choose);
    if (!isSame) throw new ApiRefusal(409, `id: ${plan.id} is that of another action, of ${plan.by}: choose a new one`);
    const tasks = await this.#tasksOf(plan.id);
    return { action, devices: tasks.map(({ site, device }) => `${site}/${device}`), stages: plan.stages };
  }

  async #step(): Promise<void> {
    const now = this.#now();
    const heard = this.#heard;
    this.#heard = [];
    for (const { id, device, answer } of heard) this.#open.get(id)?.answer(device, answer, now);
    for (const [id, running] of [...this.#open]) {
      const messages = await this.#look(running, now);
      const happened: { by: string; what: AuditNews['what']; detail: unknown }[] = [];
      if (running.action.state === 'running' && running.action.plan.key !== this.#options.key?.id) {
        const reason = this.#otherKey(running.action.plan);
        running.action = { ...running.action, state: 'halted', reason };
        happened.push({ by: ITSELF, what: 'halted', detail: { reason } });
      }
      const step = running.step(now);
      if (step !== null) {
        const { what, reason } = step;
        happened.push({ by: ITSELF, what, detail: what === 'ended' ? this.#outcome(running) : { reason } });
        this.#log.info({ action: id, reason }, `an action: ${what}`);
      }
      await this.#write(running, happened);
      // what is sent is known to have been sent, whatever ends the collector
      for (const { topic, payload } of messages) this.#options.publish(topic, payload);
      if (!running.isOpen) this.#open.delete(id);
    }
  }

  /** Looks at some devices. @returns what is to be sent to them */
  async #look(running: RunningAction, now: number): Promise<{ topic: string; payload: string }[]> {
    const { key, isConnected } = this.#options;
    const { plan } = running.action;
    const maySend = key !== null && key.id === plan.key && isConnected();
    const messages: { topic: string; payload: string }[] = [];
    for (const task of running.toLookAt(Math.ceil(MOST_LOOKS / this.#open.size), now)) {
      const facts = await this.#factsOf(task, now);
      if (!running.look(task, facts, maySend, now) || key === null) continue;
      const { site, device } = task;
      messages.push({
        topic: `edge/v1/${site}/${device}/cmd/${plan.command}`,
        payload: JSON.stringify(sealed(task, plan, key, now)),
      });
    }
    return messages;
  }

  async #factsOf({ site, device }: Pick<DeviceTask, 'site' | 'device'>, now: number): Promise<DeviceFacts> {
    const known = await this.#options.fleet.known(site, device);
    if (known === null) return { presence: 'gone', heardAt: 0, alerts: [] };
    const wrong = known.alerts.filter(({ holds, body }) => holds && severityIn(body) !== 'info');
    return {
      presence: presenceOf(known.device, now, this.#options.limits),
      heardAt: known.device.heardAt,
      alerts: wrong.map(({ code }) => code),
    };
  }

  async #write(
    running: RunningAction,
    happened: readonly { by: string; what: AuditNews['what']; detail: unknown }[],
  ): Promise<void> {
    const { id } = running.action.plan;
    const tasks = running.changes().map((task) => ({ action: id, task }));
    if (tasks.length === 0 && happened.length === 0) return;
    const news = happened.map((one): AuditNews => ({ ...one, at: this.#now(), action: id }));
    await this.#change({ ...NO_ACTION_CHANGES, actions: [running.action], tasks }, news);
  }

  async #change(changes: typeof NO_ACTION_CHANGES, news: readonly AuditNews[]): Promise<void> {
    const audit = chained(this.#head, news);
    await this.#options.store.change({ ...changes, audit });
    this.#head = audit.at(-1) ?? this.#head;
  }

  #outcome(running: RunningAction): object {
    const devices = Object.fromEntries(Object.entries(running.tally()).filter(([, count]) => count > 0));
    return { reason: running.action.reason, devices, results: running.resultsDigest() };
  }

  #openAction(id: string): RunningAction {
    const running = this.#open.get(id);
    if (running === undefined) throw new ApiRefusal(404, `no action ${id.slice(0, 64)} goes on`);
    return running;
  }

  #otherKey({ key, id }: ActionPlan): string {
    const own = this.#options.key === null ? 'no key' : `the key ${this.#options.key.id}`;
    return `it is signed with the key ${key}, and this collector has ${own}: devices would not know what they did of ${id}`;
  }

  async #load(): Promise<void> {
    const { store } = this.#options;
    this.#open.clear();
    this.#head = (await store.audit(1, Number.MAX_SAFE_INTEGER))[0] ?? NO_AUDIT;
    for (const action of await store.openActions())
      this.#open.set(action.plan.id, new RunningAction(action, await this.#tasksOf(action.plan.id)));
  }

  async #tasksOf(action: string): Promise<DeviceTask[]> {
    const tasks: DeviceTask[] = [];
    for (let after: DeviceTask | null = null; ; ) {
      const page: DeviceTask[] = await this.#options.store.tasks({ action, after, limit: PAGE });
      tasks.push(...page);
      if (page.length < PAGE) return tasks;
      after = page.at(-1)!;
    }
  }

  /** One thing at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function sealed({ site, device }: DeviceTask, plan: ActionPlan, key: SigningKey, now: number): Envelope {
  const { command: name, body, id } = plan;
  const nonce = randomBytes(16).toString('base64url');
  return sealCommand({ name, site, device, id, nonce, issuedAt: now, expiresAt: now + LIFETIME_MS, body }, key);
}

const newTask = (site: string, device: string, stage: number): DeviceTask => ({
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

function severityIn(body: string): unknown {
  return (JSON.parse(body) as { severity?: unknown }).severity;
}
