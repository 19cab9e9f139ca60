import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { pause } from '../../src/foundation/pause.js';
import { quantile } from '../../src/foundation/statistics.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { createEngine, type Engine, type EngineConfig } from '../../src/runtime/engine.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { type Arm, NOISY, QUIET, type QuietRun, TIMES } from './arms.js';

const FPS = 10;
const [WIDTH, HEIGHT] = [480, 270];
const FILM_S = 12;
/** Before it is measured: scenes are learned, and workers are trusted. */
const SETTLE_S = 4;

/** Pictures drawn before anything is measured: no decoder takes a part of the processor. */
export class Film {
  readonly #pictures: readonly Uint8Array[];

  constructor(seed: number) {
    const road = new Road(
      parseSimulatorUrl(`sim://road?seed=${seed}&traffic=rush&width=${WIDTH}&height=${HEIGHT}&fps=${FPS}`),
    );
    this.#pictures = Array.from({ length: FILM_S * FPS }, (_, index) => {
      const data = new Uint8Array(WIDTH * HEIGHT * 3);
      road.render(300 + index, data);
      return data;
    });
  }

  /** Forth and back: no cut at which everything changes. */
  at(index: number): Uint8Array {
    const { length } = this.#pictures;
    const place = index % (2 * length - 2);
    return this.#pictures[place < length ? place : 2 * length - 2 - place]!;
  }
}

/**
 * The whole engine with the built-in worker. The noisy tenant has ten times the cameras, each of which shows another moment
 * with every frame, so that it asks for an inference each time, a line that tells of every crossing with hardly a bound, and a
 * broker that is away, so that its outbox fills.
 */
export async function deviceRun(arm: Arm, film: Film, scratch: string, seconds: number): Promise<QuietRun> {
  const names = [QUIET, ...(arm === 'alone' ? [] : Array.from({ length: TIMES }, (_, i) => `${NOISY}-${i}`))];
  const engine = createEngine({
    home: PROJECT_ROOT,
    log: silentLog,
    config: configOf(arm, names, mkdtempSync(join(scratch, 'device-'))),
  });
  const answers: FrameResult[] = [];
  engine.on('result', (result) => answers.push(result));
  try {
    await engine.start();
    await play(engine, names, film, SETTLE_S);
    answers.length = 0;
    const handedIn = await play(engine, names, film, seconds);
    return judged(answers, handedIn, seconds);
  } finally {
    await engine.stop();
  }
}

function configOf(arm: Arm, names: readonly string[], dir: string): EngineConfig {
  const hasTenants = arm !== 'fifo';
  const cameras = names.map((id) => {
    const tenant = id === QUIET ? QUIET : NOISY;
    const gate = { id: 'gate', from: [0, 0.5], to: [1, 0.5] };
    return {
      id,
      url: 'push:',
      ...(hasTenants && { tenant }),
      ...(tenant === NOISY && { lines: [gate] }),
    };
  });
  const away = {
    mqtt: { broker: 'mqtt://127.0.0.1:1' },
    outbox: { maxMiB: 16 },
    publish: { maxEventsPerSecond: 1000 },
  };
  return {
    cameras,
    ...(hasTenants && { tenants: [{ id: QUIET }, ...(arm === 'fair' ? [{ id: NOISY, ...away }] : [])] }),
    ...(arm === 'fifo' && { 'mqtt.broker': away.mqtt.broker, 'outbox.maxMiB': 16, 'publish.maxEventsPerSecond': 1000 }),
    // slow enough that ten cameras ask for more than there is
    'model.name': 'roadside-n',
    'model.variant': 'fp32-640x384',
    'store.dir': dir,
    'tune.enabled': false,
  };
}

/** @returns pictures of the quiet camera that were handed in */
async function play(engine: Engine, names: readonly string[], film: Film, seconds: number): Promise<number> {
  const never = new AbortController().signal;
  const began = performance.now();
  const frames = seconds * FPS;
  for (let index = 0; index < frames; index++) {
    // every camera has its own moment within the time of a frame
    for (const [number, id] of names.entries()) {
      await pause(began + ((index + number / names.length) * 1000) / FPS - performance.now(), never);
      engine.push(id, { width: WIDTH, height: HEIGHT, data: film.at(id === QUIET ? index : 37 * index + 7 * number) });
    }
  }
  // what is under way is answered or given up within its budget
  await pause(1000, never);
  return frames;
}

function judged(answers: readonly FrameResult[], handedIn: number, seconds: number): QuietRun {
  const quiet = answers.filter(({ camera }) => camera === QUIET);
  const inferred = quiet.filter(({ origin }) => origin === 'inferred');
  return {
    p95Ms:
      quantile(
        quiet.map(({ latencyMs }) => latencyMs),
        0.95,
      ) ?? Number.NaN,
    inferredP95Ms:
      quantile(
        inferred.map(({ latencyMs }) => latencyMs),
        0.95,
      ) ?? Number.NaN,
    answered: quiet.length / handedIn,
    withoutInference: quiet.length === 0 ? 0 : 1 - inferred.length / quiet.length,
    noisyPerS: (answers.length - quiet.length) / seconds,
  };
}
