import type { KeptSeries } from '../../store/series/joined-series.js';
import type { SeriesKey } from '../../store/series/rollup.js';
import { type Grid, gridOf, type Joining, joined, type PointValue, seriesOnGrid, stepOfTime } from './grid.js';
import {
  DROPPED,
  LATE,
  meanBetween,
  mergedTimes,
  type SlowSign,
  type SlowSteps,
  slowSteps,
  usualOutside,
} from './slow-times.js';
import { type Cause, causesAmong, type Suspect, type SuspectReading } from './suspects.js';

/** A step of the work whose time was not as usual; ms that 95 % of the frames stay under. */
export interface SlowStage {
  readonly stage: string;
  readonly was: number;
  readonly usual: number;
}

/** A time in which the board was slow, and what was unusual in it. */
export interface SlowTime {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  readonly sign: SlowSign;
  /** As the sign says: ms, or a share of the frames, 0..1. */
  readonly was: number;
  readonly usual: number;
  /** Steps of the work that took longer, by how much they did. */
  readonly stages: readonly SlowStage[];
  readonly causes: readonly Cause[];
  /** Numbers of that time for whoever reads of a cause; null where nothing tells. */
  readonly temperature: number | null;
  readonly clock: number | null;
  readonly usualClock: number | null;
}

/** What is asked, Unix ms. */
export interface SlowQuestion {
  readonly from: number;
  readonly to: number;
  /** null: all of them together. */
  readonly camera: string | null;
  readonly sees: (key: SeriesKey) => boolean;
}

/** What of the past is looked at. */
export interface SlowTimes {
  readonly stepMs: number;
  /** Unix ms from which on it was looked at to learn what is usual. */
  readonly usualFrom: number;
  readonly times: readonly SlowTime[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A longer time is looked at by the hour. */
const LONGEST_BY_MINUTE_MS = 50 * HOUR_MS;
const MOST_TIMES = 12;
const MOST_STAGES = 3;
/** A stage that took longer by less is as usual, ms. */
const LEAST_STAGE_MS = 5;
const PARTS = ['capture', 'resize', 'queue', 'infer', 'decode', 'publish'];

/** When the board was slow, and what was unusual then: all that is told comes from the series that are kept. */
export async function slowTimes(reader: KeptSeries, question: SlowQuestion): Promise<SlowTimes> {
  const { from, to } = question;
  const stepMs = to - from > LONGEST_BY_MINUTE_MS ? HOUR_MS : MINUTE_MS;
  const usualFrom = from - Math.max(to - from, 24 * HOUR_MS);
  const grid = gridOf(usualFrom, to, stepMs);
  const past = new Past(reader, grid, question);
  const steps = {
    first: Math.max(0, stepOfTime(grid, from)),
    least: stepMs === MINUTE_MS ? 3 : 1,
    bridged: stepMs === MINUTE_MS ? 5 : 0,
  };
  const latency = await past.of('latency_p95', 'max');
  const drops = await droppedShares(past);
  const found = mergedTimes([
    ...slowSteps(latency, 'latency', LATE, steps),
    ...slowSteps(drops, 'drops', DROPPED, steps),
  ]);
  const worst = [...found].sort((a, b) => badness(b) - badness(a)).slice(0, MOST_TIMES);
  if (worst.length === 0) return { stepMs, usualFrom: grid.from, times: [] };
  const suspects = await suspectSeries(past);
  const stages = new Map<string, Float64Array>();
  for (const stage of PARTS) stages.set(stage, await stageOf(past, stage));
  const times = worst
    .sort((a, b) => a.start - b.start)
    .map((time): SlowTime => {
      const { start, end, sign, was, usual } = time;
      const readings = [...suspects].map(
        ([suspect, values]): SuspectReading => ({
          suspect,
          was: meanBetween(values, start, end),
          usual: usualOutside(values, found),
        }),
      );
      const clocks = suspects.get('clock')!;
      return {
        from: grid.from + start * stepMs,
        to: Math.min(to, grid.from + end * stepMs),
        sign,
        was,
        usual,
        stages: slowStages(stages, time, found),
        causes: causesAmong(readings),
        temperature: meanBetween(past.read.get('machine_temperature')!, start, end),
        clock: meanBetween(clocks, start, end),
        usualClock: usualOutside(clocks, found),
      };
    });
  return { stepMs, usualFrom: grid.from, times };
}

const badness = ({ start, end, was, usual, sign }: SlowSteps): number =>
  (end - start) * (sign === 'drops' ? 10 * (was - usual) : was / Math.max(1, usual));

/** Series of the past on one grid, each read once. */
class Past {
  /** By metric, as they were joined. */
  readonly read = new Map<string, Float64Array>();
  readonly #reader: KeptSeries;
  readonly #question: SlowQuestion;
  readonly grid: Grid;

  constructor(reader: KeptSeries, grid: Grid, question: SlowQuestion) {
    this.#reader = reader;
    this.grid = grid;
    this.#question = question;
  }

  get camera(): string | null {
    return this.#question.camera;
  }

  /** A metric over all of its series, or those of the camera that is asked for. */
  async of(
    metric: string,
    how: Joining,
    labels: Readonly<Record<string, string>> = {},
    value: PointValue = 'mean',
  ): Promise<Float64Array> {
    const name = [metric, ...Object.values(labels)].join('.');
    const known = this.read.get(name);
    if (known !== undefined) return known;
    const { camera, sees } = this.#question;
    const isMeant = (key: SeriesKey): boolean =>
      sees(key) &&
      (camera === null || (key.labels['camera'] ?? camera) === camera) &&
      Object.entries(labels).every(([label, wanted]) => key.labels[label] === wanted);
    const found = await seriesOnGrid(this.#reader, metric, this.grid, isMeant, [value]);
    const values = joined(
      found.map((series) => series.values[value]),
      how,
      this.grid.steps,
    );
    this.read.set(name, values);
    return values;
  }
}

/** Of the frames that came, those that got no answer, 0..1. */
async function droppedShares(past: Past): Promise<Float64Array> {
  const dropped = await past.of('frames_dropped', 'sum');
  const captured = await past.of('frames_captured', 'sum');
  return each(past.grid, (step) => (captured[step]! > 0 ? (dropped[step] || 0) / captured[step]! : Number.NaN));
}

async function suspectSeries(past: Past): Promise<Map<Suspect, Float64Array>> {
  const held = (cause: string): Promise<Float64Array> => past.of('machine_throttled_by', 'max', { cause });
  await past.of('machine_temperature', 'max');
  return new Map<Suspect, Float64Array>([
    ['heat', await held('heat')],
    ['power', await held('power')],
    ['current', await held('current')],
    ['quota', await held('quota')],
    ['clock', await past.of('machine_cpu_clock', 'mean')],
    ['steal', await past.of('machine_cpu_mode', 'sum', { mode: 'steal' })],
    ['others', await othersShare(past)],
    ['memory', await past.of('machine_pressure', 'max', { resource: 'memory' })],
    ['swap', await past.of('machine_swap', 'max')],
    ['disk', await past.of('machine_pressure', 'max', { resource: 'io' })],
    ['workers', await past.of('pool_workers', 'sum', { standing: 'serving' })],
    ['demand', await past.of('fps_wanted', 'sum')],
    ['processor', await past.of('machine_cpu', 'max')],
  ]);
}

/** What other programs used of the processor, in percent of one core. */
async function othersShare(past: Past): Promise<Float64Array> {
  const cores = await past.of('machine_cpu_core', 'sum');
  const own = await past.of('process_cpu', 'sum');
  return each(past.grid, (step) => Math.max(0, cores[step]! - own[step]!));
}

/** Of one camera its frames tell, of all together a number that is made for that. */
const stageOf = (past: Past, stage: string): Promise<Float64Array> =>
  past.camera === null ? past.of('stage_p95', 'max', { stage }) : past.of('stage_latency', 'max', { stage }, 'p95');

function slowStages(
  stages: ReadonlyMap<string, Float64Array>,
  { start, end }: SlowSteps,
  times: readonly SlowSteps[],
): SlowStage[] {
  return [...stages]
    .flatMap(([stage, values]): SlowStage[] => {
      const was = meanBetween(values, start, end);
      const usual = usualOutside(values, times) ?? 0;
      return was === null || was - usual < LEAST_STAGE_MS || was < 1.25 * usual ? [] : [{ stage, was, usual }];
    })
    .sort((a, b) => b.was - b.usual - (a.was - a.usual))
    .slice(0, MOST_STAGES);
}

function each({ steps }: Grid, valueAt: (step: number) => number): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) => valueAt(step));
}
