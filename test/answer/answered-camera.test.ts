import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Agreement, addTally, agreementScores, emptyTally, f1 } from '../../src/answer/audit/agreement.js';
import { AnsweredCamera, type CameraPicture, type OwnDetector, type PictureBox } from '../../src/answer/library.js';
import { flatBoxes, namedBoxes } from '../../src/answer/own-detector.js';
import { createCache } from '../../src/cache/library.js';
import type { Road } from '../../src/simulator/road.js';
import { seeded } from '../seeded.js';
import { simulatedRoad } from './roads.js';

const CLASSES = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];

/** A camera of the simulator, and a detector that knows what is there. */
class Street {
  readonly road: Road;
  readonly picture: CameraPicture & { data: Uint8Array };
  detections = 0;
  index = 0;
  now = 0;
  readonly clock = { now: () => this.now, unixNow: () => 1e12 + this.now };

  constructor(url: string) {
    this.road = simulatedRoad(url);
    const { width, height } = this.road;
    this.picture = { width, height, data: new Uint8Array(width * height * 3) };
  }

  /** What is there now. */
  boxes(): PictureBox[] {
    const { count, data } = this.road.truth(this.index);
    return namedBoxes({ count, data: data.map((value, at) => (at % 6 === 4 ? 0.9 : value)) }, CLASSES);
  }

  next(): CameraPicture {
    this.index++;
    this.now = this.road.sceneMs(this.index);
    this.road.render(this.index, this.picture.data);
    return { ...this.picture, capturedAt: this.clock.unixNow() };
  }

  detector(name = 'truth'): OwnDetector {
    return {
      name,
      classes: CLASSES,
      detect: async () => {
        this.detections++;
        return this.boxes();
      },
    };
  }
}

test('most pictures of a road are answered without its detector, and the error that is measured is the one that there is', async () => {
  const street = new Street('sim://road?seed=5&width=240&height=136&fps=10');
  const camera = new AnsweredCamera({
    detector: street.detector(),
    auditShare: 0.2,
    clock: street.clock,
    random: seeded(3),
  });
  const agreement = new Agreement(agreementScores(0.35));
  const [sum, tally] = [emptyTally(), emptyTally()];
  const ids = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const { boxes, origin } = await camera.answer(street.next());
    agreement.compare(flatBoxes(boxes, CLASSES), flatBoxes(street.boxes(), CLASSES), tally);
    addTally(sum, tally);
    for (const { trackId } of boxes) ids.add(trackId);
    if (i === 0) assert.is(origin, 'inferred');
  }
  const inferred = camera.countOf('inferred');
  assert.ok(inferred < 100, `${inferred} of 200 inferred`);
  assert.is(inferred + camera.countOf('propagated') + camera.countOf('reused-memory'), 200);
  const real = f1(sum);
  const { estimatedF1, audits } = camera.accuracy();
  await camera.stop();
  assert.is(street.detections, inferred + audits, 'every detection is an answer or a measurement');
  assert.ok(audits >= 5, `${audits} audits`);
  assert.ok(real > 0.93 && Math.abs(real - estimatedF1!) < 0.04, `F1 ${real}, estimated ${estimatedF1}`);
  assert.ok(ids.size > 1);
});

test('at a floor of 1 every picture is detected in', async () => {
  const street = new Street('sim://road?seed=5&width=240&height=136&fps=10');
  const camera = new AnsweredCamera({ detector: street.detector(), accuracyFloor: 1, clock: street.clock });
  for (let i = 0; i < 30; i++) assert.is((await camera.answer(street.next())).origin, 'inferred');
  await camera.stop();
});

test('a scene that was seen before is known again by another camera object over the same cache', async () => {
  const cache = createCache();
  const street = new Street('sim://road?seed=1&width=240&height=136&fps=10&traffic=empty');
  const options = { detector: street.detector(), cache, clock: street.clock };
  const first = new AnsweredCamera(options);
  for (let i = 0; i < 40; i++) await first.answer(street.next());
  await first.stop();
  const second = new AnsweredCamera(options);
  for (let i = 0; i < 20; i++) await second.answer(street.next());
  await second.stop();
  assert.ok(second.countOf('reused-memory') > 0, 'it knows the road');
  cache.stop();
});

test('a detection that fails is told, and the next picture goes on', async () => {
  const street = new Street('sim://road?seed=5&width=240&height=136&fps=10');
  let fails = true;
  const detector: OwnDetector = {
    ...street.detector(),
    detect: async () => {
      if (fails) throw new Error('the accelerator is away');
      return street.boxes();
    },
  };
  const camera = new AnsweredCamera({ detector, clock: street.clock });
  const refused = await camera.answer(street.next()).catch((error: Error) => error.message);
  assert.is(refused, 'the accelerator is away');
  fails = false;
  assert.is((await camera.answer(street.next())).origin, 'inferred');
  await camera.stop();
});

test('what is wrong with the options, a picture, a box or the order is said', async () => {
  const street = new Street('sim://road?seed=5&width=240&height=136&fps=10');
  const detector = street.detector();
  const messageOf = (work: () => unknown): string => {
    try {
      work();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const options = { detector: { ...detector, classes: [] }, accuracyFloor: 0.2, id: 'a b' };
  assert.is(
    messageOf(() => new AnsweredCamera(options)),
    'the camera cannot be answered:\n  detector.classes: expected different names, got []\n' +
      '  id: expected 1 to 63 letters, digits, - or _, starting with a letter or digit, got "a b"\n' +
      '  accuracyFloor: expected 0.5 to 1, got 0.2',
  );
  const wrong = [{ class: 'automobile', score: 0.5, box: [0, 0, 1, 1] }] as const;
  const camera = new AnsweredCamera({ detector: { ...detector, detect: async () => wrong }, clock: street.clock });
  const toldOf = (picture: CameraPicture) => camera.answer(picture).catch((error: Error) => error.message);
  assert.match(String(await toldOf(street.next())), 'did you mean car?');
  assert.match(String(await toldOf({ width: 4, height: 4, data: new Uint8Array(3) })), 'expected 48 bytes');
  const [, second] = await Promise.all([toldOf(street.next()), toldOf(street.next())]);
  assert.match(String(second), 'await it');
  await camera.stop();
  assert.match(String(await toldOf(street.next())), 'was stopped');
});

test.run();
