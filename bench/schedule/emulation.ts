import type { Balance } from '../../src/schedule/balance.js';
import type { BatchChoice } from '../../src/schedule/batch-choice.js';
import { Dispatcher, reasonToGiveUp } from '../../src/schedule/dispatcher.js';
import type { Ticket } from '../../src/schedule/waiting-line.js';
import { Random } from '../../src/simulator/random.js';
import { type Curve, sizesOf, takesMs } from './curves.js';
import { EventQueue } from './event-queue.js';

/** Cameras before workers, in simulated time, with the dispatcher that serves real ones. */
export interface Scenario {
  /** A worker each. */
  readonly workers: readonly Curve[];
  readonly cameras: number;
  /** Frames per second of each. */
  readonly framesPerS: number;
  /** `even`: like cameras, each at its own moment; `together`: all at the same moment; `random`: at any time, as scenes ask. */
  readonly arrivals: 'even' | 'together' | 'random';
  readonly budgetMs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly maxBatch: number;
  readonly windowMs: number;
  readonly balance?: Balance;
  readonly choice?: BatchChoice;
  /** Whose each camera is, by its number; default the device's own. */
  readonly tenantOf?: (camera: number) => string | null;
  readonly shares?: ReadonlyMap<string | null, number>;
  /** Cameras that only some runs have send nothing in the others: the same arrivals meet everybody. */
  readonly isSilent?: (camera: number) => boolean;
}

/** What became of the frames of a scenario; its first second is left out. */
export interface Outcome {
  readonly captured: number;
  readonly answered: number;
  readonly dropped: Readonly<Record<Cause, number>>;
  /** Still on their way at the end. */
  readonly underway: number;
  readonly answeredPerS: number;
  /** Answered within the budget. */
  readonly inTimePerS: number;
  /** ms from capture to answer. */
  readonly ages: Float64Array;
  readonly batches: number;
  /** Pictures that each worker was given. */
  readonly shares: readonly number[];
  /** Fewest answers of a camera, as a share of the mean. */
  readonly fairness: number;
  readonly ofCamera: readonly CameraOutcome[];
}

/** The same of one camera. */
export interface CameraOutcome {
  readonly captured: number;
  /** ms from capture to answer. */
  readonly ages: readonly number[];
}

export type Cause = 'queue-full' | 'stale' | 'overload';

const WARM_UP_MS = 1000;
/** As `capture.queueFrames`. */
const QUEUE = 2;
/** A picture more that a worker has while the one before is in it. */
const IN_FLIGHT = 2;
/** How much longer or shorter than its curve a batch takes. */
const NOISE = 0.03;

interface Shot {
  readonly camera: number;
  readonly at: number;
}

interface EmulatedCamera {
  readonly queue: Shot[];
  /** Its loop has a frame that is not with a worker yet. */
  busy: boolean;
  answered: number;
  captured: number;
  readonly ages: number[];
}

export function emulate(scenario: Scenario): Outcome {
  return new Emulation(scenario).run();
}

class Emulation {
  readonly #scenario: Scenario;
  readonly #events = new EventQueue();
  /** Of the arrivals, and of how long batches take: whoever decides otherwise meets the same arrivals. */
  readonly #randoms: readonly Random[];
  readonly #noise: Random;
  readonly #dispatcher: Dispatcher;
  readonly #cameras: EmulatedCamera[];
  readonly #freeAt: number[];
  readonly #shots = new Map<Ticket, Shot>();
  readonly #dropped: Record<Cause, number> = { 'queue-full': 0, stale: 0, overload: 0 };
  readonly #ages: number[] = [];
  #captured = 0;
  #answered = 0;
  #inTime = 0;
  #batches = 0;
  #underway = 0;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(scenario: Scenario) {
    const { workers, maxBatch, windowMs, balance, choice, shares } = scenario;
    this.#scenario = scenario;
    this.#randoms = Array.from({ length: scenario.cameras }, (_, camera) => new Random(scenario.seed * 1000 + camera));
    this.#noise = new Random(-scenario.seed);
    this.#dispatcher = new Dispatcher({
      pools: workers.map(({ name }) => name),
      inFlightPerWorker: IN_FLIGHT,
      batching: { maxBatch, windowMs },
      ...(balance && { balance }),
      ...(choice && { choice }),
      ...(shares && { shares }),
    });
    this.#freeAt = workers.map(() => 0);
    this.#cameras = Array.from({ length: scenario.cameras }, () => ({
      queue: [],
      busy: false,
      answered: 0,
      captured: 0,
      ages: [],
    }));
    for (const [index, curve] of workers.entries()) {
      const sizes = sizesOf(curve).filter((size) => size <= maxBatch);
      this.#dispatcher.changed(index, sizes);
      for (const size of sizes) this.#dispatcher.tried(index, size, takesMs(curve, size), 0);
    }
  }

  run(): Outcome {
    const { cameras, framesPerS, arrivals, seconds } = this.#scenario;
    const period = 1000 / framesPerS;
    for (let camera = 0; camera < cameras; camera++) {
      if (this.#scenario.isSilent?.(camera)) continue;
      const first = arrivals === 'together' ? 0 : this.#randoms[camera]!.next() * period;
      this.#events.at(first, () => this.#capture(camera, first));
    }
    this.#events.run(WARM_UP_MS + seconds * 1000);
    const answers = this.#cameras.map(({ answered }) => answered);
    const told = this.#ages.length;
    return {
      captured: this.#captured,
      answered: this.#answered,
      dropped: this.#dropped,
      underway: this.#underway,
      answeredPerS: told / seconds,
      inTimePerS: this.#inTime / seconds,
      ages: Float64Array.from(this.#ages),
      batches: this.#batches,
      shares: this.#dispatcher.workers.map(({ pictures }) => pictures),
      fairness: told === 0 ? 1 : (Math.min(...answers) * cameras) / told,
      ofCamera: this.#cameras,
    };
  }

  #capture(camera: number, at: number): void {
    const { framesPerS, arrivals } = this.#scenario;
    const random = this.#randoms[camera]!;
    const period = 1000 / framesPerS;
    const gap = arrivals === 'random' ? -Math.log(1 - random.next()) * period : period;
    // a camera keeps its own time; only the way here varies
    const late = arrivals === 'random' ? 0 : random.next();
    this.#events.at(at + gap, () => this.#capture(camera, at + gap));
    this.#events.at(at + late, () => {
      const { queue } = this.#cameras[camera]!;
      if (this.#counts(this.#events.now)) {
        this.#captured++;
        this.#cameras[camera]!.captured++;
        this.#underway++;
      }
      queue.push({ camera, at: this.#events.now });
      if (queue.length > QUEUE) this.#drop(queue.shift()!, 'queue-full');
      this.#nextOf(camera);
      this.#pump();
    });
  }

  /** As the frame loop does: one frame at a time waits for a worker, and one that would be late is not even prepared. */
  #nextOf(index: number): void {
    const camera = this.#cameras[index]!;
    const { budgetMs } = this.#scenario;
    const { now } = this.#events;
    while (!camera.busy && camera.queue.length > 0) {
      const shot = camera.queue.shift()!;
      const outlook = this.#dispatcher.outlook(`${index}`, now, this.#tenantOf(index));
      const cause = outlook && reasonToGiveUp({ arrivedAt: shot.at, budgetMs }, now, outlook.answerAt, outlook.aloneMs);
      if (cause !== null) {
        this.#drop(shot, cause);
        continue;
      }
      const ticket = { source: `${index}`, tenant: this.#tenantOf(index), askedAt: now, arrivedAt: shot.at, budgetMs };
      camera.busy = true;
      this.#shots.set(ticket, shot);
      this.#dispatcher.ask(ticket);
    }
  }

  #tenantOf(camera: number): string | null {
    return this.#scenario.tenantOf?.(camera) ?? null;
  }

  #pump(): void {
    for (;;) {
      const { now } = this.#events;
      const decision = this.#dispatcher.next(now);
      if (decision.kind === 'wait') {
        this.#wake(decision.until);
        return;
      }
      if (decision.kind === 'probe') throw new Error('no emulated worker is sick');
      if (decision.kind === 'drop') {
        this.#drop(this.#take(decision.ticket), decision.cause);
        continue;
      }
      const { worker, tickets, batch } = decision;
      this.#check(worker, tickets.length, batch.size);
      if (this.#counts(now)) this.#batches++;
      const shots = tickets.map((ticket) => this.#take(ticket));
      const noise = 1 + NOISE * (2 * this.#noise.next() - 1);
      const done = Math.max(now, this.#freeAt[worker]!) + takesMs(this.#scenario.workers[worker]!, batch.size) * noise;
      this.#freeAt[worker] = done;
      this.#events.at(done, () => {
        this.#dispatcher.answered(worker, batch, this.#events.now);
        for (const shot of shots) this.#answer(shot);
        this.#pump();
      });
    }
  }

  /** A worker is never given more than it takes. */
  #check(worker: number, pictures: number, size: number): void {
    const { inFlight, sizes } = this.#dispatcher.workers[worker]!;
    if (inFlight.length <= IN_FLIGHT && sizes.includes(size) && pictures >= 1 && pictures <= size) return;
    throw new Error(
      `worker ${worker} was given ${pictures} pictures in ${size}, with ${inFlight.length} batches in flight`,
    );
  }

  #wake(until: number | null): void {
    if (until === null || (until >= this.#wakeAt && this.#wakeAt > this.#events.now)) return;
    this.#wakeAt = until;
    this.#events.at(until, () => {
      if (this.#wakeAt === until) this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  #take(ticket: Ticket): Shot {
    const shot = this.#shots.get(ticket)!;
    this.#shots.delete(ticket);
    this.#cameras[shot.camera]!.busy = false;
    this.#events.at(this.#events.now, () => {
      this.#nextOf(shot.camera);
      this.#pump();
    });
    return shot;
  }

  /** Rates are of answers told after the warm-up; what became of a frame is told of those captured after it. */
  #answer(shot: Shot): void {
    const { now } = this.#events;
    const age = now - shot.at;
    if (this.#counts(now)) {
      this.#ages.push(age);
      this.#cameras[shot.camera]!.ages.push(age);
      this.#cameras[shot.camera]!.answered++;
      if (age <= this.#scenario.budgetMs) this.#inTime++;
    }
    if (!this.#counts(shot.at)) return;
    this.#underway--;
    this.#answered++;
  }

  #drop(shot: Shot, cause: Cause): void {
    if (!this.#counts(shot.at)) return;
    this.#underway--;
    this.#dropped[cause]++;
  }

  #counts(at: number): boolean {
    return at >= WARM_UP_MS;
  }
}
