import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Eye } from '../../scripts/answering-pictures/answered.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/signature.js';
import type { SceneAnswer } from '../../src/answer/scene-answer.js';
import { VehicleEvents } from '../../src/events/vehicle-events.js';
import { STRIDE } from '../../src/frame/detections.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { frameOf } from './roads.js';
import { resultOf } from './sightings.js';

/** Where the road is crossed, as shares of the picture's height: far away, at the signal, and where vehicles enter. */
const SHARES = [0.4, 0.5, 0.6, 0.7, 0.85];

/** Per line, those that drive away and those that come near. */
const nobody = () => SHARES.map(() => ({ away: 0, near: 0 }));

/** Who really crosses, by the vehicles' own numbers: also behind another. */
class Truth {
  readonly counts = nobody();
  readonly #isAway = new Map<string, boolean>();

  see(road: Road, index: number): void {
    const { count, data, ids } = road.truth(index);
    for (let row = 0; row < count; row++) {
      for (const [i, share] of SHARES.entries()) {
        const key = `${ids[row]} ${share}`;
        const isAway = data[row * STRIDE + 3]! < share * road.height;
        const before = this.#isAway.get(key);
        if (before !== undefined && before !== isAway) this.counts[i]![isAway ? 'away' : 'near']++;
        this.#isAway.set(key, isAway);
      }
    }
  }
}

/** Who crosses by the answers. */
class Told {
  readonly counts = nobody();
  readonly #events = new VehicleEvents({
    classes: ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'],
    lines: SHARES.map((y, i) => ({ id: `${i}`, from: [0, y], to: [1, y], left: 'away', right: 'near' })),
    zones: [],
  });

  see(road: Road, index: number, { detections, trackIds, origin }: SceneAnswer): void {
    const size = { sourceWidth: 2 * road.width, sourceHeight: 2 * road.height };
    const result = { ...resultOf([]), ...size, detections, trackIds, origin };
    for (const event of this.#events.push(result, road.sceneMs(index))) {
      if (event.kind === 'crossed') this.counts[Number(event.line)]![event.direction as 'away' | 'near']++;
    }
  }
}

test('a queue that stood for 40 s and drives off is counted at 5 frames/s, most frames not inferred', async () => {
  const road = new Road(parseSimulatorUrl('sim://road?seed=42&traffic=rush&red=45&fps=5'));
  const eye = await Eye.open();
  const scene = new KnownScene({
    thresholds: eye.thresholds,
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
  });
  scene.allowedLoss = 0.03;
  const truth = new Truth();
  const told = new Told();
  let inferred = 0;
  for (let index = 0; index < 90 * road.fps; index++) {
    const frame = frameOf(road, index);
    truth.see(road, index);
    const known = scene.look(frame);
    if (known === null) inferred++;
    told.see(road, index, known ?? scene.learn(await eye.infer(frame)).answer);
    scene.settle();
  }
  const crossings = truth.counts.reduce((sum, { away, near }) => sum + away + near, 0);
  const differences = truth.counts.reduce(
    (sum, { away, near }, i) => sum + Math.abs(away - told.counts[i]!.away) + Math.abs(near - told.counts[i]!.near),
    0,
  );
  const message = JSON.stringify({ truth: truth.counts, told: told.counts, inferred });
  assert.ok(crossings > 150, message);
  assert.ok(differences <= 0.1 * crossings, message);
  assert.ok(inferred < 0.2 * 90 * road.fps, message);
});

test.run();
