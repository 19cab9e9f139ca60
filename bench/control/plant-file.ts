import { ConfigError } from '../../src/foundation/errors.js';
import { z } from '../../src/foundation/validate.js';
import { nameOfPoint } from '../../src/tune/operating-point.js';
import { readJsonFile } from './json-file.js';

const positive = z.number().positive();
const least0 = z.number().nonnegative();
const share = z.number().min(0).max(1);

const Node = z.strictObject({
  name: z.string().min(1),
  joulesPerKelvin: positive,
  /** To the air around the board. */
  wattsPerKelvinToAmbient: least0.default(0),
  /** Of the board's power, how much turns into heat here. */
  shareOfPower: share.default(0),
});

const Fan = z.strictObject({
  /** The node that it blows at. */
  node: z.string().min(1),
  /** Steps, rising: from so many °C of the first node on, so many W/K more to the air. */
  steps: z.array(z.strictObject({ from: z.number(), wattsPerKelvin: positive })).min(1),
  /** K below its `from` at which a step ends. */
  hysteresis: positive,
});

const Thermal = z.strictObject({
  /** The first is the one that is measured, and that the governor looks at. */
  nodes: z.array(Node).min(1).max(3),
  links: z.array(z.strictObject({ between: z.tuple([z.string(), z.string()]), wattsPerKelvin: positive })).default([]),
  fan: Fan.nullable().default(null),
});

const Power = z.strictObject({
  /** W of the board that does nothing, its first node at 25 °C. */
  idleWatts: least0,
  /** W more for each K above 25 °C of the first node. */
  leakWattsPerKelvin: least0.default(0),
  /** W of a core that another program keeps busy. */
  wattsPerBusyCore: least0.default(1),
  /** What taking and decoding a frame costs. */
  millijoulesPerFrame: least0.default(5),
  cpuMsPerFrame: least0.default(1.5),
});

/** Rising; the last one is full speed. */
const Clock = z.strictObject({
  mhz: positive,
  /** Of the work that is done at the last clock. */
  speed: share.refine((value) => value > 0, 'expected more than 0'),
  /** Energy of a picture, as a multiple of what it is at the last clock. */
  energy: positive,
});

const Governor = z.strictObject({
  /** Rising: from so many °C of the first node on, a step down, no lower than this clock (an index; 0 is the slowest). */
  trips: z.array(z.strictObject({ at: z.number(), lowestClock: z.number().int().min(0) })).min(1),
  /** K below the first trip at which it steps up again. */
  hysteresis: positive,
  /** s between two steps. */
  everyS: z.number().int().positive().default(1),
  /** Clocks that one step goes down. */
  downBy: z.number().int().positive().default(1),
  /** The power it holds the board to, averaged over so many s; null: it does not. */
  powerLimit: z.strictObject({ watts: positive, overS: positive }).nullable().default(null),
  /** °C of the first node at which the board switches itself off. */
  shutdownAt: z.number().default(120),
});

const Sensors = z.strictObject({
  /** °C: steps in which the temperature is read. */
  temperatureStep: least0.default(0.1),
  /** °C, standard deviation. */
  temperatureNoise: least0.default(0),
  /** Share of the readings that are not there, of temperature and power alike. */
  missing: share.default(0),
  /** Whether its power can be read. */
  hasWatts: z.boolean().default(true),
  /** W, standard deviation. */
  wattsNoise: least0.default(0),
  /** °C that the board tells as the point where it begins to hold itself back; null: it tells none. */
  throttleAt: z.number().nullable(),
  /** Whether it tells that it is throttled. */
  tellsThrottling: z.boolean().default(true),
});

const Swap = z.strictObject({
  /** s of loading and warming up, while the old point serves. */
  seconds: positive,
  /** Cores that it keeps busy. */
  cores: least0.default(1),
});

const Truth = z.strictObject({
  /** F1; by default as known. */
  accuracy: share.optional(),
  /** ms of a picture as a multiple of what is known. */
  slowdown: positive.default(1),
  millijoules: least0.optional(),
});

const Point = z.strictObject({
  model: z.string().min(1),
  variant: z.string().min(1),
  provider: z.string().min(1),
  workers: z.number().int().positive(),
  intraOpThreads: z.number().int().positive(),
  batchSize: z.number().int().positive().default(1),
  accuracy: share,
  serviceMs: positive,
  picturesPerS: positive,
  cpuMs: least0.nullable(),
  millijoules: least0.nullable(),
  memoryBytes: least0.nullable(),
  acceleratorBytes: least0.nullable().default(0),
  isMeasured: z.boolean().default(true),
  /** What is so in truth where it is not as known; a board whose profile was made on a good day. */
  truth: Truth.default({ slowdown: 1 }),
});

const PlantFile = z
  .strictObject({
    name: z.string().min(1),
    about: z.string(),
    /** Where the figures come from, for people. */
    sources: z.array(z.string()),
    /** The recorded series that its heat was fitted to, and how near it comes; absent of one that is made up. */
    fitted: z
      .strictObject({ series: z.string(), seconds: positive, ambient: z.number(), rmseKelvin: least0 })
      .nullable()
      .default(null),
    cores: z.number().int().positive(),
    memoryBytes: positive,
    /** Of that, taken by everything but this program, and by this program without detectors. */
    memoryElsewhereBytes: least0,
    memoryBaseBytes: least0,
    acceleratorBytes: positive.nullable().default(null),
    cameras: z.strictObject({ count: z.number().int().positive(), framesPerS: positive }),
    thermal: Thermal,
    power: Power,
    clocks: z.array(Clock).min(1),
    governor: Governor,
    sensors: Sensors,
    swap: Swap,
    points: z.array(Point).min(1).max(64),
  })
  .superRefine((plant, context) => {
    for (const [path, message] of contradictions(plant)) context.addIssue({ code: 'custom', path, message });
  });

/** A board as a file tells of it, with every default filled in. */
export type PlantDescription = z.infer<typeof PlantFile>;

/** @throws ConfigError with every problem of the file */
export function readPlant(file: string): PlantDescription {
  return readJsonFile(file, PlantFile);
}

/** The same of a value that is in memory already, for tests and generators. @throws ConfigError */
export function parsePlant(value: unknown): PlantDescription {
  const parsed = PlantFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    'plant',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

function* contradictions(plant: {
  thermal: z.infer<typeof Thermal>;
  clocks: z.infer<typeof Clock>[];
  governor: z.infer<typeof Governor>;
  points: z.infer<typeof Point>[];
}): Generator<[(string | number)[], string]> {
  const { nodes, links, fan } = plant.thermal;
  const names = nodes.map(({ name }) => name);
  if (new Set(names).size < names.length) yield [['thermal', 'nodes'], 'expected a name of its own for each'];
  for (const [i, { between }] of links.entries()) {
    for (const end of between) {
      if (!names.includes(end)) yield [['thermal', 'links', i], `expected nodes among ${names.join(', ')}, got ${end}`];
    }
  }
  if (fan && !names.includes(fan.node)) {
    yield [['thermal', 'fan', 'node'], `expected one of ${names.join(', ')}, got ${fan.node}`];
  }
  const total = nodes.reduce((sum, { shareOfPower }) => sum + shareOfPower, 0);
  if (Math.abs(total - 1) > 1e-6) yield [['thermal', 'nodes'], `expected shareOfPower to add up to 1, got ${total}`];
  if (!nodes.some(({ wattsPerKelvinToAmbient }) => wattsPerKelvinToAmbient > 0)) {
    yield [['thermal', 'nodes'], 'expected wattsPerKelvinToAmbient above 0 at one of them: the heat must go somewhere'];
  }
  if (!allReachAmbient(nodes, links)) yield [['thermal', 'links'], 'expected a way to the air from every node'];
  if (plant.clocks.some(({ speed }, i) => i > 0 && speed <= plant.clocks[i - 1]!.speed)) {
    yield [['clocks'], 'expected rising speeds'];
  }
  if (plant.clocks.at(-1)!.speed !== 1) yield [['clocks'], 'expected speed 1 at the last one'];
  const { trips } = plant.governor;
  for (const [i, { at, lowestClock }] of trips.entries()) {
    if (lowestClock >= plant.clocks.length) {
      yield [
        ['governor', 'trips', i, 'lowestClock'],
        `expected an index of clocks, below ${plant.clocks.length}, got ${lowestClock}`,
      ];
    }
    if (i > 0 && at <= trips[i - 1]!.at) yield [['governor', 'trips', i, 'at'], 'expected rising trip points'];
  }
  const points = plant.points.map(nameOfPoint);
  for (const [i, name] of points.entries()) {
    if (points.indexOf(name) < i) yield [['points', i], `expected each once, got ${name} again`];
    const { serviceMs, picturesPerS, batchSize, workers, millijoules, truth } = plant.points[i]!;
    if (millijoules === null && truth.millijoules === undefined) {
      yield [['points', i, 'truth', 'millijoules'], 'expected a number where millijoules is null: the plant must know'];
    }
    if (batchSize === 1 && picturesPerS > (workers * 1000 * 1.001) / serviceMs) {
      yield [
        ['points', i, 'picturesPerS'],
        `expected at most workers × 1000 / serviceMs = ${((workers * 1000) / serviceMs).toFixed(2)} without batches, got ${picturesPerS}`,
      ];
    }
  }
}

function allReachAmbient(nodes: readonly z.infer<typeof Node>[], links: z.infer<typeof Thermal>['links']): boolean {
  const reached = new Set(nodes.filter((node) => node.wattsPerKelvinToAmbient > 0).map(({ name }) => name));
  for (let round = 0; round < nodes.length; round++) {
    for (const { between } of links) {
      if (between.some((end) => reached.has(end))) for (const end of between) reached.add(end);
    }
  }
  return nodes.every(({ name }) => reached.has(name));
}
