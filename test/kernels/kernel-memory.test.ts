import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KernelMemory } from '../../src/kernels/kernel-memory.js';
import { seeded } from '../seeded.js';

test('blocks that are out never overlap, and what is given back can be had again, as one', () => {
  const memory = new KernelMemory(2 ** 20, 1024);
  const random = seeded(5);
  const out: Uint8Array[] = [];
  for (let i = 0; i < 2000; i++) {
    if (random() < 0.55) {
      const block = memory.allocate(1 + Math.floor(random() * 20_000));
      if (block !== null) out.push(block.fill(out.length));
    } else if (out.length > 0) memory.free(out.splice(Math.floor(random() * out.length), 1)[0]!);
    const byAddress = [...out].sort((a, b) => a.byteOffset - b.byteOffset);
    for (const [at, block] of byAddress.entries()) {
      const end = block.byteOffset + block.length;
      assert.ok(end <= (byAddress[at + 1]?.byteOffset ?? 2 ** 20));
    }
  }
  for (const block of out) memory.free(block);
  assert.ok(memory.allocate(2 ** 20 - 4096));
});

test('where nothing is free there is no block; a block is given back once, and only here', () => {
  const memory = new KernelMemory(65_536, 64);
  const block = memory.allocate(40_000)!;
  assert.is(memory.allocate(40_000), null);
  memory.free(block);
  assert.throws(() => memory.free(block), /a block of this memory that is out/);
  assert.throws(() => memory.free(new Uint8Array(8)), RangeError);
  assert.is(memory.allocate(40_000)?.byteOffset, block.byteOffset);
});

test('it knows its own views, and none of another memory', () => {
  const memory = new KernelMemory(65_536, 64);
  const block = memory.allocate(100)!;
  assert.is(memory.addressOf(block.subarray(10)), block.byteOffset + 10);
  assert.is(memory.addressOf(new Uint8Array(100)), null);
});

test('scratch that is too small says so, and is whole again for the next call', () => {
  const memory = new KernelMemory(65_536, 256);
  const first = memory.scratch();
  first.copyIn(new Uint8Array(300).fill(1));
  assert.not.ok(first.fits);
  const next = memory.scratch();
  const address = next.copyIn(Uint8Array.of(1, 2, 3));
  assert.ok(next.fits);
  assert.equal([...new Uint8Array(memory.memory.buffer, address, 3)], [1, 2, 3]);
});

test.run();
