import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PictureWatch } from '../../src/plausibility/picture-watch.js';
import { frameOf, HEIGHT, noiseOf, painted, scene, WIDTH } from './pictures.js';

const test = suite('PictureWatch');

/** Shows pictures five times a second. @returns the watch, and what it found after each of them */
function watching(isCamera = true) {
  const watch = new PictureWatch({ isCamera });
  let sceneMs = 0;
  const show = (seconds: number, picture: (i: number) => Uint8Array, damaged = (_i: number) => false) => {
    const found: (string | null)[] = [];
    for (let i = 0; i < seconds * 5; i++) {
      watch.see(frameOf(picture(i), sceneMs, damaged(i)));
      sceneMs += 200;
      found.push(watch.fault()?.fault ?? (watch.liveliness === 'suspected' ? 'suspected' : null));
    }
    return found;
  };
  return { watch, show };
}

const noisy = noiseOf(1);
const road = scene();
const lively = Array.from({ length: 23 }, () => noisy(road));
let turn = 0;
const live = (): Uint8Array => lively[turn++ % lively.length]!;
const still = live();

test('a camera with noise is suspected after two seconds of one picture, and frozen after fifteen', () => {
  const { watch, show } = watching();
  assert.equal(new Set(show(12, live)), new Set([null]));
  const found = show(20, () => still);
  assert.is(found.indexOf('suspected'), 10);
  assert.is(found.indexOf('frozen'), 75);
  assert.is(found.at(-1), 'frozen');
  assert.is(watch.frozenMs, 19_800);
  assert.is(watch.fault()!.seen, 'the same picture again and again, though cameras are never without noise');
});

test('a frozen camera lives again once its pictures have changed for five seconds', () => {
  const { show } = watching();
  show(12, live);
  show(20, () => still);
  const found = show(8, live);
  assert.is(found.indexOf(null), 24);
});

test('a camera that shows its last two seconds again and again is frozen, under a running clock too', () => {
  const { watch, show } = watching();
  const noise = noiseOf(7);
  assert.equal(new Set(show(40, () => noise(road))), new Set([null]));
  const looped = Array.from({ length: 10 }, () => noise(road));
  const found = show(40, (i) => painted(looped[i % 10]!, [2, 2, 6 + (i % 4), 6], 250));
  assert.is(found.indexOf('frozen') > 50 && found.indexOf('frozen') < 150, true);
  assert.is(found.at(-1), 'frozen');
  assert.is(watch.fault()!.seen, 'the same few seconds again and again, though cameras are never without noise');
  assert.is(show(20, () => noise(road)).at(-1), null);
});

test('a source that never showed anything but a few pictures in turn is one for trials', () => {
  const { show } = watching();
  const noise = noiseOf(8);
  const few = Array.from({ length: 8 }, () => noise(road));
  assert.equal(new Set(show(60, (i) => few[i % 8]!)), new Set([null]));
});

test('one other picture in between, as after a restart in vain, is no life', () => {
  const { show } = watching();
  show(12, live);
  show(20, () => still);
  const other = live();
  assert.equal(new Set(show(30, () => other)), new Set(['frozen']));
});

test('a clock that ticks over a frozen picture does not hide it', () => {
  const { show } = watching();
  show(12, live);
  const found = show(20, (i) => painted(still, [4, 2, 24, 9], (i * 37) % 255));
  assert.is(found.indexOf('frozen'), 75);
});

test('a car that drives through a quiet picture is life', () => {
  const { show } = watching();
  show(12, live);
  const found = show(30, (i) => painted(still, [(i * 3) % 130, 40, ((i * 3) % 130) + 30, 60], 220));
  assert.not(found.includes('frozen'));
});

test('quiet has to last three times longer than it did while the camera was well', () => {
  const { show } = watching();
  show(12, live);
  for (let i = 0; i < 3; i++) {
    const pause = live();
    assert.not(show(12, () => pause).includes('frozen'));
    show(6, live);
  }
  const found = show(60, () => still);
  assert.is(found.indexOf('frozen'), 180);
});

test('a camera whose picture never changed is frozen after a minute; a film or folder may show one picture for ever', () => {
  assert.is(
    watching(true)
      .show(70, () => still)
      .indexOf('frozen'),
    300,
  );
  assert.equal(new Set(watching(false).show(300, () => still)), new Set([null]));
});

test('a simulation without noise stands still between two cars for as long as it likes', () => {
  const { show } = watching(false);
  for (let round = 0; round < 3; round++) {
    show(10, (i) => painted(road, [i * 2, 40, i * 2 + 30, 60], 220));
    assert.equal(new Set(show(200, () => road)), new Set([null]));
  }
});

test('a slow camera is not frozen before it has sent eight pictures that are the same', () => {
  const watch = new PictureWatch({ isCamera: true });
  const found: boolean[] = [];
  for (let i = 0; i < 10; i++) {
    watch.see(frameOf(still, i * 30_000));
    found.push(watch.fault()?.fault === 'frozen');
  }
  assert.equal(found, [false, false, false, false, false, false, false, true, true, true]);
});

test('a picture of one colour is grey, in whichever colour and with the noise of the sensor', () => {
  for (const level of [40, 128, 250]) {
    const flat = noisy(scene(() => level));
    const found = watching().show(15, () => flat);
    assert.is(found.indexOf('grey'), 48);
    assert.not(found.includes('frozen'));
  }
});

test('a clock drawn over it hides neither a grey picture nor a black one', () => {
  for (const [level, state] of [
    [128, 'grey'],
    [4, 'dark'],
  ] as const) {
    const empty = scene(() => level);
    const { watch, show } = watching();
    show(100, (i) => painted(empty, [4, 1, 60, 8], 100 + ((i * 37) % 150)));
    assert.is(watch.fault()!.fault, state);
  }
});

test('a black picture is dark after a minute and not frozen, and no lamp may be in it', () => {
  const black = scene(() => 6);
  const found = watching().show(150, () => black);
  assert.is(found.indexOf('dark'), 321);
  assert.not(found.includes('frozen'));
  const lamp = painted(black, [60, 30, 70, 40], 200);
  assert.not(
    watching()
      .show(150, () => lamp)
      .includes('dark'),
  );
});

test('a picture that goes black at once is told apart from an evening', () => {
  const black = scene(() => 6);
  const covered = watching();
  covered.show(5, live);
  covered.show(80, () => black);
  assert.match(covered.watch.fault()!.seen, /from one moment to the next/);
  const evening = watching();
  evening.show(5, live);
  evening.show(40, (i) => scene(() => 39 - i / 6));
  evening.show(80, () => black);
  assert.match(evening.watch.fault()!.seen, /slowly, as in an evening/);
});

test('pictures whose lower part is filled in are torn: grey at once, repeated rows once whole ones were seen', () => {
  const half = (): Uint8Array => painted(live(), [0, 50, WIDTH, HEIGHT], 128);
  const grey = watching();
  grey.show(20, (i) => (i % 3 === 0 ? half() : live()));
  assert.equal(grey.watch.fault(), { fault: 'torn', seen: 'the lower 42 % of the picture is filled in' });

  const smeared = (): Uint8Array => {
    const picture = live();
    const row = picture.slice(50 * WIDTH * 3, 51 * WIDTH * 3);
    for (let y = 51; y < HEIGHT; y++) picture.set(row, y * WIDTH * 3);
    return picture;
  };
  const repeated = watching();
  repeated.show(10, live);
  repeated.show(20, (i) => (i % 2 === 0 ? smeared() : live()));
  assert.is(repeated.watch.fault()!.fault, 'torn');
});

test('pictures whose lower part slipped aside are torn, once the view is known', () => {
  const view = noisy(scene((x, y) => 90 + 60 * Math.sin(x ** 2 / 900) * Math.cos(y / 9)));
  const slipped = view.slice();
  for (let y = 45; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const from = (y * WIDTH + ((x + WIDTH - 25) % WIDTH)) * 3;
      slipped.set(view.subarray(from, from + 3), (y * WIDTH + x) * 3);
    }
  }
  const { watch, show } = watching();
  show(90, (i) => painted(view, [0, 0, 40, 90], i % 200));
  assert.is(watch.fault(), null);
  show(20, (i) => painted(i % 3 === 0 ? slipped : view, [0, 0, 40, 20], i % 200));
  assert.equal(watch.fault(), { fault: 'torn', seen: 'the lower 50 % of the picture is out of place' });
});

test('a border or caption that is always there tears nothing', () => {
  const { show } = watching();
  const found = show(60, () => painted(live(), [0, 70, WIDTH, HEIGHT], 200));
  assert.equal(new Set(found), new Set([null]));
});

test('a camera turned aside is told after a minute, with how far; a lorry before it for half a minute is not', () => {
  const wide = (shift: number) => noisy(scene((x, y) => 90 + 60 * Math.sin((x - shift) ** 2 / 900) * Math.cos(y / 9)));
  const [before, aside] = [wide(0), wide(20)];
  const lorry = noisy(painted(before, [0, 0, 150, 90], 200));
  const { watch, show } = watching();
  show(80, (i) => painted(before, [0, 0, 40, 90], i % 200));
  show(30, () => lorry);
  assert.is(watch.fault(), null);
  show(10, (i) => painted(before, [0, 0, 40, 90], i % 200));
  show(90, (i) => painted(aside, [0, 0, 40, 90], i % 200));
  assert.equal(watch.fault(), { fault: 'shifted', seen: 'its view moved by 13 % to the right' });
  show(30, (i) => painted(before, [0, 0, 40, 90], i % 200));
  assert.is(watch.fault(), null);
});

test('a camera whose decoder complains about every third picture is damaged, about one in fifty is not', () => {
  const often = watching();
  often.show(60, live, (i) => i % 3 === 0);
  assert.equal(often.watch.fault(), { fault: 'damaged', seen: 'the decoder complains about the pictures' });
  const seldom = watching();
  seldom.show(60, live, (i) => i % 50 === 0);
  assert.is(seldom.watch.fault(), null);
});

test('looks at five pictures a second, however many come', () => {
  const watch = new PictureWatch({ isCamera: true });
  let looks = 0;
  for (let i = 0; i < 250; i++) if (watch.see(frameOf(still, i * 40))) looks++;
  assert.is(looks, 50);
});

test('goes on with pictures of another size', () => {
  const watch = new PictureWatch({ isCamera: true });
  watch.see(frameOf(still, 0));
  watch.see({ width: 20, height: 10, data: new Uint8Array(600).fill(90), sceneMs: 200, damaged: false });
  assert.is(watch.sample!.width, 20);
  assert.is(watch.fault(), null);
});

test.run();
