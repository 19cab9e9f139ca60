import { Random } from '../../src/simulator/random.js';
import type { KnobSettings } from '../../src/tune/knobs.js';
import type { CameraLoad, Observation } from '../../src/tune/observation.js';
import { nameOfPoint, type OperatingPoint } from '../../src/tune/operating-point.js';
import { BoardGovernor } from './board-governor.js';
import { gauss } from './noise.js';
import { CONDITIONS_S, type Conditions, f1WhereFound, type Scenario } from './scenario.js';
import { type Serving, servingAt } from './serving.js';
import { ThermalNetwork } from './thermal-network.js';

/** s without an answer after the kernel killed the program for want of memory, and after the board switched itself off. */
const RESTART_S = 20;
const SHUTDOWN_S = 300;
/** Of answers against what inference would have said, at best: tracks are not boxes. */
const KEPT_AT_BEST = 0.985;
/** Vehicles in a camera's picture for each inference per second that it asks for. */
const VEHICLES_PER_WISH = 0.8;

/** What a run came to. */
export interface PlantScore {
  seconds: number;
  /** Sum over seconds: frames, and frames answered right and on time. */
  frames: number;
  right: number;
  throttledS: number;
  joules: number;
  /** Seconds of each change that needed other workers, when it was asked for. */
  readonly switches: number[];
  /** Seconds without any detector: swaps one after the other, restarts, the board off. */
  gapS: number;
  /** °C, most of the first node. */
  hottest: number;
  killed: number;
}

/** A change under way: the old point serves until the new one is warm, unless both do not fit. */
interface Swap {
  readonly to: KnobSettings;
  readonly point: number;
  readonly isGap: boolean;
  readonly fails: boolean;
  left: number;
}

/** One board through one trace, a second at a time: it serves, draws power, gets warm, is throttled and is told what to do. */
export class Plant {
  readonly scenario: Scenario;
  readonly thermal: ThermalNetwork;
  readonly governor: BoardGovernor;
  readonly score: PlantScore = {
    seconds: 0,
    frames: 0,
    right: 0,
    throttledS: 0,
    joules: 0,
    switches: [],
    gapS: 0,
    hottest: Number.NEGATIVE_INFINITY,
    killed: 0,
  };
  /** Second of the trace. */
  now = 0;
  knobs: KnobSettings;
  /** Index of the point in use. */
  point: number;
  /** A point that was to be loaded and failed, until somebody asks. */
  failed: OperatingPoint | null = null;
  /** What the last second came to. */
  serving: Serving;
  watts = 0;
  readonly #byName: ReadonlyMap<string, number>;
  readonly #random: Random;
  readonly #leaked: Float64Array;
  #conditions: Conditions;
  #swap: Swap | null = null;
  #offS = 0;
  #clock: number;
  #stale = true;
  #lastRead = 25;
  // sums since the last observation
  #sums = emptySums(0);

  constructor(scenario: Scenario, start: KnobSettings) {
    const { plant } = scenario;
    this.scenario = scenario;
    this.#byName = new Map(plant.points.map((point, i) => [nameOfPoint(point), i]));
    this.knobs = start;
    this.point = this.#indexOf(start.point);
    this.#conditions = scenario.conditions[0]!;
    this.thermal = new ThermalNetwork(plant.thermal, this.#conditions.ambient + 5);
    this.governor = new BoardGovernor(plant.governor, plant.clocks.length);
    this.governor.clock = this.#conditions.modeClock;
    this.#clock = this.governor.clock;
    this.#random = new Random(scenario.seed + 7919);
    this.#leaked = new Float64Array(plant.points.length);
    this.serving = this.#serve();
    this.#sums = emptySums(scenario.cameras);
  }

  get conditions(): Conditions {
    return this.#conditions;
  }

  get isSwapping(): boolean {
    return this.#swap !== null;
  }

  /** Lets a second pass. */
  second(): void {
    const { plant, conditions } = this.scenario;
    const here = conditions[Math.floor(this.now / CONDITIONS_S)]!;
    if (here !== this.#conditions) {
      this.#conditions = here;
      this.#stale = true;
    }
    if (this.governor.clock !== this.#clock) {
      this.#clock = this.governor.clock;
      this.#stale = true;
    }
    if (this.#stale) {
      this.serving = this.#serve();
      this.#stale = false;
    }
    const first = this.thermal.temperatures[0]!;
    const isOff = this.#offS > 0;
    this.watts = isOff
      ? plant.power.idleWatts
      : Math.max(0, this.serving.watts + plant.power.leakWattsPerKelvin * (first - 25));
    this.thermal.second(this.watts, here.ambient, here.fanShare);
    const temperature = this.thermal.temperatures[0]!;
    this.governor.second(temperature, this.watts, here.modeClock);
    this.#count(temperature);
    this.#remember(here);
    this.#proceed(temperature);
    this.now++;
  }

  /** Turns the knobs; what needs other workers takes its time. Another change on the way is given up. */
  apply(knobs: KnobSettings): void {
    const point = this.#indexOf(knobs.point);
    if (this.#swap?.point === point) return;
    if (point === this.point) {
      this.#swap = null;
      this.knobs = knobs;
      this.#stale = true;
      return;
    }
    const { plant } = this.scenario;
    const next = plant.points[point]!;
    const both = this.memoryBytes + (next.memoryBytes ?? 0);
    const accelerator = (plant.points[this.point]!.acceleratorBytes ?? 0) + (next.acceleratorBytes ?? 0);
    const fits =
      both <= plant.memoryBytes - plant.memoryElsewhereBytes &&
      (plant.acceleratorBytes === null || accelerator <= plant.acceleratorBytes);
    const fails = this.#conditions.fails[point] === 1;
    this.score.switches.push(this.now);
    this.#swap = { to: knobs, point, isGap: !fits, fails, left: plant.swap.seconds };
    this.knobs = { ...knobs, point: this.knobs.point };
    this.#stale = true;
  }

  /** Of all of the program's processes. */
  get memoryBytes(): number {
    const { plant } = this.scenario;
    return plant.memoryBaseBytes + (plant.points[this.point]!.memoryBytes ?? 0) + this.#leaked[this.point]!;
  }

  /** What the program sees of the time since the last observation. */
  observe(): Observation {
    const { scenario, point } = this;
    const { plant } = scenario;
    const sums = this.#sums;
    const seconds = Math.max(1, sums.seconds);
    const { sensors } = plant;
    const isMissing = () => sensors.missing > 0 && this.#random.next() < sensors.missing;
    const consistency = f1WhereFound(this.#conditions.finds[point]!);
    const cameras: CameraLoad[] = [];
    for (let i = 0; i < scenario.cameras; i++) {
      if (this.#conditions.framesPerS[i] === 0) continue;
      const wantedPerS = sums.wanted[i]! / seconds;
      cameras.push({
        camera: `camera-${i + 1}`,
        framesPerS: this.#conditions.framesPerS[i]!,
        wantedPerS,
        inferredPerS: sums.inferred[i]! / seconds,
        vehicles: wantedPerS * VEHICLES_PER_WISH * this.#conditions.finds[point]!,
      });
    }
    const memoryBytes = this.memoryBytes;
    const observation: Observation = {
      now: this.now * 1000,
      unixNow: scenario.startsAt + this.now * 1000,
      knobs: this.knobs,
      cameras,
      serviceMs: sums.inferences === 0 ? null : sums.serviceMs / sums.inferences,
      p95LatencyMs: sums.frames === 0 ? null : sums.p95,
      lateShare: sums.frames === 0 ? 0 : sums.late / sums.frames,
      errorShare: 0,
      keptF1: sums.frames === 0 ? null : (KEPT_AT_BEST * consistency * sums.kept) / sums.frames,
      temperature: this.#readTemperature(isMissing()),
      throttleAt: sensors.throttleAt,
      throttledBy: sensors.tellsThrottling && this.governor.heldBy !== null ? [this.governor.heldBy] : [],
      watts:
        !sensors.hasWatts || isMissing()
          ? null
          : Math.max(0, sums.joules / seconds + sensors.wattsNoise * gauss(this.#random)),
      cpuBusy: sums.cpuBusy / seconds,
      cpuBusyElsewhere: sums.cpuBusyElsewhere / seconds,
      memoryBytes,
      memoryFreeBytes: Math.max(0, plant.memoryBytes - plant.memoryElsewhereBytes - memoryBytes),
      uplinkBytesPerDay: null,
    };
    this.#sums = emptySums(scenario.cameras);
    return observation;
  }

  #serve(): Serving {
    const swap = this.#swap;
    return servingAt(this.scenario, this.#conditions, {
      point: this.point,
      intervalMs: this.knobs.inferenceIntervalMs,
      windowMs: this.knobs.batchWindowMs,
      clock: this.governor.clock,
      loadingCores: swap ? this.scenario.plant.swap.cores : 0,
      isGap: swap?.isGap ?? false,
    });
  }

  #count(temperature: number): void {
    const { score, serving, watts } = this;
    const isOff = this.#offS > 0;
    score.seconds++;
    score.frames += serving.framesPerS;
    if (!isOff) score.right += serving.accuracy * serving.framesPerS;
    score.joules += watts;
    if (this.governor.heldBy !== null) score.throttledS++;
    if (isOff || this.#swap?.isGap) score.gapS++;
    if (temperature > score.hottest) score.hottest = temperature;
  }

  #remember({ wantedPerS }: Conditions): void {
    const { serving } = this;
    const sums = this.#sums;
    const isOff = this.#offS > 0;
    sums.seconds++;
    sums.joules += this.watts;
    if (isOff) {
      sums.frames += serving.framesPerS;
      sums.late += serving.framesPerS;
      return;
    }
    sums.frames += serving.framesPerS;
    sums.late += serving.lateShare * serving.framesPerS;
    sums.kept += serving.kept * serving.framesPerS;
    sums.p95 = Math.max(sums.p95, serving.p95LatencyMs);
    sums.serviceMs += serving.serviceMs * serving.inferences;
    sums.inferences += serving.inferences;
    sums.cpuBusy += serving.cpuBusy;
    sums.cpuBusyElsewhere += serving.cpuBusyElsewhere;
    for (let i = 0; i < wantedPerS.length; i++) {
      sums.wanted[i]! += wantedPerS[i]!;
      sums.inferred[i]! += serving.inferredPerS[i]!;
    }
  }

  /** Loading, leaking, being killed, being off. */
  #proceed(temperature: number): void {
    const { plant } = this.scenario;
    if (this.#offS > 0) {
      this.#offS--;
      return;
    }
    const swap = this.#swap;
    if (swap && --swap.left <= 0) {
      this.#swap = null;
      this.#stale = true;
      if (swap.fails) this.failed = swap.to.point;
      else this.#settle(swap);
    }
    const leak = this.#conditions.leakBytesPerS[this.point]!;
    if (leak > 0) {
      this.#leaked[this.point]! += leak;
      if (this.memoryBytes > plant.memoryBytes - plant.memoryElsewhereBytes) this.#beOff(RESTART_S);
    }
    if (temperature >= plant.governor.shutdownAt) this.#beOff(SHUTDOWN_S);
  }

  #settle({ to, point }: Swap): void {
    this.#leaked[this.point] = 0;
    this.point = point;
    this.knobs = to;
  }

  #beOff(seconds: number): void {
    this.#offS = seconds;
    this.#leaked.fill(0);
    this.#swap = null;
    this.#stale = true;
    this.score.killed++;
  }

  #readTemperature(isMissing: boolean): number | null {
    const { temperatureStep, temperatureNoise } = this.scenario.plant.sensors;
    const { sensor } = this.#conditions;
    if (isMissing || sensor.kind === 'gone') return null;
    if (sensor.kind === 'stuck') return this.#lastRead;
    const off = sensor.kind === 'off' ? sensor.kelvin : 0;
    const noise = temperatureNoise === 0 ? 0 : temperatureNoise * gauss(this.#random);
    const read = this.thermal.temperatures[0]! + off + noise;
    this.#lastRead = temperatureStep === 0 ? read : Math.round(read / temperatureStep) * temperatureStep;
    return this.#lastRead;
  }

  #indexOf(point: OperatingPoint): number {
    const name = nameOfPoint(point);
    const index = this.#byName.get(name);
    if (index === undefined) throw new RangeError(`the plant ${this.scenario.plant.name} has no point ${name}`);
    return index;
  }
}

interface Sums {
  seconds: number;
  frames: number;
  late: number;
  kept: number;
  p95: number;
  serviceMs: number;
  inferences: number;
  joules: number;
  cpuBusy: number;
  cpuBusyElsewhere: number;
  readonly wanted: Float64Array;
  readonly inferred: Float64Array;
}

function emptySums(cameras: number): Sums {
  return {
    seconds: 0,
    frames: 0,
    late: 0,
    kept: 0,
    p95: 0,
    serviceMs: 0,
    inferences: 0,
    joules: 0,
    cpuBusy: 0,
    cpuBusyElsewhere: 0,
    wanted: new Float64Array(cameras),
    inferred: new Float64Array(cameras),
  };
}

/** The knobs as a board comes: a point, no waiting for batches, no bound on inferences. */
export function plainKnobs(point: OperatingPoint, inferenceIntervalMs = 0): KnobSettings {
  const { model, variant, provider, workers, intraOpThreads, batchSize } = point;
  return {
    point: { model, variant, provider, workers, intraOpThreads, batchSize },
    batchWindowMs: 0,
    inferenceIntervalMs,
    compressionQuality: 80,
  };
}
