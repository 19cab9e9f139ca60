import type { Config } from '../../config/config.js';
import type { AlertDeclaration } from '../../foundation/alert-declaration.js';
import { type CommandCall, declareCommand } from '../../foundation/command.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part, Setting } from '../../foundation/part.js';
import { z } from '../../foundation/validate.js';
import { type StandingOrder, StandingOrders } from '../../store/standing-orders.js';
import type { StoreFile } from '../../store/store-file.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { CameraAlerts } from '../alerts/camera-alerts.js';
import { type BothClocks, isOver, MAX_ORDER_MS, type OrderTerm, orderTerm } from './order-terms.js';
import { EVERY_CAMERA, type Pauses } from './pauses.js';
import { type SettingOverride, SettingOverrides } from './setting-overrides.js';

const CAMERA_PAUSED: AlertDeclaration = {
  code: 'camera-paused',
  severities: ['info'],
  help: 'Cameras are not answered, by command.',
  action: 'Send the command resume once they are to be answered again.',
};

const SETTING_OVERRIDDEN: AlertDeclaration = {
  code: 'setting-overridden',
  severities: ['info'],
  help: 'Settings have other values than the configuration says, by command, for a time.',
  action: 'Nothing: the configured values come back by themselves, or with set KEY=null.',
};

export interface DeviceOrdersParts {
  readonly config: Config;
  /** Of all parts. */
  readonly settings: () => readonly Setting[];
  readonly cameras: () => readonly string[];
  readonly pauses: Pauses;
  readonly alerts: Alerts;
  readonly cameraAlerts: CameraAlerts;
  readonly history: StoreFile;
  readonly log: Log;
  /** Both clocks; default those of the machine. */
  readonly now?: () => BothClocks;
}

/** What became of a setting that was set. */
export type SetSetting =
  | { readonly value: unknown; readonly configured: unknown; readonly until: number | null }
  | { readonly takenBack: boolean };

const LOOK_EVERY_MS = 1000;
const USUAL_SET_S = 3600;
const MAX_S = MAX_ORDER_MS / 1000;
const seconds = z.int().min(1).max(MAX_S);
const camera = z.string().min(1).max(63).optional();

/** What commands change for a time: values of settings, and whether cameras are answered. It outlives a restart. */
export class DeviceOrders implements Part {
  readonly name = 'orders';
  readonly essential = false;
  readonly alerts = [CAMERA_PAUSED, SETTING_OVERRIDDEN];
  readonly commands = [
    declareCommand({
      name: 'set',
      access: 'signed',
      help: `Other values for settings, for \`forS\` seconds (${USUAL_SET_S}; 30 days at most); null gives the configured one back.`,
      payload: z.looseObject({ forS: seconds.default(USUAL_SET_S) }),
      handle: async ({ forS, ...values }, { by }) => ({ set: await this.set(values, forS * 1000, by ?? '') }),
    }),
    declareCommand({
      name: 'pause',
      access: 'signed',
      help: 'A camera, or all of them, is read and answered no more, for `forS` seconds or until `resume`.',
      payload: z.strictObject({ camera, forS: seconds.optional() }),
      handle: ({ camera: id, forS }, call) => this.#pause(id, forS === undefined ? null : forS * 1000, call),
    }),
    declareCommand({
      name: 'resume',
      access: 'signed',
      help: 'A camera, or all of them, is answered again.',
      payload: z.strictObject({ camera }),
      handle: ({ camera: id }) => this.#resume(id),
    }),
  ];
  readonly #parts: DeviceOrdersParts;
  readonly #now: () => BothClocks;
  readonly #stored: StandingOrders;
  #overrides: SettingOverrides | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** One change of settings at a time. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(parts: DeviceOrdersParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => ({ wall: Date.now(), steady: performance.now() }));
    this.#stored = new StandingOrders(parts.history);
    parts.cameraAlerts.declare([CAMERA_PAUSED]);
  }

  /** What is set to another value than the configured one. */
  get overrides(): SettingOverrides {
    const { config, settings, log } = this.#parts;
    this.#overrides ??= new SettingOverrides(config, settings(), log);
    return this.#overrides;
  }

  /** What held before a restart holds again; what is over by now, or can be no longer, does not. */
  async start(): Promise<void> {
    const now = this.#now();
    await this.#inTurn(async () => {
      for (const order of this.#stored.all()) {
        const [kind, subject] = kindOf(order);
        if (kind === 'pause') this.#parts.pauses.add(subject, termOf(order, now));
        else if (!isOver(termOf(order, now), now)) await this.#restore(subject, order, now);
        else this.#stored.delete(order.subject);
      }
    });
    this.#tellPauses();
    await this.#look();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#changing;
  }

  /**
   * Gives settings other values for a time, all of them or none.
   *
   * @param values by key of the configuration; null: the configured one again
   * @param forMs at most `MAX_ORDER_MS`
   * @param by who wants it
   * @returns by key what it is now, or that it was taken back
   * @throws RangeError where a key cannot be set or a value is none of it; what its part throws where that cannot be applied
   */
  set(values: Record<string, unknown>, forMs: number, by: string): Promise<Readonly<Record<string, SetSetting>>> {
    const { overrides } = this;
    const entries = Object.entries(values);
    if (entries.length === 0) throw new RangeError('set: expected a key of the configuration and its value, got none');
    const checked = entries.map(([key, value]) => {
      overrides.checkKey(key);
      return [key, value === null ? null : overrides.check(key, value)] as const;
    });
    const since = this.#now().wall;
    return this.#inTurn(async () => {
      const before = new Map(overrides.all.map((override) => [override.key, override]));
      const term = orderTerm(since, since + forMs, by, this.#now());
      const done: Record<string, SetSetting> = {};
      try {
        for (const [key, value] of checked) {
          if (value === null) done[key] = { takenBack: await overrides.takeBack(key) };
          else done[key] = setAnswer(await overrides.set(key, value, term));
        }
      } catch (error) {
        // all of it or nothing
        for (const [key] of checked) await this.#putBack(key, before.get(key));
        throw error;
      } finally {
        this.#tellOverrides();
      }
      for (const [key, value] of checked) this.#store(key, value, term);
      return done;
    });
  }

  /** A key has again what it had before: an earlier command's value, or the configured one. */
  async #putBack(key: string, earlier: SettingOverride | undefined): Promise<void> {
    try {
      if (earlier === undefined) await this.overrides.takeBack(key);
      else await this.overrides.set(key, earlier.value, earlier.term);
    } catch (error) {
      this.#parts.log.error(
        { setting: key, err: explain(error) },
        'a setting cannot be given its earlier value back: restart',
      );
    }
  }

  #store(key: string, value: unknown, { since, until, by }: OrderTerm): void {
    const subject = `set ${key}`;
    if (value === null) this.#stored.delete(subject);
    else this.#stored.put({ subject, value: JSON.stringify(value), since, until, by });
  }

  async #restore(key: string, order: StandingOrder, now: BothClocks): Promise<void> {
    try {
      const value = this.overrides.check(key, JSON.parse(order.value));
      await this.overrides.set(key, value, termOf(order, now));
    } catch (error) {
      this.#parts.log.warn(
        { setting: key, err: explain(error) },
        'what a command set before the restart can be no longer',
      );
      this.#stored.delete(order.subject);
    }
    this.#tellOverrides();
  }

  #pause(id: string | undefined, forMs: number | null, { by }: CommandCall): Record<string, unknown> {
    const subject = this.#cameraCalled(id);
    const now = this.#now();
    const until = forMs === null ? null : now.wall + forMs;
    this.#begin(subject, { subject: `pause ${subject}`, value: 'true', since: now.wall, until, by: by ?? '' }, now);
    return { paused: this.#pausedCameras(), until };
  }

  #resume(id: string | undefined): Record<string, unknown> {
    const { pauses } = this.#parts;
    const subject = this.#cameraCalled(id);
    if (subject === EVERY_CAMERA) for (const each of [...pauses.all.keys()]) this.#end(each);
    else this.#resumeOne(subject);
    return { paused: this.#pausedCameras() };
  }

  /** Where all are paused, the others stay so. */
  #resumeOne(id: string): void {
    const all = this.#parts.pauses.all.get(EVERY_CAMERA);
    if (all !== undefined) {
      for (const other of this.#parts.cameras()) {
        if (other === id || this.#parts.pauses.all.has(other)) continue;
        const { since, until, by } = all;
        this.#begin(other, { subject: `pause ${other}`, value: 'true', since, until, by }, this.#now());
      }
      this.#end(EVERY_CAMERA);
    }
    this.#end(id);
  }

  #begin(subject: string, order: StandingOrder, now: BothClocks): void {
    this.#parts.pauses.add(subject, termOf(order, now));
    this.#stored.put(order);
    this.#tellPauses();
  }

  #end(subject: string): void {
    this.#parts.pauses.delete(subject);
    this.#stored.delete(`pause ${subject}`);
    this.#tellPauses();
  }

  /** Ends what is over. */
  async #look(): Promise<void> {
    const now = this.#now();
    for (const subject of this.#parts.pauses.over(now)) this.#end(subject);
    const over = this.overrides.over(now);
    if (over.length === 0) return;
    await this.#inTurn(async () => {
      for (const key of over) {
        await this.#putBack(key, undefined);
        this.#stored.delete(`set ${key}`);
      }
      this.#tellOverrides();
    });
  }

  #cameraCalled(id: string | undefined): string {
    const known = this.#parts.cameras();
    if (id === undefined) return EVERY_CAMERA;
    if (known.includes(id)) return id;
    throw new RangeError(`camera: expected one of ${known.join(', ') || 'none'}, got ${id}`);
  }

  #pausedCameras(): string[] {
    return this.#parts.cameras().filter((id) => this.#parts.pauses.of(id) !== null);
  }

  #tellPauses(): void {
    const { cameraAlerts, pauses } = this.#parts;
    const paused = [...pauses.all].map(([id, term]) => ({ id, term }));
    const everywhere = paused.filter(({ id }) => id === EVERY_CAMERA);
    const single = paused.filter(({ id }) => id !== EVERY_CAMERA);
    for (const { tenant, alerts, own } of cameraAlerts.apart(single)) {
      const told = [...everywhere, ...own].map(
        ({ id, term }) => `${id === EVERY_CAMERA ? 'every camera' : id} ${untilInWords(term, tenant === null)}`,
      );
      const message = `paused by command: ${told.join(', ')}`;
      alerts.set(CAMERA_PAUSED.code, told.length === 0 ? null : { severity: 'info', message });
    }
  }

  #tellOverrides(): void {
    const told = this.overrides.all.map(
      ({ key, value, configured, term }) =>
        `${key} is ${JSON.stringify(value)}, not ${JSON.stringify(configured)}, ${untilInWords(term)}`,
    );
    const message = `set by command: ${told.join('; ')}`;
    this.#parts.alerts.set(SETTING_OVERRIDDEN.code, told.length === 0 ? null : { severity: 'info', message });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

function setAnswer({ value, configured, term }: SettingOverride): SetSetting {
  return { value, configured: configured ?? null, until: term.until };
}

function kindOf({ subject }: StandingOrder): readonly [kind: string, of: string] {
  const at = subject.indexOf(' ');
  return [subject.slice(0, at), subject.slice(at + 1)];
}

function termOf({ since, until, by }: StandingOrder, now: BothClocks): OrderTerm {
  return orderTerm(since, until, by, now);
}

/** @param namesKey false for those who need not know the operator's keys */
function untilInWords({ until, by }: OrderTerm, namesKey = true): string {
  const time = until === null ? 'until it is taken back' : `until ${new Date(until).toISOString()}`;
  return namesKey ? `${time} (key ${by})` : time;
}
