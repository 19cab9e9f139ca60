import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Reservoir, type ReservoirEntry } from '../../../src/pictures/diary/reservoir.js';

const entry = (name: string, level: number, stratum = 'day', bytes = 10): ReservoirEntry => ({
  name,
  stratum,
  bytes,
  look: new Uint8Array(4).fill(level),
});

const reservoir = (options: object = {}) => new Reservoir({ maxCount: 3, maxBytes: 1000, minNovelty: 2, ...options });

const names = (gone: readonly ReservoirEntry[] | null) => gone?.map(({ name }) => name) ?? null;

test('a picture like one that is there is not kept', () => {
  const kept = reservoir();
  kept.place(entry('a', 10));
  assert.is(kept.place(entry('b', 11)), null);
  assert.equal(kept.place(entry('c', 12)), []);
});

test('the same look in another stratum is another picture', () => {
  const kept = reservoir();
  kept.place(entry('a', 10));
  assert.equal(kept.place(entry('b', 10, 'night')), []);
});

test('full, the older of the two most alike gives way to a newer look', () => {
  const kept = reservoir();
  for (const [name, level] of [
    ['a', 10],
    ['b', 50],
    ['c', 54],
  ] as const)
    kept.place(entry(name, level));
  assert.equal(names(kept.place(entry('d', 100))), ['b']);
  assert.is(kept.count, 3);
});

test('full, a picture less new than all that is there is not kept', () => {
  const kept = reservoir();
  for (const [name, level] of [
    ['a', 10],
    ['b', 50],
    ['c', 90],
  ] as const)
    kept.place(entry(name, level));
  assert.is(kept.place(entry('d', 53)), null);
});

test('full, the fullest stratum gives way to one with two less', () => {
  const kept = reservoir();
  for (const [name, level] of [
    ['a', 10],
    ['b', 50],
    ['c', 54],
  ] as const)
    kept.place(entry(name, level));
  assert.equal(names(kept.place(entry('d', 10, 'night'))), ['b']);
  assert.equal(
    [...kept.strata],
    [
      ['day', 2],
      ['night', 1],
    ],
  );
});

test('strata that are even do not take from each other', () => {
  const kept = reservoir();
  for (const stratum of ['day', 'night', 'dusk']) kept.place(entry(stratum, 10, stratum));
  assert.is(kept.place(entry('dawn', 10, 'dawn')), null);
});

test('a quiet night keeps its place through a thousand frames of busy noon', () => {
  const kept = reservoir({ maxCount: 20 });
  for (let i = 0; i < 5; i++) kept.place(entry(`night ${i}`, i * 10, 'night'));
  for (let i = 0; i < 1000; i++) kept.place(entry(`noon ${i}`, (i * 37) % 256, 'noon'));
  assert.equal(
    [...kept.strata],
    [
      ['night', 5],
      ['noon', 15],
    ],
  );
});

test('as many leave as a large picture needs', () => {
  const kept = reservoir({ maxCount: 10, maxBytes: 30 });
  for (const [name, level] of [
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ] as const)
    kept.place(entry(name, level));
  assert.is(names(kept.place(entry('d', 200, 'night', 20)))!.length, 2);
  assert.equal([kept.count, kept.bytes], [2, 30]);
});

test('a picture larger than everything allowed is not kept', () => {
  assert.is(reservoir().place(entry('a', 10, 'day', 1001)), null);
});

test('asking changes nothing', () => {
  const kept = reservoir();
  kept.place(entry('a', 10));
  assert.equal([kept.wants(entry('', 11)), kept.wants(entry('', 100)), kept.count], [false, true, 1]);
});

test('a picture whose look was lost goes first', () => {
  const kept = reservoir();
  kept.add({ ...entry('lost', 0), look: new Uint8Array(0) });
  kept.add(entry('b', 50));
  kept.add(entry('c', 54));
  assert.equal(names(kept.place(entry('d', 100))), ['lost']);
});

test('smaller bounds after a restart say what has to go', () => {
  const kept = reservoir();
  for (const [name, level] of [
    ['a', 10],
    ['b', 12],
    ['c', 90],
    ['d', 200],
    ['e', 100],
  ] as const)
    kept.add(entry(name, level));
  assert.equal(names(kept.excess()), ['a', 'c']);
});

test.run();
