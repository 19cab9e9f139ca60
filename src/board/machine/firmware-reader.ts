import { answered } from './answered.js';
import { type AskProgram, askWithin } from './ask-program.js';
import type { MachineReader, ReadAt } from './machine-reader.js';
import { raspberryPiModel } from './sensors/firmware-heat.js';
import { plausible, type Quantity, type RailPlace, type SensorReading, type SensorReadings } from './sensors/sensor.js';
import { firmwareFiles, firmwareHolds } from './sensors/throttles.js';

/** ms between two rounds of questions, each of which is a process. */
const EVERY_MS = 10_000;
/** The same where the program is not there, or the firmware refuses. */
const REFUSED_EVERY_MS = 600_000;
/** ms that an answer may take. */
const DEADLINE_MS = 2000;

const PROGRAM = 'vcgencmd';
/** They have a chip that measures what each rail carries. */
const HAS_POWER_CHIP = /^Raspberry Pi (5|500|Compute Module 5)/;

/** One thing that the firmware is asked, and what its answer says. */
interface Question {
  readonly args: readonly string[];
  readonly tells: readonly {
    readonly quantity: Quantity;
    readonly name: string;
    readonly parse: (answer: string) => number | null;
  }[];
}

/** What each core really runs at: cpufreq shows what it asked for, which a hot firmware does not give. */
const CLOCK: Question = {
  args: ['measure_clock', 'arm'],
  tells: [{ quantity: 'firmware-clock', name: 'arm', parse: clockIn }],
};
const THROTTLED: Question = {
  args: ['get_throttled'],
  tells: [
    { quantity: 'power', name: 'firmware', parse: (answer) => firmwareHolds('power', afterEquals(answer)) },
    { quantity: 'heat', name: 'firmware', parse: (answer) => firmwareHolds('heat', afterEquals(answer)) },
  ],
};
const RAILS: Question = {
  args: ['pmic_read_adc'],
  tells: [{ quantity: 'rail-power', name: 'PMIC', parse: wattsOfRails }],
};
const SUPPLY: RailPlace = { feeds: 'supply', by: PROGRAM };

/**
 * What only the firmware of a Raspberry Pi knows, asked by `vcgencmd` now and then, one process at a time: the clock that it
 * gives, what holds it back where sysfs does not tell, and what the rails of a Pi 5 carry (what hangs on its USB is not in it).
 */
export class FirmwareReader implements MachineReader, SensorReadings {
  readonly name = 'firmware';
  readonly #root: string;
  readonly #ask: AskProgram | null;
  readonly #patienceMs: number;
  #questions: readonly Question[] = [];
  #readings: SensorReading[] = [];
  #dueAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  /** Programs that have not ended. */
  #unanswered = 0;

  /**
   * @param ask null where no program is to be started: the root is a tree of another machine's
   * @param patienceMs for a program that should have been ended by then
   */
  constructor(
    root: string,
    ask: AskProgram | null = root === '/' ? askWithin(DEADLINE_MS) : null,
    patienceMs = 2 * DEADLINE_MS,
  ) {
    this.#root = root;
    this.#patienceMs = patienceMs;
    this.#ask = ask;
  }

  /** Whether its first answers are still to come. */
  get isAsking(): boolean {
    return this.#isAsking && this.#readings.length === 0;
  }

  *of(quantity: Quantity): Iterable<SensorReading> {
    for (const reading of this.#readings) if (reading.quantity === quantity) yield reading;
  }

  look(): void {
    const model = this.#ask === null ? null : raspberryPiModel(this.#root);
    if (model === null) {
      this.#questions = [];
      this.#readings = [];
      return;
    }
    this.#questions = [
      ...(firmwareFiles(this.#root).length === 0 ? [THROTTLED] : []),
      CLOCK,
      ...(HAS_POWER_CHIP.test(model) ? [RAILS] : []),
    ];
  }

  /** Nobody waits for the answers. */
  read({ now }: ReadAt): void {
    if (this.#unanswered > 0 || this.#isAsking || this.#questions.length === 0 || now < this.#dueAt) return;
    this.#dueAt = now + EVERY_MS;
    void this.#askAll(now);
  }

  close(): void {
    this.#questions = [];
    this.#readings = [];
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  /** One that cannot even be ended is not waited for, and is not joined by others. */
  #askOne(args: readonly string[]): Promise<string | null> {
    if (this.#unanswered > 0) return Promise.resolve(null);
    this.#unanswered++;
    const asked = this.#ask!(PROGRAM, args).finally(() => this.#unanswered--);
    return answered(asked, this.#patienceMs);
  }

  async #askAll(now: number): Promise<void> {
    this.#isAsking = true;
    const questions = this.#questions;
    const readings: SensorReading[] = [];
    for (const { args, tells } of questions) {
      const answer = await this.#askOne(args);
      for (const { quantity, name, parse } of tells) {
        const value = plausible(quantity, answer === null ? null : parse(answer.trim()));
        const missing = answer === null ? 'failed' : value === null ? 'implausible' : null;
        const rail = quantity === 'rail-power' ? SUPPLY : null;
        readings.push({ quantity, name, value, missing, rail, source: [PROGRAM, ...args].join(' ') });
      }
      if (answer === null) this.#dueAt = now + REFUSED_EVERY_MS;
    }
    this.#isAsking = false;
    if (this.#questions.length > 0) this.#readings = readings;
  }
}

const afterEquals = (answer: string): string => answer.slice(answer.indexOf('=') + 1);

/** `frequency(48)=1500345728` in Hz: MHz. */
function clockIn(answer: string): number | null {
  const hertz = /^frequency\(\d+\)=(\d+)$/.exec(answer)?.[1];
  return hertz === undefined || Number(hertz) === 0 ? null : Number(hertz) / 1e6;
}

/** `VDD_CORE_A current(7)=1.5A` and `VDD_CORE_V volt(15)=0.85V`, a line each: W of all rails that have both. */
function wattsOfRails(answer: string): number | null {
  const volts = new Map<string, number>();
  for (const [, rail, value] of answer.matchAll(/(\w+)_V volt\(\d+\)=([\d.]+)V/g)) volts.set(rail!, Number(value));
  let watts: number | null = null;
  for (const [, rail, value] of answer.matchAll(/(\w+)_A current\(\d+\)=([\d.]+)A/g)) {
    const voltage = volts.get(rail!);
    if (voltage !== undefined) watts = (watts ?? 0) + voltage * Number(value);
  }
  return watts;
}
