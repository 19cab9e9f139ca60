import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Plate, previewLabels } from '../../src/media/preview-labels.js';

const PICTURE = { width: 640, height: 360 };
const SIZE = 11;

function shares(a: Plate, b: Plate): boolean {
  return Math.min(a.x2, b.x2) > Math.max(a.x1, b.x1) && Math.min(a.y2, b.y2) > Math.max(a.y1, b.y1);
}

/** No plate lies on another, and none leaves the picture. */
function assertLegible(plates: readonly Plate[]): void {
  for (const [i, plate] of plates.entries()) {
    const { x1, y1, x2, y2, text } = plate;
    assert.ok(x1 >= 0 && y1 >= 0 && x2 <= PICTURE.width && y2 <= PICTURE.height, `${text} leaves the picture`);
    for (const other of plates.slice(i + 1)) assert.not.ok(shares(plate, other), `${text} lies on ${other.text}`);
  }
}

/** Vehicles in a queue: each box lies half on the one before. */
const queue = Array.from({ length: 30 }, (_, i) => ({
  x1: 20 * i - 10,
  y1: 100 + (i % 5) * 3,
  x2: 20 * i + 70,
  y2: 160 + (i % 5) * 3,
  label: i % 7 === 0 ? 'truck' : 'car',
  score: 0.8,
  trackId: 100 + i,
}));

const gate = { label: 'gate', from: [300, 20], to: [320, 340], left: 'westbound', right: 'eastbound' } as const;
const stop = {
  label: 'bus-stop',
  corners: [
    [600, 2],
    [638, 2],
    [638, 90],
  ],
} as const;

test('a label stands above its box, in the colour of the box', () => {
  const [plate] = previewLabels(PICTURE, { boxes: [{ ...queue[5]!, x1: 100, y1: 100, x2: 200, y2: 160 }] }, SIZE);
  const { text, x1, y1, y2, back } = plate!;
  assert.equal([text, x1, y1.toFixed(1), y2, back], ['car 80 % #105', 100, '85.7', 100, '#56b4e9']);
});

test('labels of a crowded road do not lie on each other, and none leaves the picture', () => {
  const plates = previewLabels(PICTURE, { boxes: queue, lines: [gate], zones: [stop] }, SIZE, 'north  30 vehicles');
  assertLegible(plates);
  assert.ok(plates.length > 20, `${plates.length} labels for 30 vehicles, a line and a zone`);
});

test('caption, lines and zones are shown whatever is in the way', () => {
  const crowd = Array.from({ length: 400 }, (_, i) => ({
    ...queue[0]!,
    x1: (i % 20) * 32,
    x2: (i % 20) * 32 + 60,
    y1: Math.floor(i / 20) * 18,
    y2: Math.floor(i / 20) * 18 + 40,
  }));
  const plates = previewLabels(PICTURE, { boxes: crowd, lines: [gate], zones: [stop] }, SIZE, 'north');
  assertLegible(plates);
  const texts = plates.map(({ text }) => text);
  assert.equal(texts.slice(0, 5), ['north', 'gate', 'westbound', 'eastbound', 'bus-stop']);
});

test('where there is little room a vehicle has its number alone, the nearest ones first', () => {
  const box = {
    x1: 100,
    y1: 100,
    x2: 160,
    y2: 130,
    label: 'a-very-long-name-of-a-class-that-fills-the-picture',
    score: 0.5,
    trackId: 7,
  };
  const narrow = { width: 200, height: 200 };
  assert.equal(
    previewLabels(narrow, { boxes: [box] }, SIZE).map(({ text }) => text),
    ['#7'],
  );
  const near = { ...box, x1: 0, y1: 0, x2: 200, y2: 200, trackId: 8 };
  assert.equal(
    previewLabels(narrow, { boxes: [box, near] }, SIZE).map(({ text }) => text),
    ['#8', '#7'],
  );
});

test('a caption that is wider than the picture is cut off', () => {
  const [plate] = previewLabels({ width: 100, height: 80 }, { boxes: [] }, 10, 'a caption of many words');
  assert.is(plate!.text, 'a caption of m…');
  assert.ok(plate!.x2 <= 100);
});

test.run();
