import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../src/kernels/kernels.js';
import type { LumaPlane } from '../../src/kernels/luma-plane.js';
import { PATCH_REACH, PatchTable } from '../../src/kernels/patch-table.js';
import { compiledPatchWork } from '../../src/kernels/patch-work.js';
import { plainPatches } from '../../src/kernels/plain/patches.js';
import { seeded } from '../seeded.js';

const kernels = compileKernels(2 ** 20);
const compiled = compiledPatchWork(kernels);
const random = seeded(31);
const between = (least: number, most: number): number => least + random() * (most - least);

/** A plane in the kernels' memory. @param at brightness of a pixel */
function planeOf(width: number, height: number, at: (x: number, y: number) => number): LumaPlane {
  const data = kernels.memory.allocate(width * height)!;
  for (let i = 0; i < data.length; i++) data[i] = at(i % width, Math.floor(i / width));
  return { width, height, data, first: 0, step: 1 };
}

const noise = (): number => (random() < 0.2 ? 255 : random() * 256);
const waves = (x: number, y: number): number => 128 + 60 * Math.sin(x / 4) + 60 * Math.sin(y / 5 + x / 9);

/** Patches all over a plane, one of them none. */
function tableOf(plane: LumaPlane): PatchTable {
  const table = new PatchTable(12);
  const reach = PATCH_REACH;
  for (let i = 0; i < 11; i++) {
    const x = Math.floor(between(reach, plane.width - reach));
    table.take(i, plane, x, Math.floor(between(reach, plane.height - reach)));
  }
  return table;
}

test('patches are found alike, to the last bit, also where they are not or out of the picture', () => {
  let found = 0;
  for (let round = 0; round < 40; round++) {
    const [width, height] = [Math.floor(between(60, 200)), Math.floor(between(50, 120))];
    const at = round % 2 === 0 ? noise : waves;
    const [before, now] = [planeOf(width, height, at), planeOf(width, height, (x, y) => at(x + 0.7, y - 1.2))];
    const table = tableOf(before);
    const reach = round % 3 === 0 ? width : 3;
    for (let i = 0; i < table.count; i++) table.expect(i, between(-reach, reach), between(-reach, reach));
    const [expected, got] = [new Float64Array(24), new Float64Array(24)];
    plainPatches(now, table, expected);
    compiled(now, table, got);
    assert.equal([...got], [...expected]);
    found += expected.filter((one) => !Number.isNaN(one)).length;
    kernels.memory.free(before.data);
    kernels.memory.free(now.data);
  }
  assert.ok(found > 100, `${found}`);
});

test('a patch is found between the pixels, in other light too', () => {
  const before = planeOf(120, 80, waves);
  const now = planeOf(120, 80, (x, y) => 0.8 * waves(x - 1.6, y + 0.8) + 20);
  const table = new PatchTable(1);
  table.take(0, before, 60, 40);
  table.expect(0, 0, 0);
  const found = new Float64Array(2);
  compiled(now, table, found);
  assert.ok(Math.abs(found[0]! - 1.6) < 0.15 && Math.abs(found[1]! + 0.8) < 0.15, `${found}`);
});

test('a small plane elsewhere is copied, and pixels of three bytes are left to plain TypeScript: all give the same', () => {
  const plane = planeOf(100, 80, waves);
  const data = new Uint8Array(plane.data.length * 3);
  for (let i = 0; i < plane.data.length; i++) data[3 * i + 1] = plane.data[i]!;
  const [planar, packed] = [tableOf(plane), new Float64Array(24)];
  for (let i = 0; i < 12; i++) planar.expect(i, 0.5, -0.5);
  compiled({ ...plane, data, first: 1, step: 3 }, planar, packed);
  const expected = new Float64Array(24);
  compiled(plane, planar, expected);
  assert.equal([...packed], [...expected]);
  const elsewhere = new Float64Array(24);
  compiled({ ...plane, data: plane.data.slice() }, planar, elsewhere);
  assert.equal([...elsewhere], [...expected]);
});

test.run();
