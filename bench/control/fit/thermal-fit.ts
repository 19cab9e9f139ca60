import { BoardGovernor } from '../board-governor.js';
import type { PlantDescription } from '../plant-file.js';
import { ThermalNetwork } from '../thermal-network.js';
import { leastOf } from './nelder-mead.js';
import type { Series } from './series.js';

/** What a fit came to. */
export interface ThermalFit {
  readonly thermal: PlantDescription['thermal'];
  /** °C of the air around the board while it was recorded, as the fit has it. */
  readonly ambient: number;
  /** K, root of the mean squared difference to the series; and that of its mean. */
  readonly rmse: number;
  readonly spread: number;
  readonly seconds: number;
}

/** A fan that the series shows: where its steps begin is known or looked for. */
export interface FanGuess {
  readonly from: readonly number[];
  readonly hysteresis: number;
}

/** What else is known of a board that is fitted. */
export interface KnownOfBoard {
  readonly watts: readonly [idle: number, full: number];
  readonly sinkAtLeast?: number;
  readonly toAmbient?: number;
  readonly fan?: FanGuess;
}

const ROUNDS = 400;
/** Logarithms of J/K and W/K that any board could have: beyond them a series has nothing to say. */
const BOUNDS = [
  [Math.log(1), Math.log(200)],
  [Math.log(0.05), Math.log(8)],
  [Math.log(15), Math.log(3000)],
  [Math.log(0.02), Math.log(5)],
] as const;

/**
 * Fits two bodies, what is measured and what it is mounted on, to a series: heat capacities, conductances, the air's
 * temperature, and what each step of the fan adds.
 */
export function fitThermal(series: Series, plant: PlantDescription, known: KnownOfBoard): ThermalFit {
  const { fan = null, sinkAtLeast = 15, toAmbient = null } = known;
  const watts = wattsOf(series, known.watts);
  const coldest = Math.min(...series.temperatures);
  const meanWatts = watts.reduce((a, b) => a + b, 0) / watts.length;
  const conductance = meanWatts / Math.max(3, mean(series.temperatures) - coldest + 12);
  const steps = fan?.from.length ?? 0;
  const names = plant.thermal.nodes.map(({ name }) => name);
  const shares = plant.thermal.nodes.map(({ shareOfPower }) => shareOfPower);
  const thermalOf = (at: readonly number[]): PlantDescription['thermal'] => ({
    nodes: [
      { name: names[0]!, joulesPerKelvin: Math.exp(at[0]!), wattsPerKelvinToAmbient: 0, shareOfPower: shares[0]! },
      {
        name: names[1]!,
        joulesPerKelvin: Math.exp(at[2]!),
        wattsPerKelvinToAmbient: toAmbient ?? Math.exp(at[3]!),
        shareOfPower: shares[1]!,
      },
    ],
    links: [{ between: [names[0]!, names[1]!], wattsPerKelvin: Math.exp(at[1]!) }],
    fan:
      fan === null
        ? null
        : {
            node: names[1]!,
            hysteresis: fan.hysteresis,
            steps: fan.from.map((from, i) => ({
              from: from + at[6 + steps + i]!,
              // each step cools more than the one before
              wattsPerKelvin: at.slice(6, 7 + i).reduce((sum, one) => sum + Math.exp(one), 0),
            })),
          },
  });
  const loss = (at: readonly number[]) => (beyond(at) > 0 ? 1e3 + beyond(at) : within(at));
  const within = (at: readonly number[]) =>
    residual(series, watts, plant, thermalOf(at), at[4]!, at[5]!) +
    // where a series does not tell, the air is that of a room, and colder than the board
    0.001 * (at[4]! - 24) ** 2 +
    0.02 * Math.max(0, at[4]! - coldest) ** 2 +
    2 * Math.max(0, Math.log(sinkAtLeast) - at[2]!);
  const fanStart = fan ? [...fan.from.map(() => Math.log(conductance / 2)), ...fan.from.map(() => 0)] : [];
  const fanMoves = fan ? [...fan.from.map(() => 0.5), ...fan.from.map(() => 3)] : [];
  let best = { at: [] as readonly number[], value: Number.POSITIVE_INFINITY };
  for (const [die, sink] of [
    [8, 80],
    [25, 300],
    [4, 600],
  ] as const) {
    const start = [
      Math.log(die),
      Math.log(conductance * 6),
      Math.log(Math.max(sink, sinkAtLeast * 1.1)),
      Math.log(conductance),
      Math.min(24, coldest - 3),
      series.temperatures[0]!,
      ...fanStart,
    ];
    const found = leastOf(loss, start, [0.7, 0.5, 0.7, 0.4, 3, 1, ...fanMoves], ROUNDS);
    if (found.value < best.value) best = found;
  }
  const temperatures = series.temperatures;
  const middle = mean(temperatures);
  return {
    thermal: rounded(thermalOf(best.at)),
    ambient: round(best.at[4]!),
    rmse: round(residual(series, watts, plant, thermalOf(best.at), best.at[4]!, best.at[5]!)),
    spread: round(Math.sqrt(mean(temperatures.map((one) => (one - middle) ** 2)))),
    seconds: Math.round(series.at.at(-1)!),
  };
}

/** How far outside its bounds the worst parameter lies. */
function beyond(at: readonly number[]): number {
  return Math.max(0, ...BOUNDS.map(([least, most], i) => Math.max(least - at[i]!, at[i]! - most)));
}

/** Measured, or between rest and full work as busy as it was. */
function wattsOf({ watts, busy }: Series, [idle, full]: readonly [number, number]): readonly number[] {
  return watts ?? busy.map((share) => idle + (full - idle) * Math.min(1, share));
}

/** K between a series and what the plant makes of the same power; its own governor throttles it as it does on the board. */
function residual(
  series: Series,
  watts: readonly number[],
  plant: PlantDescription,
  thermal: PlantDescription['thermal'],
  ambient: number,
  start: number,
): number {
  const network = new ThermalNetwork(thermal, start);
  const governor = new BoardGovernor(plant.governor, plant.clocks.length);
  const throttles = series.watts === null;
  let sum = 0;
  let count = 0;
  let sample = 0;
  const end = series.at.at(-1)!;
  for (let second = 0; second <= end && sample < series.at.length; second++) {
    while (sample < series.at.length && series.at[sample]! <= second) {
      const difference = network.temperatures[0]! - series.temperatures[sample]!;
      sum += difference * difference;
      count++;
      sample++;
    }
    const drawn = watts[Math.min(watts.length - 1, sample)]!;
    const clock = plant.clocks[governor.clock]!;
    const idle = plant.power.idleWatts;
    const held = throttles ? idle + Math.max(0, drawn - idle) * clock.speed * clock.energy : drawn;
    network.second(held, ambient, 1);
    if (throttles) governor.second(network.temperatures[0]!, held, plant.clocks.length - 1);
  }
  const rmse = Math.sqrt(sum / Math.max(1, count));
  return Number.isFinite(rmse) ? rmse : 1e6;
}

function rounded(thermal: PlantDescription['thermal']): PlantDescription['thermal'] {
  return JSON.parse(
    JSON.stringify(thermal, (_, value) => (typeof value === 'number' ? round(value) : value)),
  ) as typeof thermal;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const round = (value: number): number => Number(value.toPrecision(4));
