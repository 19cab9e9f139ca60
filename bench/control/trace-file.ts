import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KNOBS } from '../../src/config/sections/tune.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { z } from '../../src/foundation/validate.js';
import type { SampledCurve } from './curve.js';
import { readJsonFile } from './json-file.js';
import { ROADS, type Road, roadCurve } from './roads.js';

/** Three minutes: less says nothing of anything. */
const LEAST_HOURS = 0.05;
const least0 = z.number().nonnegative();
const share = z.number().min(0).max(1);

/** A value over time: the same all the time, or numbers at equal distances, drawn as straight lines between them. */
const Curve = z.union([
  z.number(),
  z.strictObject({ stepS: z.number().positive(), values: z.array(z.number()).min(1) }),
  /** A column of a CSV file beside this one; `seconds` is the column of time. */
  z.strictObject({ csv: z.string().min(1), column: z.string().min(1) }),
]);

/** Traffic may also be that of a recorded road, from its `fromHour` on (0 is a Monday, 0:00). */
const RoadTraffic = z.strictObject({
  road: z.enum(Object.keys(ROADS) as [Road, ...Road[]]),
  fromHour: least0.default(0),
});

const DailyAmbient = z.strictObject({
  mean: z.number(),
  /** K that the warmest hour lies above the mean, and the coldest below. */
  swing: least0.default(0),
  /** Hour of the day, local, that is warmest. */
  warmestHour: z.number().min(0).max(24).default(15),
});

const Camera = z.strictObject({
  framesPerS: z.number().positive(),
  /** Share of its frames that ask for an inference without traffic, and at the most traffic. */
  quietShare: share.optional(),
  busyShare: share.optional(),
});

/** Which operating points an event is about: by what one brings on this board, or by name (all that match each key given). */
const PointChoice = z.union([
  z.enum(['best', 'second-best', 'most-accurate', 'smallest']),
  z.strictObject({
    model: z.string().optional(),
    variant: z.string().optional(),
    provider: z.string().optional(),
    workers: z.number().int().positive().optional(),
    intraOpThreads: z.number().int().positive().optional(),
    batchSize: z.number().int().positive().optional(),
  }),
]);

/** From `at` on, until `until` (by default the end), s since the trace's beginning. */
const when = { at: least0, until: z.number().positive().optional() };

const TraceEvent = z.discriminatedUnion('kind', [
  /** The air gets warmer by so many K, over `rampS`. */
  z.strictObject({ ...when, kind: z.literal('heat'), kelvin: z.number(), rampS: least0.default(0) }),
  /** The sun warms the cabinet, and the air in it: by so many K at its highest, half way between `at` and `until`. */
  z.strictObject({ ...when, kind: z.literal('sun'), kelvin: z.number() }),
  /** The fan cools only this share of what it should. */
  z.strictObject({ ...when, kind: z.literal('fan-blocked'), works: share.default(0) }),
  /** The power mode allows no clock above this share of full speed (the nearest clock below it). */
  z.strictObject({ ...when, kind: z.literal('power-mode'), speed: share }),
  /** Another program keeps so many cores busy. */
  z.strictObject({ ...when, kind: z.literal('neighbour'), cores: z.number().positive() }),
  z.strictObject({ ...when, kind: z.literal('camera'), camera: Camera.partial() }),
  /** Its pictures take so many times as long as its profile says. */
  z.strictObject({ ...when, kind: z.literal('point-slower'), point: PointChoice, factor: z.number().positive() }),
  /** Its memory grows while it serves. */
  z.strictObject({ ...when, kind: z.literal('point-leaks'), point: PointChoice, bytesPerS: z.number().positive() }),
  /** It finds only this share of what it found. */
  z.strictObject({ ...when, kind: z.literal('point-inaccurate'), point: PointChoice, finds: share }),
  z.strictObject({ ...when, kind: z.literal('point-fails'), point: PointChoice }),
  /** The temperature that is read: so much off, the same for ever, or none at all. */
  z.strictObject({ ...when, kind: z.literal('sensor-off'), kelvin: z.number() }),
  z.strictObject({ ...when, kind: z.literal('sensor-stuck') }),
  z.strictObject({ ...when, kind: z.literal('sensor-gone') }),
]);

const TraceFile = z.strictObject({
  name: z.string().min(1),
  about: z.string(),
  sources: z.array(z.string()).default([]),
  hours: z
    .number()
    .min(LEAST_HOURS)
    .max(24 * 31),
  /** Names of the only boards that it is for; by default all. */
  boards: z.array(z.string()).nullable().default(null),
  /** Local time at its beginning, ISO 8601 without a zone: the hour of the week that demand is learnt by. */
  startsAt: z.iso.datetime({ local: true }).default('2026-06-01T00:00:00'),
  /** By default as many as the board is made for. */
  cameras: z
    .union([z.number().int().positive(), z.array(Camera).min(1)])
    .nullable()
    .default(null),
  /** Traffic, 0 (none) to 1 (the most that this road sees). */
  traffic: z.union([Curve, RoadTraffic]).default(0.5),
  demand: z
    .strictObject({ quietShare: share.default(0.03), busyShare: share.default(0.25) })
    .default({ quietShare: 0.03, busyShare: 0.25 }),
  /** Standard deviation of a minute's demand, as a share of it. */
  jitter: least0.default(0.1),
  /** How fast answers go bad where fewer inferences are made than scenes ask for: exp(-staleLoss × (wanted / made − 1)). */
  staleLoss: least0.default(0.03),
  /** °C of the air around the board. */
  ambient: z.union([Curve, DailyAmbient]).default(25),
  budgets: z
    .strictObject({
      mode: z.enum(['accuracy', 'balanced', 'eco']).optional(),
      latencyMs: z.number().positive().optional(),
      maxTemperature: z.number().nullable().optional(),
      maxWatts: z.number().positive().nullable().optional(),
      maxMemoryBytes: z.number().positive().nullable().optional(),
      maxAcceleratorBytes: z.number().positive().nullable().optional(),
      maxUplinkBytesPerDay: z.number().positive().nullable().optional(),
      maxCpuBusy: share.optional(),
      maxSwitchesPerHour: z.number().nonnegative().optional(),
    })
    .default({}),
  pinned: z.array(z.enum(KNOBS)).default([]),
  events: z.array(TraceEvent).default([]),
});

/** What happens to a board, as a file tells of it, with every default filled in and every curve read. */
export type TraceDescription = Omit<z.infer<typeof TraceFile>, 'traffic' | 'ambient'> & {
  readonly traffic: SampledCurve;
  readonly ambient: SampledCurve | z.infer<typeof DailyAmbient>;
};
export type TraceEventDescription = z.infer<typeof TraceEvent>;

/**
 * A trace from a JSON file, or from a CSV file with the columns `seconds`, `traffic` and, if it likes, `ambient`; everything
 * else is then as by default.
 *
 * @param traffic folder with recorded counts of roads; null: made-up weeks stand for them
 * @throws ConfigError with every problem of the file
 */
export function readTrace(file: string, traffic: string | null = null): TraceDescription {
  return file.endsWith('.csv') ? ofCsv(file) : resolved(readJsonFile(file, TraceFile), file, traffic);
}

/** The same of a value in memory; CSV files are looked for in the working folder. @throws ConfigError */
export function parseTrace(value: unknown): TraceDescription {
  const parsed = TraceFile.safeParse(value);
  if (parsed.success) return resolved(parsed.data, './trace.json');
  throw new ConfigError(
    'trace',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

function resolved(trace: z.infer<typeof TraceFile>, file: string, counts: string | null = null): TraceDescription {
  const { ambient } = trace;
  const endS = trace.hours * 3600;
  const problems = trace.events.flatMap(({ at, until }, i) => [
    ...(until !== undefined && until <= at ? [`events.${i}.until: expected later than at (${at}), got ${until}`] : []),
    ...(at >= endS ? [`events.${i}.at: expected within the trace's ${endS} s, got ${at}`] : []),
  ]);
  if (problems.length > 0) throw new ConfigError(file, problems);
  const isDaily = typeof ambient === 'object' && 'mean' in ambient;
  return {
    ...trace,
    traffic: trafficOf(trace, file, counts),
    ambient: isDaily ? ambient : sampled('ambient', ambient, file),
  };
}

function trafficOf({ traffic, hours }: z.infer<typeof TraceFile>, file: string, counts: string | null): SampledCurve {
  if (typeof traffic !== 'object' || !('road' in traffic)) return sampled('traffic', traffic, file);
  const { road, fromHour } = traffic;
  const { at, values } = roadCurve(road, hours + fromHour, counts);
  return { at: at.map((time) => time - fromHour * 3600), values };
}

function sampled(key: string, curve: z.infer<typeof Curve>, file: string): SampledCurve {
  if (typeof curve === 'number') return { at: [0], values: [curve] };
  if ('values' in curve) return { at: curve.values.map((_, i) => i * curve.stepS), values: curve.values };
  const beside = join(dirname(file), curve.csv);
  if (!existsSync(beside)) throw new ConfigError(file, [`${key}.csv: there is no ${beside}`]);
  const table = readCsv(beside);
  return { at: columnOf(table, 'seconds', beside), values: columnOf(table, curve.column, beside) };
}

function ofCsv(file: string): TraceDescription {
  const table = readCsv(file);
  const at = columnOf(table, 'seconds', file);
  const last = at.at(-1)!;
  if (last < LEAST_HOURS * 3600) {
    throw new ConfigError(file, [`seconds: expected rows over at least ${LEAST_HOURS * 3600} s, got ${last}`]);
  }
  const trace = TraceFile.parse({ name: basename(file, '.csv'), about: `as in ${basename(file)}`, hours: last / 3600 });
  const ambient = table.header.includes('ambient') ? { at, values: columnOf(table, 'ambient', file) } : null;
  return {
    ...trace,
    traffic: { at, values: columnOf(table, 'traffic', file) },
    ambient: ambient ?? { at: [0], values: [25] },
  };
}

interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function readCsv(file: string): CsvTable {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  const [header, ...rows] = lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((cell) => cell.trim()));
  if (header === undefined || rows.length === 0)
    throw new ConfigError(file, ['expected a row of names and rows of numbers']);
  return { header, rows };
}

function columnOf({ header, rows }: CsvTable, name: string, file: string): number[] {
  const column = header.indexOf(name);
  if (column < 0) throw new ConfigError(file, [`expected a column ${name}, got ${header.join(', ')}`]);
  const values = rows.map((cells, row) => {
    const value = cells[column] === '' ? Number.NaN : Number(cells[column]);
    if (Number.isFinite(value)) return value;
    throw new ConfigError(file, [`row ${row + 2}, ${name}: expected a number, got ${cells[column] || 'nothing'}`]);
  });
  if (name === 'seconds' && values.some((value, i) => i > 0 && value <= values[i - 1]!)) {
    throw new ConfigError(file, ['seconds: expected rising numbers']);
  }
  return values;
}
