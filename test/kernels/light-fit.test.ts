import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../src/kernels/kernels.js';
import { CompiledLightFit } from '../../src/kernels/light-fit.js';
import { PlainLightFit } from '../../src/kernels/plain/light-fit.js';
import { seeded } from '../seeded.js';

const BLOCKS = 2304;
const random = seeded(31);
const between = (least: number, most: number): number => least + random() * (most - least);

const [compiled, plain] = [new CompiledLightFit(compileKernels(2 ** 20)), new PlainLightFit()];

function assertAlike(from: Float32Array, to: Float32Array, skip: Uint8Array, what: string): void {
  compiled.fit(from, to, skip);
  plain.fit(from, to, skip);
  assert.equal([compiled.gain, compiled.offset], [plain.gain, plain.offset], what);
}

test('light is fitted alike, to the last bit, whatever changed and whatever drives through', () => {
  for (let i = 0; i < 400; i++) {
    const [gain, offset] = [between(0.1, 6), between(-150, 150)];
    const [flat, moving, skipped] = [
      random() < 0.2,
      between(0, 0.8),
      random() < 0.3 ? between(0.9, 1) : between(0, 0.6),
    ];
    // what is usual is kept in the light of its time: it may be outside of 0..255
    const from = Float32Array.from({ length: BLOCKS }, () => (flat ? 90 + random() : between(-20, 300)));
    const to = from.map((level) =>
      Math.min(255, Math.max(0, random() < moving ? between(0, 255) : level * gain + offset + between(-2, 2))),
    );
    const skip = Uint8Array.from({ length: BLOCKS }, () => (random() < skipped ? 1 : 0));
    assertAlike(from, to, skip, `${i}: ${gain}, ${offset}`);
  }
});

test('where nothing may be compared there was no change', () => {
  const from = Float32Array.from({ length: BLOCKS }, (_, i) => (i * 31) % 256);
  assertAlike(from, from, new Uint8Array(BLOCKS).fill(1), 'all left out');
  assert.equal([compiled.gain, compiled.offset], [1, 0]);
  assertAlike(from, new Float32Array(BLOCKS).fill(255), new Uint8Array(BLOCKS), 'all cut off');
  assert.equal([compiled.gain, compiled.offset], [1, 0]);
});

test('brighter light is found by both', () => {
  const from = Float32Array.from({ length: BLOCKS }, (_, i) => 20 + ((i * 31) % 100));
  assertAlike(
    from,
    from.map((level) => level * 1.5 + 10),
    new Uint8Array(BLOCKS),
    'brighter',
  );
  assert.ok(Math.abs(compiled.gain - 1.5) < 0.02 && Math.abs(compiled.offset - 10) < 2, `${compiled.gain}`);
});

test.run();
