import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { iou } from '../../../src/frame/box.js';
import { STRIDE } from '../../../src/frame/detections.js';
import { averagePrecision, type LabelledFrame } from '../../../src/optimize/gate/average-precision.js';
import type { Label } from '../../../src/pictures/frame-set.js';

const CLASSES = ['car', 'truck', 'person'];

const label = (x: number, classIndex = 0, rest: Partial<Label> = {}): Label => ({
  classIndex,
  x1: x,
  y1: 0,
  x2: x + 100,
  y2: 100,
  ...rest,
});

/** On `label(x)`, as wide as it or `width`. */
const box = (x: number, score: number, classIndex = 0, width = 100) => [x, 0, x + width, 100, score, classIndex];

const frame = (labels: Label[], boxes: number[][], labelledClasses: number[] | null = null): LabelledFrame => ({
  labels,
  rows: Float32Array.from(boxes.flat()),
  labelledClasses,
});

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);

test('every label found and nothing else is 1', () => {
  const ap = averagePrecision([frame([label(0), label(500)], [box(0, 0.9), box(500, 0.2)])], CLASSES)!;
  assert.equal([ap.ap50, ap.ap5095, ap.perClass], [1, 1, [{ name: 'car', labels: 2, ap50: 1, ap5095: 1 }]]);
});

test('precision is read at 101 recalls, with what comes after counting backwards', () => {
  // right, wrong, right: precision 1 up to recall 0.5 (51 points), then 2/3 (50 points)
  const ap = averagePrecision([frame([label(0), label(500)], [box(0, 0.9), box(900, 0.8), box(500, 0.7)])], CLASSES)!;
  near(ap.ap50, (51 + 50 * (2 / 3)) / 101);
});

test('labels never found count as precision 0', () => {
  near(averagePrecision([frame([label(0), label(500), label(900)], [box(0, 0.9)])], CLASSES)!.ap50, 34 / 101);
});

test('a box counts up to the overlap that it has', () => {
  // 82 of 100 pixels wide: right at 0.50 to 0.80, wrong at 0.85 to 0.95
  const ap = averagePrecision([frame([label(0)], [box(0, 0.9, 0, 82)])], CLASSES)!;
  assert.is(ap.ap50, 1);
  near(ap.ap5095, 0.7);
});

test('the second box on one label is wrong', () => {
  near(
    averagePrecision([frame([label(0), label(500)], [box(0, 0.9), box(1, 0.8), box(500, 0.7)])], CLASSES)!.ap50,
    (51 + 50 * (2 / 3)) / 101,
  );
});

test('boxes of all pictures stand in one order', () => {
  const frames = [frame([label(0)], [box(0, 0.6)]), frame([], [box(0, 0.9)])];
  near(averagePrecision(frames, CLASSES)!.ap50, 0.5);
});

test('a class without labels counts for nothing, a class without boxes for 0', () => {
  const ap = averagePrecision([frame([label(0), label(500, 1)], [box(0, 0.9), box(900, 0.9, 2)])], CLASSES)!;
  assert.equal(
    ap.perClass.map(({ name, ap50 }) => [name, ap50]),
    [
      ['car', 1],
      ['truck', 0],
    ],
  );
  assert.is(ap.ap50, 0.5);
});

test('a class is not judged in pictures where nobody looked for it', () => {
  const frames = [frame([label(0, 2)], [box(0, 0.5, 2)]), frame([], [box(0, 0.9, 2)], [0, 1])];
  assert.is(averagePrecision(frames, CLASSES)!.ap50, 1);
});

test('boxes on an ignored region are neither right nor wrong', () => {
  const crowd = label(500, 0, { x2: 900, ignore: true });
  const ap = averagePrecision([frame([label(0), crowd], [box(500, 0.9), box(650, 0.8), box(0, 0.7)])], CLASSES)!;
  assert.equal([ap.ap50, ap.perClass[0]!.labels], [1, 1]);
});

test('nothing labelled is no figure', () => {
  assert.is(averagePrecision([frame([], [box(0, 0.9)])], CLASSES), null);
  assert.is(
    averagePrecision([frame([label(0)], [])], CLASSES, (classIndex) => classIndex !== 0),
    null,
  );
});

/** The definition, slowly: of every score at which one could cut, precision and recall; at each recall the best precision. */
function slowAp50(frames: readonly LabelledFrame[], classIndex: number): number {
  const all = frames.flatMap((one) => boxesOf(one, classIndex).map((row) => row[4]!));
  const labels = frames.reduce((sum, one) => sum + one.labels.filter((l) => l.classIndex === classIndex).length, 0);
  const curve = all.map((cut) => {
    let [right, said] = [0, 0];
    for (const one of frames) {
      const free = one.labels.filter((l) => l.classIndex === classIndex);
      for (const row of boxesOf(one, classIndex).filter((r) => r[4]! >= cut)) {
        said++;
        const overlaps = free.map((l) => iou(row, 0, [l.x1, l.y1, l.x2, l.y2], 0));
        const best = overlaps.indexOf(Math.max(...overlaps));
        if (best < 0 || overlaps[best]! < 0.5) continue;
        free.splice(best, 1);
        right++;
      }
    }
    return { precision: right / said, recall: right / labels };
  });
  let sum = 0;
  for (let point = 0; point <= 100; point++) {
    sum += Math.max(0, ...curve.filter(({ recall }) => recall >= point / 100).map(({ precision }) => precision));
  }
  return sum / 101;
}

function boxesOf({ rows }: LabelledFrame, classIndex: number): Float32Array[] {
  const found: Float32Array[] = [];
  for (let at = 0; at < rows.length; at += STRIDE)
    if (rows[at + 5] === classIndex) found.push(rows.subarray(at, at + STRIDE));
  return found.sort((a, b) => b[4]! - a[4]!);
}

test('many random boxes give what the definition gives, worked out slowly', () => {
  let state = 12345;
  const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  const frames = Array.from({ length: 30 }, () => {
    const labels = Array.from({ length: Math.floor(random() * 6) }, () =>
      label(random() * 600, Math.floor(random() * 2)),
    );
    const found = labels.filter(() => random() < 0.8).map((l) => box(l.x1 + random() * 60, random(), l.classIndex));
    const invented = Array.from({ length: Math.floor(random() * 4) }, () =>
      box(random() * 600, random() * 0.7, Math.floor(random() * 2)),
    );
    return frame(labels, [...found, ...invented]);
  });
  const { perClass } = averagePrecision(frames, CLASSES)!;
  assert.is(perClass.length, 2);
  for (const [index, { ap50 }] of perClass.entries()) {
    near(ap50, slowAp50(frames, index));
    assert.ok(ap50 > 0.3 && ap50 < 0.9, `a case that says something: ${ap50}`);
  }
});

test.run();
