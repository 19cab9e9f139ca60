import { type Missing, plausible, type Quantity, type RailPlace, type SensorReading } from './sensors/sensor.js';

/** What one column tells. */
type Tells = 'index' | 'reasons' | { readonly quantity: Quantity; readonly scale: number };

interface Column {
  /** Its names, which changed between drivers, the newest first. */
  readonly names: readonly string[];
  readonly tells: Tells;
}

const MEBIBYTE = 2 ** 20;

const COLUMNS: readonly Column[] = [
  { names: ['index'], tells: 'index' },
  { names: ['utilization.gpu'], tells: { quantity: 'load', scale: 1 } },
  { names: ['memory.used'], tells: { quantity: 'memory', scale: MEBIBYTE } },
  { names: ['memory.total'], tells: { quantity: 'memory-total', scale: MEBIBYTE } },
  { names: ['temperature.gpu'], tells: { quantity: 'temperature', scale: 1 } },
  { names: ['power.draw'], tells: { quantity: 'rail-power', scale: 1 } },
  { names: ['clocks.sm'], tells: { quantity: 'accelerator-clock', scale: 1 } },
  { names: ['fan.speed'], tells: { quantity: 'fan-duty', scale: 1 } },
  { names: ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'], tells: 'reasons' },
];

/** Bits of the reasons: slowed down by software for its power limit; by hardware; by software and by hardware for heat; by the supply. */
const [POWER_CAP, HARDWARE, SOFTWARE_HEAT, HARDWARE_HEAT, POWER_BRAKE] = [0x4, 0x8, 0x20, 0x40, 0x80];

const CARD: RailPlace = { feeds: 'chip', by: 'nvidia-smi' };

/** The columns that this driver's `nvidia-smi` is asked for: those that it does not know are left out, or called as they used to be. */
export class NvidiaColumns {
  #columns: readonly { readonly name: string; readonly column: Column }[] = COLUMNS.map((column) => ({
    name: column.names[0]!,
    column,
  }));

  get names(): readonly string[] {
    return this.#columns.map(({ name }) => name);
  }

  /** @returns whether a name was given up: asking again makes sense */
  refuse(refused: string): boolean {
    if (refused === 'index' || !this.names.includes(refused)) return false;
    this.#columns = this.#columns.flatMap(({ name, column }) => {
      if (name !== refused) return [{ name, column }];
      const older = column.names[column.names.indexOf(refused) + 1];
      return older === undefined ? [] : [{ name: older, column }];
    });
    return true;
  }

  /** What a line says of one GPU; null where it is none of those that were asked for. */
  parse(line: string): NvidiaReadings | null {
    const cells = line.split(',').map((cell) => cell.trim());
    if (cells.length !== this.#columns.length) return null;
    const index = /^\d{1,3}$/.exec(cells[0]!)?.[0];
    if (index === undefined) return null;
    const gpu = `nvidia${index}`;
    return { gpu, readings: this.#columns.flatMap(({ column }, i) => readingsOf(gpu, column.tells, cells[i]!)) };
  }
}

/** What one GPU told at once. */
export interface NvidiaReadings {
  /** `nvidia0`: by the driver's number. */
  readonly gpu: string;
  readonly readings: readonly SensorReading[];
}

/** The name of a column that `nvidia-smi` does not know; null where it complains of something else. */
export function refusedColumn(line: string): string | null {
  return /Field "([\w.]+)" is not a valid field/i.exec(line)?.[1] ?? null;
}

function readingsOf(gpu: string, tells: Tells, cell: string): SensorReading[] {
  if (tells === 'index') return [];
  if (tells === 'reasons') {
    const reasons = bitsOf(cell);
    const isFor = (bits: number) => (reasons === null ? null : Number((reasons & bits) !== 0));
    const isHot = isFor(SOFTWARE_HEAT | HARDWARE_HEAT);
    // the hardware says why only on newer cards; without heat it is the supply
    const isShort = isFor(isHot === 1 ? POWER_CAP | POWER_BRAKE : POWER_CAP | POWER_BRAKE | HARDWARE);
    return [reading('heat', gpu, isHot), reading('power', gpu, isShort)];
  }
  const { quantity, scale } = tells;
  // `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[GPU requires reset]`: words, by which a card says that it tells nothing
  const told = /^\d+(\.\d+)?$/.test(cell) ? Number(cell) * scale : null;
  return [reading(quantity, gpu, plausible(quantity, told), told === null ? 'absent' : 'implausible')];
}

function bitsOf(cell: string): number | null {
  const digits = /^0x([0-9a-f]{1,16})$/i.exec(cell)?.[1];
  // all that are told apart are in the lowest 32
  return digits === undefined ? null : Number.parseInt(digits.slice(-8), 16);
}

function reading(quantity: Quantity, name: string, value: number | null, missing: Missing = 'absent'): SensorReading {
  const rail = quantity === 'rail-power' ? CARD : null;
  return { quantity, name, value, missing: value === null ? missing : null, rail, source: 'nvidia-smi' };
}
