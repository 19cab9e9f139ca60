import { spawnSync } from 'node:child_process';
import { read, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ReadFile, SensorReader } from '../../../src/board/machine/sensor-reader.js';
import { findTemperatures } from '../../../src/board/machine/sensors/temperatures.js';
import { tree, write } from './trees.js';

const zone = (number: number, type: string, temp: string) => ({
  [`sys/class/thermal/thermal_zone${number}/type`]: `${type}\n`,
  [`sys/class/thermal/thermal_zone${number}/temp`]: `${temp}\n`,
});

const at = (now: number) => ({ now, unixNow: 1_700_000_000_000 + now });

function temperatures(reader: SensorReader): Record<string, number | null> {
  return Object.fromEntries([...reader.of('temperature')].map(({ name, value }) => [name, value]));
}

const atOnce: ReadFile = (fd, buffer) =>
  new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, 0, (error, length) => (error ? reject(error) : resolve(length)));
  });

test('a file that does not answer is missing, delays the others once, and is left alone for a minute after it did', async () => {
  const root = tree({ ...zone(0, 'stuck', '40000'), ...zone(1, 'quick', '50000') });
  let answer: () => void = () => undefined;
  let asked = 0;
  const reader = new SensorReader(root, [findTemperatures], async (fd, buffer, file) => {
    if (file.includes('thermal_zone0')) {
      asked++;
      await new Promise<void>((resolve) => (answer = resolve));
    }
    return atOnce(fd, buffer, file);
  });
  reader.look();
  await reader.read(at(0));
  assert.equal(temperatures(reader), { stuck: null, quick: 50 });
  write(root, zone(1, 'quick', '51000'));
  for (let s = 2; s < 20; s += 2) await reader.read(at(s * 1000));
  assert.equal(temperatures(reader), { stuck: null, quick: 51 });
  assert.is(asked, 1, 'it is not asked again while it is asked');
  answer();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(temperatures(reader)['stuck'], null, 'what came too late is no reading of now');
  await reader.read(at(22_000));
  assert.is(asked, 1);
  const later = reader.read(at(120_000));
  answer();
  await later;
  assert.equal(temperatures(reader), { stuck: 40, quick: 51 });
  reader.close();
});

test('of the threads for files two may wait for sensors, and no more', async () => {
  const root = tree({
    ...zone(0, 'a', '1000'),
    ...zone(1, 'b', '1000'),
    ...zone(2, 'c', '1000'),
    ...zone(3, 'd', '1000'),
  });
  const asked: string[] = [];
  const release: (() => void)[] = [];
  const reader = new SensorReader(root, [findTemperatures], async (fd, buffer, file) => {
    asked.push(file.slice(file.indexOf('zone'), -'/temp'.length));
    if (release.length < 2) await new Promise<void>((resolve) => release.push(resolve));
    return atOnce(fd, buffer, file);
  });
  reader.look();
  await reader.read(at(0));
  await reader.read(at(2000));
  assert.equal(asked, ['zone0', 'zone1']);
  assert.equal(temperatures(reader), { a: null, b: null, c: null, d: null });
  for (const one of release) one();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await reader.read(at(4000));
  assert.equal(temperatures(reader), { a: null, b: null, c: 1, d: 1 });
  reader.close();
});

test('a device that fails is missing until it answers again', async () => {
  const root = tree(zone(0, 'chip', '40000'));
  let fails = false;
  const reader = new SensorReader(root, [findTemperatures], async (fd, buffer, file) => {
    if (fails) throw new Error('EIO');
    return atOnce(fd, buffer, file);
  });
  reader.look();
  await reader.read(at(0));
  assert.equal(temperatures(reader), { chip: 40 });
  fails = true;
  await reader.read(at(2000));
  assert.equal(temperatures(reader), { chip: null });
  fails = false;
  await reader.read(at(4000));
  assert.equal(temperatures(reader), { chip: 40 });
  reader.close();
});

test('a pipe in the place of a file is none, and nobody waits for it', async () => {
  const root = tree({ ...zone(0, 'pipe', '1'), ...zone(1, 'file', '44000') });
  const pipe = join(root, 'sys/class/thermal/thermal_zone0/temp');
  rmSync(pipe);
  assert.is(spawnSync('mkfifo', [pipe]).status, 0);
  const reader = new SensorReader(root, [findTemperatures]);
  reader.look();
  await reader.read(at(0));
  assert.equal(temperatures(reader), { pipe: null, file: 44 });
  reader.close();
});

test('two zones of one type are two readings, and numbers that cannot be true none', async () => {
  const root = tree({
    ...zone(0, 'acpitz', '30000'),
    ...zone(1, 'acpitz', '31000'),
    ...zone(2, 'off', '-256000'),
    ...zone(3, 'open', '127000'),
    ...zone(4, 'words', 'N/A'),
    ...zone(5, 'PMIC-Die', '100000'),
  });
  const reader = new SensorReader(root, [findTemperatures]);
  reader.look();
  await reader.read(at(0));
  assert.equal(temperatures(reader), { acpitz: 30, 'acpitz-2': 31, off: null, open: null, words: null });
  reader.close();
});

test('it can be closed in the middle of a reading', async () => {
  const root = tree(zone(0, 'slow', '40000'));
  let answer: () => void = () => undefined;
  const reader = new SensorReader(root, [findTemperatures], async (fd, buffer, file) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return atOnce(fd, buffer, file);
  });
  reader.look();
  const reading = reader.read(at(0));
  reader.close();
  answer();
  await reading;
  assert.equal(temperatures(reader), {});
});

test.run();
