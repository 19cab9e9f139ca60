import { SourceError } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { didYouMean } from '../foundation/validate.js';

/** How much drives by: `empty` almost nothing, `mixed` swings between light and rush, `night` is light traffic in the dark. */
export const TRAFFIC_LEVELS = ['empty', 'light', 'mixed', 'rush', 'night'] as const;
export type TrafficLevel = (typeof TRAFFIC_LEVELS)[number];

/** Everything that a simulated camera depends on: the same options give the same frames. */
export interface SimulatorOptions {
  /** Chooses the road, the pole, the weather's details and the traffic. */
  readonly seed: number;
  readonly traffic: TrafficLevel;
  /** How many cameras the URL stands for. */
  readonly cameras: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second of the scene. */
  readonly fps: number;
  /** Seconds of each minute that the signal is red, where there is one (traffic `mixed` and `rush`). */
  readonly red: number;
  /** 0 day … 1 night with headlamps. */
  readonly night: number;
  /** 0 dry … 1 heavy rain. */
  readonly rain: number;
  /** How far trees sway: 0 still … 1 wind. */
  readonly trees: number;
  /** Sensor noise, standard deviation in grey levels. */
  readonly noise: number;
  /** Slow changes of light, as a share of brightness. */
  readonly drift: number;
  /** Drivers on the wrong side, vehicles that stop beside the road, and such that turn round: how many a minute, about. */
  readonly wrongWay: number;
  readonly stopping: number;
  readonly uTurns: number;
  /** Share of those in inner lanes that are lorries. */
  readonly lorries: number;
  /** Share of drivers who do not stop at a red signal. */
  readonly redRunners: number;
}

interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly fallback: number;
}

const number = (min: number, max: number, fallback: number, whole = false): NumberRule => ({
  min,
  max,
  whole,
  fallback,
});

/** Range and default of every number in the URL, as docs/simulator.md lists them. */
const NUMBERS = {
  seed: number(0, 2_147_483_647, 1, true),
  cameras: number(1, 16, 1, true),
  width: number(160, 1920, 640, true),
  height: number(120, 1080, 360, true),
  fps: number(0.1, 60, 15),
  red: number(0, 55, 24),
  night: number(0, 1, 0),
  rain: number(0, 1, 0),
  trees: number(0, 1, 0.5),
  noise: number(0, 20, 2.5),
  drift: number(0, 0.5, 0.06),
  wrongWay: number(0, 6, 0),
  stopping: number(0, 6, 0),
  uTurns: number(0, 6, 0),
  lorries: number(0, 1, 0),
  redRunners: number(0, 1, 0),
} as const satisfies Record<string, NumberRule>;

const NAMES = ['traffic', ...Object.keys(NUMBERS)];

/**
 * Reads `sim://road?seed=1&traffic=mixed&…`.
 *
 * @throws SourceError for another scene than `road`, an unknown option, an option given twice or a value out of range
 */
export function parseSimulatorUrl(url: string): SimulatorOptions {
  const { searchParams } = parts(url);
  for (const name of searchParams.keys()) {
    if (!NAMES.includes(name)) throw unknownOption(url, name);
    if (searchParams.getAll(name).length > 1)
      throw SourceError.permanent(`${url}: option ${name} is given twice`, { url });
  }
  const traffic = trafficOf(url, searchParams.get('traffic'));
  const numbers = {} as Record<keyof typeof NUMBERS, number>;
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    numbers[name] = numberOf(url, name, NUMBERS[name], searchParams.get(name));
  }
  if (traffic === 'night' && !searchParams.has('night')) numbers.night = 1;
  return Object.freeze({ ...numbers, traffic });
}

/**
 * One URL per camera for `cameras=N`: each shows another road, with a seed that follows from the given one.
 *
 * @throws SourceError as `parseSimulatorUrl`
 */
export function expandSimulatorUrl(url: string): string[] {
  const { cameras, seed } = parseSimulatorUrl(url);
  if (cameras === 1) return [url];
  return Array.from({ length: cameras }, (_, i) => {
    const one = parts(url);
    one.searchParams.delete('cameras');
    one.searchParams.set('seed', String((seed + i * 7919) % 2_147_483_648));
    return `sim://road?${one.searchParams}`;
  });
}

function parts(url: string): URL {
  if (!/^sim:\/\/road\/?(\?.*)?$/.test(url)) {
    throw SourceError.permanent(`${maskCredentials(url)}: expected sim://road, optionally with ?option=value&…`);
  }
  return new URL(url);
}

function unknownOption(url: string, name: string): SourceError {
  const meant = didYouMean(name, NAMES);
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`;
  return SourceError.permanent(`${url}: unknown option ${name}${hint}; the options are ${NAMES.join(', ')}`, {
    url,
    option: name,
  });
}

function trafficOf(url: string, given: string | null): TrafficLevel {
  if (given === null) return 'mixed';
  const found = TRAFFIC_LEVELS.find((t) => t === given);
  if (found !== undefined) return found;
  const meant = didYouMean(given, TRAFFIC_LEVELS);
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`;
  throw SourceError.permanent(`${url}: traffic: expected one of ${TRAFFIC_LEVELS.join(', ')}, got ${given}${hint}`, {
    url,
    option: 'traffic',
  });
}

function numberOf(url: string, name: string, rule: NumberRule, given: string | null): number {
  if (given === null) return rule.fallback;
  const value = given.trim() === '' ? Number.NaN : Number(given);
  const kind = rule.whole ? 'a whole number' : 'a number';
  if (!Number.isFinite(value) || value < rule.min || value > rule.max || (rule.whole && !Number.isInteger(value))) {
    throw SourceError.permanent(`${url}: ${name}: expected ${kind} from ${rule.min} to ${rule.max}, got ${given}`, {
      url,
      option: name,
    });
  }
  return value;
}
