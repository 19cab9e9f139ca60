import type { CommandAnswer, CommandCall } from '../../src/foundation/command.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { z } from '../../src/foundation/validate.js';
import { Random } from '../../src/simulator/random.js';
import { Commands } from '../../src/telemetry/commands/commands.js';
import type { CommandKey } from '../../src/telemetry/commands/keys.js';
import { NATURE_METRICS, natureOf, valueNow } from './device-nature.js';

/** How a device takes commands. `late`: it answers some seconds later; `doubling`: its answers come twice. */
export const TEMPERS = ['fine', 'failing', 'unwell', 'silent', 'late', 'doubling'] as const;
export type Temper = (typeof TEMPERS)[number];

/** Publishes for a device. */
export type Publish = (topic: string, payload: string, qos: 0 | 1, retain: boolean) => void;

export interface AnsweringDeviceOptions {
  readonly site: string;
  readonly device: string;
  readonly seed: number;
  readonly temper: Temper;
  /** Signs what is obeyed. */
  readonly key: CommandKey;
  readonly publish: Publish;
  /** ms after which who is late answers; default 4000. */
  readonly lateMs?: number | undefined;
  /** Unix ms. */
  readonly now: () => number;
}

const LATE_MS = 4000;
const ALERT = { severity: 'warning', message: 'it is so', action: 'do something' };

/** A device that is there: it is born, measures, and does what it is told by the program's own code for commands. */
export class AnsweringDevice {
  readonly name: string;
  readonly temper: Temper;
  /** How often it did what it was told, by the id of the command. */
  readonly done = new Map<string, number>();
  readonly #options: AnsweringDeviceOptions;
  readonly #commands: Commands;
  readonly #random: Random;
  readonly #nature: ReturnType<typeof natureOf>;
  readonly #boot: string;
  #bdSeq: number;
  #seq = 0;
  #isThere = false;
  #isUnwell = false;

  constructor(options: AnsweringDeviceOptions) {
    const { site, device, seed, temper, key, now } = options;
    this.#options = options;
    this.name = `${site}/${device}`;
    this.temper = temper;
    this.#random = new Random(seed);
    this.#nature = natureOf(this.#random);
    this.#boot = this.#random.index(0xffff_ffff).toString(16).padStart(8, '0');
    this.#bdSeq = now() * 1000;
    this.#commands = new Commands({ scope: scopeOf({ site, device }), keys: [key], now });
    this.#declare('report', z.strictObject({}), () => ({ metrics: NATURE_METRICS.length }));
    this.#declare('set', z.record(z.string(), z.unknown()), ({ forS: _, ...set }) => ({ set: Object.keys(set) }));
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** It connects, and is born. */
  come(): void {
    this.#isThere = true;
    this.#bdSeq++;
    this.#seq = 0;
    const { usual: _, ...runs } = this.#nature;
    const metrics = NATURE_METRICS.map(([name, unit]) => ({ name, unit }));
    this.#tell('status', { online: true, bdSeq: this.#bdSeq, ...runs, metrics }, 1, true);
    if (this.#isUnwell) this.#alert();
    this.measure();
  }

  /** Its connection is lost: the broker tells its last will. */
  go(): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    const will = { online: false, bdSeq: this.#bdSeq, ts: this.#options.now(), boot: this.#boot };
    this.#publish('status', will, 1, true);
  }

  /** Tells some of what it measures. */
  measure(): void {
    if (!this.#isThere) return;
    const [name] = NATURE_METRICS[this.#random.index(NATURE_METRICS.length)]!;
    this.#tell('metrics', { values: { [name]: valueNow(this.#nature, name, this.#random) } }, 0, false);
  }

  /** A command came. @param name as its topic says */
  async take(name: string, payload: Uint8Array): Promise<void> {
    if (!this.#isThere) return;
    if (name === 'rebirth') return this.come();
    const answer = await this.#commands.receive({ name, toSite: false, payload, retained: false });
    if (answer === null || this.temper === 'silent') return;
    if (this.temper === 'late') await new Promise((resolve) => setTimeout(resolve, this.#options.lateMs ?? LATE_MS));
    if (!this.#isThere) return;
    this.#tell(`cmd/${name}/result`, answer, 1, false);
    if (this.temper === 'doubling') this.#tell(`cmd/${name}/result`, answer, 1, false);
    if (this.#isUnwell && answer.repeated !== true) this.#alert();
  }

  #declare(name: string, payload: z.ZodType, result: (body: Record<string, unknown>) => CommandAnswer): void {
    const handle = (body: unknown, { signed }: CommandCall): CommandAnswer => {
      const id = String((JSON.parse(signed!.command) as { id: unknown }).id);
      this.done.set(id, (this.done.get(id) ?? 0) + 1);
      if (this.temper === 'failing') throw new Error('the disk is full');
      if (this.temper === 'unwell') this.#isUnwell = true;
      return result(body as Record<string, unknown>);
    };
    this.#commands.declare({ name, access: 'signed', help: name, payload, handle });
  }

  #alert(): void {
    const since = this.#options.now();
    this.#tell('alert/cpu-high', { code: 'cpu-high', ...ALERT, since }, 1, true);
  }

  #tell(topic: string, body: object, qos: 0 | 1, retain: boolean): void {
    this.#publish(topic, { seq: this.#seq++, ts: this.#options.now(), boot: this.#boot, ...body }, qos, retain);
  }

  #publish(topic: string, body: object, qos: 0 | 1, retain: boolean): void {
    this.#options.publish(`edge/v1/${this.name}/${topic}`, JSON.stringify(body), qos, retain);
  }
}
