import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MachineOptions } from '../../../src/board/machine/machine.js';
import { PLAUSIBLE, QUANTITIES } from '../../../src/board/machine/sensors/sensor.js';
import { type RecordedEntry, recordTree } from '../../../src/board/recording/record-tree.js';
import { type Files, tree, write } from './trees.js';
import { WatchedMachine } from './watched.js';

/** A board, and what it is known to tell: by names of metrics, without `machine_`. */
export interface BoardCase {
  readonly name: string;
  readonly files: Files;
  readonly tells: Readonly<Record<string, number>>;
  /** What changes between the two readings. */
  readonly later?: Files;
  readonly programs?: Pick<MachineOptions, 'askFirmware' | 'nvidia'>;
}

/** Metrics of sensors; those of /proc have suites of their own. */
const SENSORS = /^machine_(temperature|throttl|power|rail|sensor|cpu_clock|cpu_quota|accelerator|memory_bus|fan)/;

/** Texts that no file should hold, and some do. */
const GARBAGE = [
  '',
  '\n',
  'N/A\n',
  '-256000\n',
  '99999999999999999999999\n',
  '\u0000\u0000\u0007',
  '12 34 56\n',
  'x'.repeat(5000),
];

/** What holds for every board, whoever made it. */
export function boardContract(board: BoardCase): void {
  const { name, files, later = {}, programs } = board;

  test(`${name}: tells what is known of it`, async () => {
    const root = tree(files);
    const watched = new WatchedMachine(root, [], programs);
    await watched.after(1);
    write(root, later);
    await watched.after(2);
    assert.equal(sensorsTold(watched), board.tells);
    watched.machine.close();
  });

  test(`${name}: each reading has a name of its own, a source, and a value that can be true`, async () => {
    const watched = await started(tree(files));
    assertPlausible(watched);
    watched.machine.close();
  });

  test(`${name}: garbage in its files is missing, with a reason, and no reading is false`, async () => {
    const root = tree(files);
    const watched = await started(root);
    for (const garbage of GARBAGE) {
      for (const path of Object.keys(files)) writeFileSync(join(root, path), garbage);
      await watched.after(2, 0);
      assertPlausible(watched);
    }
    watched.machine.close();
    // and found so
    const found = await started(root);
    assertPlausible(found);
    found.machine.close();
  });

  test(`${name}: pipes in the place of its files keep nobody waiting`, async () => {
    const root = tree(files);
    const watched = await started(root);
    for (const path of Object.keys(files)) rmSync(join(root, path));
    const pipes = Object.keys(files).map((path) => join(root, path));
    assert.is(spawnSync('mkfifo', pipes).status, 0);
    await lookAgain(watched);
    assert.equal(sensorsTold(watched), {});
    watched.machine.close();
  });

  test(`${name}: a recording of it tells the same`, async () => {
    const root = tree(files);
    const watched = await started(root);
    const recording = await recordTree(root);
    const replayed = await started(tree(Object.fromEntries(recording.entries.map(fileOf))));
    assert.equal(sensorsTold(replayed), sensorsTold(watched));
    assert.equal(recording.leftOut, []);
    watched.machine.close();
    replayed.machine.close();
  });

  test(`${name}: what vanishes is missing, what comes back is found, and nothing stays open`, async () => {
    const root = tree(files);
    const before = openUnder(root);
    const watched = await started(root);
    for (const top of readdirSync(root)) rmSync(join(root, top), { recursive: true });
    await lookAgain(watched);
    assert.equal(sensorsTold(watched), {});
    write(root, files);
    await lookAgain(watched);
    const told = sensorsTold(watched);
    // what comes of two readings or of a count takes another
    for (const [metric, value] of Object.entries(sensorsTold(await started(tree(files))))) {
      if (!/throttle|power|load card/.test(metric)) assert.is(told[metric], value, metric);
    }
    watched.machine.close();
    assert.is(openUnder(root), before);
  });
}

/** The trees that are built have no links. */
function fileOf(entry: RecordedEntry): [string, Uint8Array] {
  if (entry.kind === 'link') throw new Error(`${entry.path} is a link`);
  return [entry.path, Buffer.from(entry.text, 'latin1')];
}

async function started(root: string): Promise<WatchedMachine> {
  const watched = new WatchedMachine(root);
  await watched.after(1, 0);
  await watched.after(2, 0);
  return watched;
}

/** Each reader looks again in its turn. */
async function lookAgain(watched: WatchedMachine): Promise<void> {
  for (let i = 0; i < 3; i++) await watched.after(61, 0);
}

function sensorsTold(watched: WatchedMachine): Record<string, number> {
  const told = Object.entries(watched.told('machine_')).filter(([metric]) => SENSORS.test(metric));
  return Object.fromEntries(told.map(([metric, value]) => [metric.slice('machine_'.length), Number(value.toFixed(3))]));
}

function assertPlausible({ machine }: WatchedMachine): void {
  for (const quantity of QUANTITIES) {
    const names = new Set<string>();
    const [least, most] = PLAUSIBLE[quantity];
    for (const { name, value, source, missing } of machine.sensors.of(quantity)) {
      assert.not(names.has(name), `${quantity} ${name} twice`);
      names.add(name);
      assert.ok(source.length > 0, `${quantity} ${name} has no source`);
      if (value === null) continue;
      assert.is(missing, null, `${quantity} ${name} is there and missing`);
      assert.ok(value >= least && value <= most, `${quantity} ${name} is ${value}`);
    }
  }
  const { temperature, throttleAt, watts } = machine;
  assert.ok(temperature === null || (temperature > -40 && temperature < 125));
  assert.ok(throttleAt === null || Number.isFinite(throttleAt));
  assert.ok(watts === null || (watts >= 0 && watts < 10_000));
}

/** Files beneath a folder that this process has open. */
function openUnder(root: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${root}/`);
    } catch {
      return false;
    }
  }).length;
}
