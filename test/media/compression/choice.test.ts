import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CodingBounds,
  chooseCoding,
  type Forecasts,
  worstQuality,
} from '../../../src/media/compression/choice.js';
import { CODERS, type Coder } from '../../../src/media/compression/coders.js';
import { Correction } from '../../../src/media/compression/correction.js';

/** Bytes double and damage halves with 25 steps of quality; WebP has two thirds of the bytes. */
const outlook: Forecasts['outlook'] = {
  logBytes: ({ format }, quality) => Math.log(format === 'webp' ? 6666 : 10_000) + (quality / 25) * Math.LN2,
  logDamage: (_, quality) => Math.log(0.16) - (quality / 25) * Math.LN2,
};
const sure = { offset: 0, spread: 0 };
const learnt = () => ({ bytes: sure, damage: sure });
const bounds = (more: Partial<CodingBounds>): CodingBounds => ({
  logMaxBytes: null,
  logDamage: null,
  maxQuality: 85,
  ...more,
});
const choose = (coders: readonly Coder[], more: Partial<CodingBounds>, given: Partial<Forecasts> = {}) =>
  chooseCoding(coders, bounds(more), { outlook, learnt, ...given });

test('the least quality that is as alike as asked for, in the format that needs fewest bytes', () => {
  const { coder, quality } = choose([CODERS.jpeg, CODERS['webp-2']], { logDamage: Math.log(0.04) });
  assert.equal([coder.name, quality], ['webp-2', 50]);
});

test('never better than the highest quality of JPEG, whatever the format', () => {
  assert.is(choose([CODERS.jpeg], { logDamage: Math.log(0.001) }).quality, 85);
  assert.is(choose([CODERS['webp-2']], { logDamage: Math.log(0.001) }).quality, 85);
});

test('as good as the bytes allow; where they bind, the format with the least damage', () => {
  const { quality } = choose([CODERS.jpeg], { logMaxBytes: Math.log(40_001) });
  assert.is(quality, 50);
  const { coder, quality: better } = choose([CODERS.jpeg, CODERS['webp-2']], { logMaxBytes: Math.log(40_001) });
  assert.equal([coder.name, better], ['webp-2', 64]);
  assert.is(choose([CODERS.jpeg], { logMaxBytes: Math.log(10) }).quality, worstQuality(CODERS.jpeg));
});

test('what was learned moves the quality, and what is uncertain leaves a margin', () => {
  const asked = { logDamage: Math.log(0.04) };
  const off = { bytes: sure, damage: { offset: Math.LN2, spread: 0 } };
  assert.is(choose([CODERS.jpeg], asked, { learnt: () => off }).quality, 75);
  const unsure = { bytes: sure, damage: { offset: 0, spread: 0.2 } };
  assert.is(choose([CODERS.jpeg], asked, { learnt: () => unsure }).quality, 58);
  const unsureBytes = { bytes: { offset: 0, spread: 0.2 }, damage: sure };
  assert.is(choose([CODERS.jpeg], { logMaxBytes: Math.log(40_001) }, { learnt: () => unsureBytes }).quality, 37);
});

test('a coder that little is known of is tried where it may be better', () => {
  const asked = { logDamage: Math.log(0.04) };
  const known = ({ name }: Coder) =>
    name === 'avif-0' ? { bytes: { offset: -0.35, spread: 0.12 }, damage: sure } : learnt();
  assert.is(choose([CODERS['webp-2'], CODERS['avif-0']], asked, { learnt: known }).coder.name, 'avif-0');
});

test('a correction learns the offset at once, follows it when it changes, and knows how sure it is', () => {
  const correction = new Correction();
  assert.equal([correction.offset, correction.spread], [0, 0.12]);
  correction.learn(0.4);
  assert.ok(correction.offset > 0.3, String(correction.offset));
  for (let i = 0; i < 60; i++) correction.learn(0.4 + (i % 2 === 0 ? 0.05 : -0.05));
  assert.ok(Math.abs(correction.offset - 0.4) < 0.02 && Math.abs(correction.spread - 0.05) < 0.01);
  for (let i = 0; i < 40; i++) correction.learn(-0.2);
  assert.ok(Math.abs(correction.offset + 0.2) < 0.02, String(correction.offset));
  correction.learn(Number.NaN);
  correction.learn(Number.NEGATIVE_INFINITY);
  assert.ok(Number.isFinite(correction.offset));
});

test.run();
