import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Detections, NO_DETECTIONS } from '../../src/frame/detections.js';
import { CameraWatch } from '../../src/plausibility/camera-watch.js';
import { PictureSample, TILES, TILES_ACROSS } from '../../src/plausibility/picture-sample.js';
import type { Plausibility } from '../../src/plausibility/states.js';
import { UnseenMotion } from '../../src/plausibility/unseen-motion.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { seeded } from '../seeded.js';

const test = suite('UnseenMotion');

const [WIDTH, HEIGHT, LOOK_MS] = [320, 180, 200];

/** Forty seconds of a simulated road, as they are looked at, with what truly drives there. */
function film() {
  const road = new Road(
    parseSimulatorUrl(`sim://road?seed=5&traffic=rush&red=0&fps=5&width=${WIDTH}&height=${HEIGHT}`),
  );
  const sample = new PictureSample(WIDTH, HEIGHT);
  return Array.from({ length: 200 }, (_, seq) => {
    const data = new Uint8Array(WIDTH * HEIGHT * 3);
    const { count, data: boxes } = road.truth(seq);
    road.render(seq, data);
    sample.read({ width: WIDTH, height: HEIGHT, data });
    return { data, means: sample.means.slice(), vehicles: { count, data: boxes.slice() } };
  });
}
const ROAD = film();

/** Shows the film over and over. @param detect what the detector makes of what truly drives there */
function show(motion: UnseenMotion, minutes: number, detect: (truth: Detections, look: number) => Detections): void {
  for (let look = 0; look < (minutes * 60_000) / LOOK_MS; look++) {
    const { means, vehicles } = ROAD[look % ROAD.length]!;
    motion.see(means, LOOK_MS);
    motion.answered({ detections: detect(vehicles, look), sourceWidth: WIDTH, sourceHeight: HEIGHT });
  }
}

const all = (truth: Detections): Detections => truth;
const none = (): Detections => NO_DETECTIONS;

test('a detector that has no box for what drives by is told of after two minutes, and no sooner', () => {
  const motion = new UnseenMotion();
  show(motion, 1.9, none);
  assert.is(motion.fault(), null);
  show(motion, 4, none);
  assert.is(motion.fault()?.fault, 'detector-may-be-blind');
  assert.match(
    motion.fault()!.seen,
    /^in \d min about \d\d+ things of a vehicle's size drove by without a box, 0 with one$/,
  );
});

test('one that has boxes for them is not, and so few boxes as hardly any do not help', () => {
  const seeing = new UnseenMotion();
  show(seeing, 6, all);
  assert.is(seeing.fault(), null);
  const nearlyBlind = new UnseenMotion();
  show(nearlyBlind, 6, (truth, look) => (look % 60 === 0 ? truth : NO_DETECTIONS));
  assert.is(nearlyBlind.fault()?.fault, 'detector-may-be-blind');
});

test('it is over once the detector sees again, not at its first box, and at once for another model', () => {
  const motion = new UnseenMotion();
  show(motion, 6, none);
  show(motion, 0.7, all);
  assert.is.not(motion.fault(), null);
  show(motion, 12, all);
  assert.is(motion.fault(), null);
  const other = new UnseenMotion();
  show(other, 6, none);
  other.renew();
  assert.is(other.fault(), null);
});

test('it is over when nothing drives by any more', () => {
  const motion = new UnseenMotion();
  show(motion, 6, none);
  for (let look = 0; look < 18_000; look++) motion.see(ROAD[0]!.means, LOOK_MS);
  assert.is(motion.fault(), null);
});

test('who drove by unseen an hour ago does not make two minutes of a few seconds', () => {
  const motion = new UnseenMotion();
  show(motion, 0.7, none);
  for (let second = 0; second < 3600; second++) motion.see(ROAD[0]!.means, 1000);
  show(motion, 1.9, none);
  assert.is(motion.fault(), null);
  show(motion, 2, none);
  assert.is.not(motion.fault(), null);
});

test('what it says of a long time is of as long as it counts', () => {
  const motion = new UnseenMotion();
  show(motion, 10, none);
  const drove = () =>
    motion
      .fault()!
      .seen.match(/^in (\d+) min about (\d+) things/)!
      .slice(1)
      .map(Number);
  const [minutes, things] = drove() as [number, number];
  show(motion, 25, none);
  const [later, more] = drove() as [number, number];
  const rates = [things / minutes, more / later];
  assert.ok(Math.abs(rates[1]! / rates[0]! - 1) < 0.2, `${things} in ${minutes} min, then ${more} in ${later}`);
});

/** Six minutes of a picture whose tiles do what `level` says. */
function watched(level: (tile: number, look: number) => number): UnseenMotion {
  const motion = new UnseenMotion();
  for (let look = 0; look < 1800; look++) {
    motion.see(
      Float32Array.from({ length: TILES }, (_, tile) => level(tile, look)),
      LOOK_MS,
    );
  }
  return motion;
}

test('leaves, a light that blinks, clouds and a camera that is jolted are no vehicles', () => {
  const random = seeded(4);
  const leaves = watched((tile) => 90 + (tile % TILES_ACROSS < 10 ? (random() - 0.5) * 60 : random()));
  const blinking = watched((tile, look) => (tile > 100 && tile < 104 && look % 10 < 5 ? 200 : 90));
  const clouds = watched((_, look) => 110 + 40 * Math.sin(look / 20) + random());
  const jolted = watched((tile, look) => 90 + ((tile * 37 + (look % 50 === 0 ? look : 0)) % 97));
  for (const motion of [leaves, blinking, clouds, jolted]) assert.is(motion.fault(), null);
});

/** A camera before which the film runs, and of which the detector says nothing. */
function watching(ignored: readonly Plausibility[], minutes: number): CameraWatch {
  const watch = new CameraWatch({
    isCamera: true,
    ignored: new Set(ignored),
    model: { thresholds: [0.4], maxDetections: 100 },
    localHour: () => 12,
  });
  let sceneMs = 0;
  for (let seq = 0; sceneMs < minutes * 60_000 && watch.fault() === null; seq++) {
    // after what there is to be said is known, fewer looks do
    sceneMs += sceneMs < 240_000 ? LOOK_MS : 10_000;
    const { data } = ROAD[seq % ROAD.length]!;
    watch.see({ width: WIDTH, height: HEIGHT, data, sceneMs, damaged: false });
    watch.answered({
      sceneMs,
      capturedAt: sceneMs,
      detections: NO_DETECTIONS,
      sourceWidth: WIDTH,
      sourceHeight: HEIGHT,
    });
  }
  return watch;
}

test('a camera says so, knows no accuracy meanwhile, and its empty road is no experience', () => {
  const watch = watching([], 3);
  assert.is(watch.plausibility(), 'detector-may-be-blind');
  assert.is(watch.hidesAccuracy, true);
});

test('where it is to be left out it changes nothing: half an hour without a vehicle is one', () => {
  const watch = watching(['detector-may-be-blind'], 35);
  assert.is(watch.plausibility(), 'plausible');
  assert.ok((watch.takeQuietHours()[0]?.longestMs ?? 0) > 2_000_000);
});

test.run();
