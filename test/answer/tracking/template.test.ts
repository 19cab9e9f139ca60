import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Template } from '../../../src/answer/tracking/template.js';
import type { TemplatePlace } from '../../../src/kernels/template-block.js';
import { type Look, pictureOf, textured } from '../looks.js';

const look = textured();
const HOME = { x: 70, y: 60 };
/** Its middle is at the surface's origin. */
const template = (width = 40, height = 24) =>
  new Template(pictureOf(look, HOME), HOME.x - width / 2, HOME.y - height / 2, HOME.x + width / 2, HOME.y + height / 2);

function assertAt(found: TemplatePlace, x: number, y: number, scale: number): void {
  const told = JSON.stringify(found);
  assert.ok(Math.abs(found.x - x) < 0.2, `x: expected ${x}, ${told}`);
  assert.ok(Math.abs(found.y - y) < 0.2, `y: expected ${y}, ${told}`);
  assert.ok(Math.abs(found.scale - scale) < 0.02, `scale: expected ${scale}, ${told}`);
}

for (const [dx, dy, scale] of [
  [0, 0, 1],
  [1.3, -0.6, 1],
  [-2.4, 1.7, 1],
  [0.4, 0.3, 1.06],
  [1.6, -1.1, 0.95],
] as const) {
  test(`finds a vehicle that moved by ${dx}, ${dy} pixels and grew by ${scale}`, () => {
    const picture = pictureOf(look, { x: HOME.x + dx, y: HOME.y + dy, scale });
    const found = template().align(picture, HOME.x, HOME.y, 1);
    assertAt(found, HOME.x + dx, HOME.y + dy, scale);
    assert.ok(found.correlation > 0.97, `${found.correlation}`);
  });
}

test('finds a small one, of 12 × 8 pixels', () => {
  const small = template(12, 8);
  const found = small.align(pictureOf(look, { x: HOME.x + 0.7, y: HOME.y - 0.4 }), HOME.x, HOME.y, 1);
  assert.ok(Math.abs(found.x - HOME.x - 0.7) < 0.3 && Math.abs(found.y - HOME.y + 0.4) < 0.3, JSON.stringify(found));
});

test('another brightness or contrast does not matter', () => {
  for (const [gain, offset] of [
    [1, 40],
    [1, -40],
    [0.6, 30],
    [1.3, -20],
  ] as const) {
    const lit: Look = (u, v) => gain * look(u, v) + offset;
    const found = template().align(pictureOf(lit, { x: HOME.x + 1.3, y: HOME.y - 0.6 }), HOME.x, HOME.y, 1);
    assertAt(found, HOME.x + 1.3, HOME.y - 0.6, 1);
    assert.ok(found.correlation > 0.97, `gain ${gain}, offset ${offset}: ${found.correlation}`);
  }
});

test('another look, or none, correlates little', () => {
  const other = template().align(pictureOf(textured(1), HOME), HOME.x, HOME.y, 1);
  assert.ok(other.correlation < 0.6, `${other.correlation}`);
  const plain = template().align(
    pictureOf(() => 120, HOME),
    HOME.x,
    HOME.y,
    1,
  );
  assert.ok(Math.abs(plain.correlation) < 0.1, `${plain.correlation}`);
});

test('the wide search finds what moved further than the gradients reach', () => {
  const it = template();
  const moved = pictureOf(look, { x: HOME.x + 22, y: HOME.y - 9 });
  const rough = it.search(moved, HOME.x, HOME.y, 1, 30, 15, 2);
  assert.ok(Math.abs(rough.x - HOME.x - 22) <= 2 && Math.abs(rough.y - HOME.y + 9) <= 2, JSON.stringify(rough));
  assertAt(it.align(moved, rough.x, rough.y, 1), HOME.x + 22, HOME.y - 9, 1);
});

test('of equal places the nearest wins', () => {
  const plain = pictureOf(() => 90, HOME);
  const found = template().search(plain, 50, 40, 1, 20, 20, 2);
  assert.equal([found.x, found.y], [50, 40]);
});

test('looks beyond the edge of the picture as at the edge, and finds what is partly outside', () => {
  const it = template();
  const found = it.align(pictureOf(look, { x: 12, y: 60 }), 13, 60, 1);
  assert.ok(Number.isFinite(found.x) && Number.isFinite(found.correlation));
  const outside = it.align(pictureOf(look, HOME), -500, 900, 1);
  assert.ok(Number.isFinite(outside.x) && Number.isFinite(outside.y) && outside.correlation < 0.6);
});

test.run();
