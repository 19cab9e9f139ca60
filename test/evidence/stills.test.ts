import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hiddenShare, openView } from '../../src/evidence/stills/box-view.js';
import { StillCandidates } from '../../src/evidence/stills/candidates.js';
import { cropArea, cutOut } from '../../src/evidence/stills/crop.js';
import { PixelRooms } from '../../src/evidence/stills/pixel-rooms.js';
import { sharpnessOf } from '../../src/evidence/stills/sharpness.js';
import { boundOnScore, type StillView, stillScore } from '../../src/evidence/stills/still-score.js';
import { inRgb } from '../../src/frame/camera-pixels.js';
import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { seeded } from '../seeded.js';

const GOOD: StillView = { area: 0.05, hidden: 0, whole: true, sharpness: 0.8, score: 0.9, inferred: true };
const [WIDTH, HEIGHT] = [320, 180];

type Box = [x1: number, y1: number, x2: number, y2: number];

/** A frame whose left half is blurred and whose right half is crisp, with vehicles by their track. */
function seen(seq: number, boxes: Record<number, Box>, over: Partial<Frame & FrameResult> = {}): [Frame, FrameResult] {
  const random = seeded(seq);
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) =>
    Math.floor(i / 3) % WIDTH < WIDTH / 2 ? 120 : 60 + random() * 120,
  );
  const size = { sourceWidth: WIDTH, sourceHeight: HEIGHT };
  const common = { camera: 'north', seq, capturedAt: seq * 100, sceneMs: seq * 100, ...size, ...over };
  const rows = Object.values(boxes).flatMap((box) => [...box, 0.9, 0]);
  const frame = { ...common, arrivedAt: 0, width: WIDTH, height: HEIGHT, damaged: false, data, release() {}, ...over };
  const result = {
    ...common,
    detections: { count: Object.keys(boxes).length, data: Float32Array.from(rows) },
    trackIds: Int32Array.from(Object.keys(boxes).map(Number)),
    origin: 'inferred' as const,
    ageMs: 0,
    confidence: 1,
    latencyMs: 1,
    model: 'm',
    variant: 'v',
    provider: 'cpu',
    ...over,
  };
  return [frame, result];
}

test('a still is the better the larger, sharper, surer, less hidden and more whole the vehicle is', () => {
  const worse: Partial<StillView>[] = [
    { area: 0.01 },
    { sharpness: 0.2 },
    { score: 0.4 },
    { hidden: 0.3 },
    { whole: false },
    { inferred: false },
  ];
  for (const change of worse) {
    assert.ok(stillScore({ ...GOOD, ...change }) < stillScore(GOOD), JSON.stringify(change));
  }
  assert.is(stillScore({ ...GOOD, area: 0.2 }), stillScore({ ...GOOD, area: 0.5 }), 'large enough is large enough');
  assert.ok(boundOnScore(GOOD) >= stillScore(GOOD) && stillScore({ ...GOOD, sharpness: 1 }) === boundOnScore(GOOD));
});

test('of two vehicles the one that ends lower hides the other, and one at the edge is not whole', () => {
  const data = Float32Array.of(100, 50, 160, 100, 0.9, 0, 130, 60, 200, 120, 0.8, 0, 0, 20, 40, 60, 0.7, 0);
  const detections = { count: 3, data };
  assert.equal([hiddenShare(detections, 0), hiddenShare(detections, 1)], [(30 * 40) / (60 * 50), 0]);
  const [back, edge] = [0, 2].map((row) => openView(detections, row, WIDTH, HEIGHT));
  assert.equal([back!.whole, edge!.whole], [true, false]);
});

test('a crisp region is sharp, an even one is not, and what it costs does not grow with it', () => {
  const [picture] = seen(1, {});
  assert.is(sharpnessOf(picture, [0, 0, 150, 180]), 0);
  assert.ok(sharpnessOf(picture, [170, 0, 320, 180]) > 0.6);
  assert.is(sharpnessOf(picture, [10, 10, 11, 12]), 0);
});

test('of I420 a crop and its sharpness are those of the same picture in RGB24', () => {
  const random = seeded(7);
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 1.5 }, (_, at) =>
    at < WIDTH * HEIGHT && at % WIDTH < WIDTH / 2 ? 120 : 60 + random() * 120,
  );
  const picture = { width: WIDTH, height: HEIGHT, yuv: 'i420-bt601' as const, data };
  const whole = inRgb(picture);
  const area = cropArea([101, 51, 200, 91], picture)!;
  assert.equal(area, [86, 44, 216, 98]);
  const crop = cutOut(picture, area);
  assert.equal([crop.left, crop.top, crop.data.length], [86, 44, 130 * 54 * 1.5]);
  assert.equal(inRgb(crop).data, cutOut(whole, area).data);
  assert.is(sharpnessOf(picture, [0, 0, 150, 180]), 0);
  const crisp = [170, 0, 320, 180] as const;
  assert.ok(Math.abs(sharpnessOf(picture, crisp) - sharpnessOf(whole, crisp)) < 0.1);
  const wide = {
    width: 2600,
    height: 4,
    yuv: picture.yuv,
    data: new Uint8Array(2600 * 4 * 1.5).map((_, at) => at % 256),
  };
  const thin = cutOut(wide, [0, 0, 2600, 4]);
  assert.equal([thin.width, thin.height, thin.thinning, [...thin.data.subarray(0, 3)]], [866, 0, 3, []]);
});

test('a crop holds the box with what is around it, within the picture; a very large one is thinned out', () => {
  assert.equal(cropArea([100, 50, 200, 90], { width: WIDTH, height: HEIGHT }), [85, 44, 215, 96]);
  assert.equal(cropArea([-20, -10, 40, 30], { width: WIDTH, height: HEIGHT }), [0, 0, 49, 36]);
  assert.is(cropArea([400, 50, 500, 90], { width: WIDTH, height: HEIGHT }), null);
  const wide = new Uint8Array(3000 * 4 * 3).map((_, i) => Math.floor(i / 3) % 256);
  const { width, height, thinning, data } = cutOut({ width: 3000, height: 4, data: wide }, [0, 0, 3000, 4]);
  assert.equal([width, height, thinning], [1000, 1, 3]);
  assert.equal([...data.subarray(3, 6)], [3, 3, 3]);
});

test('the best picture of a vehicle is kept, whatever comes later', () => {
  const candidates = new StillCandidates();
  candidates.see(...seen(1, { 7: [200, 60, 240, 90] }));
  candidates.see(...seen(2, { 7: [180, 60, 260, 120] }));
  candidates.see(...seen(3, { 7: [20, 60, 100, 120] }));
  candidates.see(...seen(4, { 7: [200, 60, 230, 80] }));
  const best = candidates.best(7)!;
  assert.equal([best.frame, best.box, best.whole], [2, [180, 60, 260, 120], true]);
  assert.equal([best.crop.left, best.crop.top, best.crop.width, best.crop.height], [168, 51, 104, 78]);
  const [{ data }] = seen(2, {});
  const at = (51 * WIDTH + 168) * 3;
  assert.equal(best.crop.data.subarray(0, 104 * 3), data.subarray(at, at + 104 * 3));
});

test('what was handed out stays as it was, while better pictures take the place of the one that is kept', () => {
  const candidates = new StillCandidates();
  candidates.see(...seen(1, { 7: [200, 60, 260, 100] }));
  const early = candidates.best(7)!;
  const before = early.crop.data.slice();
  candidates.see(...seen(2, { 7: [190, 60, 260, 110] }));
  candidates.see(...seen(3, { 7: [180, 50, 270, 120] }));
  assert.equal([early.frame, early.crop.data], [1, before]);
  const late = candidates.best(7)!;
  assert.is(late.frame, 3);
  assert.is(late.crop.data.length, late.crop.width * late.crop.height * 3);
  assert.ok(candidates.bytes >= late.crop.data.length);
});

/** Two vehicles that fill the picture. */
function large(seq: number): [Frame, FrameResult] {
  const [width, height] = [640, 360];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256);
  const size = { width, height, sourceWidth: width, sourceHeight: height, data };
  return seen(seq, { 7: [20, 20, 310, 300], 8: [330, 20, 620, 300] }, size);
}

test('of two vehicles that fill the picture one is copied at once, and the other some frames later', () => {
  const candidates = new StillCandidates();
  for (let seq = 1; seq <= 5; seq++) candidates.see(...large(seq));
  const [first, second] = [candidates.best(7)!.frame, candidates.best(8)!.frame];
  assert.ok(first === 1 && second > 1, `${first} ${second}`);
});

test('of a vehicle that is wanted each better picture is kept, and the others wait no less for it', () => {
  const candidates = new StillCandidates();
  candidates.see(...large(1), new Set([7, 8]));
  assert.equal([candidates.best(7)?.frame, candidates.best(8)?.frame], [1, 1]);
  const growing = new StillCandidates();
  const box = (seq: number): Box => [200 - seq, 60 - seq, 260, 100];
  for (let seq = 1; seq <= 3; seq++) growing.see(...seen(seq, { 7: box(seq) }));
  assert.is(growing.best(7)!.frame, 1, 'hardly better');
  growing.see(...seen(4, { 7: box(4) }), new Set([7]));
  assert.is(growing.best(7)!.frame, 4);
});

test('a damaged frame shows nothing, and boxes that were not inferred count for less', () => {
  const candidates = new StillCandidates();
  candidates.see(...seen(1, { 7: [180, 60, 260, 120] }, { damaged: true }));
  assert.is(candidates.best(7), null);
  candidates.see(...seen(2, { 7: [180, 60, 260, 120] }, { origin: 'propagated' }));
  candidates.see(...seen(3, { 7: [180, 60, 260, 120] }));
  assert.is(candidates.best(7)!.frame, 3);
});

test('room for pixels goes from one vehicle to the next, and not without end', () => {
  const rooms = new PixelRooms();
  const one = rooms.take(5000);
  assert.is(one.length, 8192);
  rooms.give(one);
  assert.equal([rooms.freeBytes, rooms.take(8192) === one, rooms.freeBytes], [8192, true, 0]);
  for (let i = 0; i < 10; i++) rooms.give(new Uint8Array(2 ** 20));
  assert.is(rooms.freeBytes, 4 * 2 ** 20);
});

test('vehicles are forgotten that are not seen any more, and of too many, or too many bytes, those not seen for longest', () => {
  const few = new StillCandidates({ maxTracks: 2 });
  for (let n = 1; n <= 4; n++) few.see(...seen(n, { [n]: [180, 60, 260, 120] }));
  assert.equal([few.size, few.best(2), few.best(4)!.frame], [2, null, 4]);
  const small = new StillCandidates({ maxBytes: 40_000 });
  for (let n = 1; n <= 3; n++) small.see(...seen(n, { [n]: [180, 60, 260, 120] }));
  assert.ok(small.bytes <= 40_000 && small.best(3) !== null && small.best(1) === null, `${small.bytes} bytes`);
  const forgetful = new StillCandidates();
  forgetful.see(...seen(1, { 1: [180, 60, 260, 120] }));
  for (let n = 10; n < 80; n += 10) forgetful.see(...seen(n, { 2: [20, 60, 100, 120] }));
  assert.equal([forgetful.best(1), forgetful.size], [null, 1]);
});

test.run();
