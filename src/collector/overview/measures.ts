/** How the values of several cameras become one of the device. */
type Joined = 'min' | 'max' | 'sum' | 'mean' | 'count';

interface Measure {
  /** The metric, without camera or process. */
  readonly family: string;
  readonly joined: Joined;
}

/** What is told of every device beside one another, from its metrics. */
const MEASURES = {
  /** Estimated F1 of the camera where it is lowest, 0 to 1. */
  accuracy: { family: 'estimated_f1', joined: 'min' },
  /** ms, of the slowest camera. */
  latencyMs: { family: 'latency_p95', joined: 'max' },
  /** Frames/s of all cameras. */
  fpsCaptured: { family: 'fps_captured', joined: 'sum' },
  /** Cameras that tell of frames. */
  cameras: { family: 'fps_captured', joined: 'count' },
  fpsInferred: { family: 'fps_inferred', joined: 'sum' },
  /** Share of the answers, on average over the cameras. */
  withoutInference: { family: 'without_inference', joined: 'mean' },
  /** % */
  cpu: { family: 'machine_cpu', joined: 'max' },
  memory: { family: 'machine_memory', joined: 'max' },
  /** °C */
  temperature: { family: 'machine_temperature', joined: 'max' },
  /** W */
  power: { family: 'machine_power', joined: 'sum' },
  /** Wh since the program began. */
  energy: { family: 'energy', joined: 'sum' },
  /** Vehicles that are seen now. */
  vehicles: { family: 'vehicles', joined: 'sum' },
  /** Since the program began. */
  reconnects: { family: 'source_reconnects', joined: 'sum' },
  workerRestarts: { family: 'worker_restarts', joined: 'sum' },
  /** s that the oldest message waits for the broker. */
  waiting: { family: 'outbox_oldest', joined: 'max' },
  /** s since the program began. */
  uptime: { family: 'uptime', joined: 'max' },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;
/** null: there is no reading. */
export type MeasuredValues = Readonly<Record<MeasureName, number | null>>;

export const MEASURE_NAMES: readonly MeasureName[] = Object.keys(MEASURES) as MeasureName[];

const FAMILIES = new Set<string>(Object.values(MEASURES).map(({ family }) => family));
/** Of a device: what it tells under more names than cameras make is not kept. */
const MOST_NAMES = 256;

const familyOf = (name: string): string => name.split('.', 1)[0]!;

/** What a device told last of each metric that a measure is made of. */
export class LatestValues {
  readonly #values = new Map<string, number>();
  #measured: MeasuredValues | null = null;

  /** @param isAll whether what is not named has no reading: after each birth all values are told */
  take(values: Readonly<Record<string, number | string | null>>, isAll: boolean): void {
    this.#measured = null;
    if (isAll) this.#values.clear();
    for (const [name, value] of Object.entries(values)) {
      if (!FAMILIES.has(familyOf(name))) continue;
      if (typeof value !== 'number') this.#values.delete(name);
      else if (this.#values.size < MOST_NAMES || this.#values.has(name)) this.#values.set(name, value);
    }
  }

  measured(): MeasuredValues {
    this.#measured ??= this.#joined();
    return this.#measured;
  }

  #joined(): MeasuredValues {
    const byFamily = new Map<string, number[]>();
    for (const [name, value] of this.#values) {
      const family = familyOf(name);
      const values = byFamily.get(family);
      if (values === undefined) byFamily.set(family, [value]);
      else values.push(value);
    }
    return Object.fromEntries(
      MEASURE_NAMES.map((name) => [name, joinedOf(byFamily.get(MEASURES[name].family) ?? [], MEASURES[name].joined)]),
    ) as unknown as MeasuredValues;
  }
}

/** Nothing was told of it. */
export const UNMEASURED: MeasuredValues = new LatestValues().measured();

function joinedOf(values: readonly number[], joined: Joined): number | null {
  if (values.length === 0) return null;
  if (joined === 'min') return Math.min(...values);
  if (joined === 'max') return Math.max(...values);
  if (joined === 'count') return values.length;
  const all = values.reduce((sum, value) => sum + value, 0);
  return joined === 'sum' ? all : all / values.length;
}
