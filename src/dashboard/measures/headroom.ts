/** How much of something is left. `unknown`: nothing tells. */
export type HeadroomState = 'ample' | 'low' | 'exhausted' | 'unknown';

/** What can run out. */
export const HEADROOMS = ['processor', 'workers', 'memory', 'swap', 'disk', 'heat', 'wear'] as const;
export type HeadroomOf = (typeof HEADROOMS)[number];

/** What is left of one resource. */
export interface ResourceHeadroom {
  readonly of: HeadroomOf;
  readonly state: HeadroomState;
  /** What is used of it, by the last hour's 95th percentile where there is one, else now; in `unit`. */
  readonly used: number | null;
  /** From where on it is exhausted; null where nothing tells. */
  readonly limit: number | null;
  readonly unit: '%' | '°C';
}

/** What head-room is made of; null: no reading. Shares in percent. */
export interface HeadroomReadings {
  readonly processor: number | null;
  /** Of the workers' time; above 100 they cannot keep up. */
  readonly workers: number | null;
  readonly memory: number | null;
  readonly swap: number | null;
  readonly disk: number | null;
  /** °C of the warmest part, and at which the first is slowed down. */
  readonly temperature: number | null;
  readonly throttleAt: number | null;
  /** Of the life of the medium. */
  readonly wear: number | null;
}

/** From so much on little is left, and from so much on nothing that counts. */
const SHARES: Readonly<Record<Exclude<HeadroomOf, 'heat'>, readonly [low: number, exhausted: number]>> = {
  processor: [75, 92],
  workers: [75, 95],
  memory: [80, 93],
  swap: [20, 60],
  disk: [85, 95],
  wear: [70, 90],
};
/** °C below the point at which it is slowed down. */
const HEAT_LOW_C = 10;
const HEAT_EXHAUSTED_C = 2;

/** What is left of everything that can run out. */
export function headrooms(readings: HeadroomReadings): ResourceHeadroom[] {
  return HEADROOMS.map((of) => (of === 'heat' ? heat(readings) : share(of, readings[of])));
}

function share(of: Exclude<HeadroomOf, 'heat'>, used: number | null): ResourceHeadroom {
  const [low, exhausted] = SHARES[of];
  const state = used === null ? 'unknown' : used >= exhausted ? 'exhausted' : used >= low ? 'low' : 'ample';
  return { of, state, used, limit: exhausted, unit: '%' };
}

function heat({ temperature, throttleAt }: HeadroomReadings): ResourceHeadroom {
  const left = temperature === null || throttleAt === null ? null : throttleAt - temperature;
  const state =
    left === null ? 'unknown' : left <= HEAT_EXHAUSTED_C ? 'exhausted' : left <= HEAT_LOW_C ? 'low' : 'ample';
  return { of: 'heat', state, used: temperature, limit: throttleAt, unit: '°C' };
}
