import { railsOfBoard } from './sensors/rails.js';
import type { Missing, RailPlace, SensorReading, SensorReadings } from './sensors/sensor.js';

/** What one rail carries now. */
export interface RailReading extends RailPlace {
  readonly name: string;
  /** V and A; null where the rail tells its power alone, or nothing. */
  readonly volts: number | null;
  readonly amperes: number | null;
  /** W */
  readonly watts: number | null;
  readonly missing: Missing | null;
}

/** Makes one reading of the rails that a machine has: what each carries, and what the whole board draws. */
export class PowerWatch {
  rails: readonly RailReading[] = [];
  /** W of the whole board, or of as much of it as can be measured; null where a rail of that sum does not tell now. */
  watts: number | null = null;
  /** The rails that it is the sum of; those that tell nothing for longer are left out. */
  summed: readonly RailReading[] = [];

  see(sensors: SensorReadings): void {
    const currents = new Map<string, SensorReading>();
    for (const reading of sensors.of('rail-current')) currents.set(reading.name, reading);
    const pairs = [...sensors.of('rail-voltage')].map((voltage) => railOf(voltage, currents.get(voltage.name) ?? null));
    const alone = [...sensors.of('rail-power')].map((power) => railOf(null, null, power));
    this.rails = [...pairs, ...alone];
    this.summed = railsOfBoard(this.rails.filter((rail) => !isSilent(rail)));
    this.watts = sum(this.summed.map(({ watts }) => watts));
  }
}

/** Whether it will not tell the next time either: it is not there, this user may not read it, or it is a card that sleeps. */
function isSilent({ feeds, missing }: RailReading): boolean {
  return missing === 'permission' || missing === 'absent' || (feeds === 'chip' && missing === 'failed');
}

function railOf(
  voltage: SensorReading | null,
  current: SensorReading | null,
  power: SensorReading | null = null,
): RailReading {
  const told = (power ?? voltage)!;
  const [volts, amperes] = [voltage?.value ?? null, current?.value ?? null];
  return {
    name: told.name,
    feeds: told.rail?.feeds ?? 'part',
    by: told.rail?.by ?? '',
    volts,
    amperes,
    watts: power !== null ? power.value : volts === null || amperes === null ? null : volts * amperes,
    missing: told.missing ?? current?.missing ?? null,
  };
}

function sum(values: readonly (number | null)[]): number | null {
  let total: number | null = null;
  for (const value of values) {
    if (value === null) return null;
    total = (total ?? 0) + value;
  }
  return total;
}
