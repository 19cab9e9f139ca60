import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NvidiaReader } from '../../../src/board/machine/nvidia-reader.js';
import { Retries } from '../../../src/foundation/backoff.js';
import { temporaryFolder } from '../../temporary.js';
import { tree } from './trees.js';

const folder = temporaryFolder('nvidia');
const LINE = '0, 37, 1024, 24576, 61, 148.32, 1905, 42, 0x0000000000000020';
let scripts = 0;

/** A program in the place of `nvidia-smi`: it writes down each start, with what it was asked. */
function fake(body: string) {
  const script = join(folder, `nvidia-smi-${scripts++}`);
  writeFileSync(script, `#!/bin/sh\necho "$$ $1" >>"${script}.started"\n${body}\n`);
  chmodSync(script, 0o755);
  const started = () =>
    existsSync(`${script}.started`) ? readFileSync(`${script}.started`, 'utf8').trimEnd().split('\n') : [];
  const root = tree({ 'proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07\n' });
  const retries = new Retries({ initialMs: 1000, maxMs: 4000 }, () => 1);
  const reader = new NvidiaReader(root, { command: [script], hangsMs: 10_000, retries });
  reader.look();
  return { reader, started, pids: () => started().map((line) => Number(line.split(' ')[0])) };
}

const at = (now: number) => ({ now, unixNow: now });
const load = (reader: NvidiaReader): (number | null)[] => [...reader.of('load')].map(({ value }) => value);

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds(), `${holds}`);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('one process tells for as long as it runs, each card by its number', async () => {
  const { reader, started } = fake(`echo "${LINE}"; echo "1, 4, 1, 2, 40, 30.1, 300, [N/A], 0x4"; exec sleep 60`);
  reader.read(at(0));
  await until(() => load(reader).length === 2);
  for (let s = 1; s < 6; s++) reader.read(at(s * 1000));
  assert.equal(load(reader), [37, 4]);
  assert.equal(
    [...reader.of('heat')].map(({ name, value }) => `${name} ${value}`),
    ['nvidia0 1', 'nvidia1 0'],
  );
  assert.equal(
    [...reader.of('rail-power')].map(({ value }) => value),
    [148.32, 30.1],
  );
  assert.is(started().length, 1);
  assert.is(reader.problem, null);
  reader.close();
});

test('what was told some time ago is no reading of now; closing ends the process', async () => {
  const { reader, pids } = fake(`echo "${LINE}"; exec sleep 60`);
  reader.read(at(0));
  await until(() => load(reader)[0] === 37);
  reader.read(at(8000));
  assert.equal(
    [...reader.of('load')].map(({ value, missing }) => [value, missing]),
    [[null, 'late']],
  );
  reader.close();
  await until(() => !lives(pids()[0]!));
  assert.equal(load(reader), []);
});

test('one that says nothing is ended and started again after a pause', async () => {
  const { reader, pids } = fake('exec sleep 60');
  reader.read(at(0));
  await until(() => pids().length === 1);
  reader.read(at(10_000));
  assert.is(lives(pids()[0]!), true);
  reader.read(at(10_001));
  assert.is(reader.problem, 'nvidia-smi said nothing for 10 s');
  await until(() => !lives(pids()[0]!));
  reader.read(at(10_500));
  assert.is(pids().length, 1);
  reader.read(at(11_001));
  await until(() => pids().length === 2);
  reader.close();
});

test('one that dies is started again after ever longer pauses, and says why it died', async () => {
  const { reader, started } = fake(
    'echo "NVIDIA-SMI has failed because it could not communicate with the driver." >&2; exit 9',
  );
  reader.read(at(0));
  const failure = 'nvidia-smi said: NVIDIA-SMI has failed because it could not communicate with the driver.';
  await until(() => reader.problem === failure);
  const startedAfter: number[] = [];
  for (let ms = 0; ms <= 8000; ms += 500) {
    const before = started().length;
    reader.read(at(ms));
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (started().length > before) startedAfter.push(ms);
  }
  assert.equal(startedAfter, [1000, 3000, 7000]);
  reader.close();
});

test('garbage, lines without an end and half lines are dropped, and what makes sense between them is taken', async () => {
  const { reader } = fake(
    `head -c 300000 /dev/zero | tr '\\0' 'x'; echo; head -c 5000 /dev/urandom; printf '\\n0, 3'; sleep 0.1; echo "7, 1024, 24576, 61, 148.32, 1905, 42, 0x20"; exec sleep 60`,
  );
  reader.read(at(0));
  await until(() => load(reader)[0] === 37);
  reader.close();
});

test('a driver that does not know a column is asked for the older name, at once', async () => {
  const { reader, started } = fake(
    `case "$1" in *clocks_event_reasons*) echo 'Field "clocks_event_reasons.active" is not a valid field to query.'; exit 2;; esac
     echo "${LINE}"; exec sleep 60`,
  );
  reader.read(at(0));
  await until(() => reader.problem !== null);
  await until(() => {
    reader.read(at(1));
    return started().length === 2;
  });
  await until(() => load(reader)[0] === 37);
  assert.match(started()[1]!, /fan\.speed,clocks_throttle_reasons\.active$/);
  reader.close();
});

test('without a driver nothing is started; without the program it is said', async () => {
  const none = new NvidiaReader(tree({}), { command: ['/no/such/nvidia-smi'] });
  none.look();
  none.read(at(0));
  assert.is(none.problem, null);
  const reader = new NvidiaReader(tree({ 'proc/driver/nvidia/version': 'x' }), { command: ['/no/such/nvidia-smi'] });
  reader.look();
  reader.read(at(0));
  await until(() => reader.problem === 'nvidia-smi cannot be started: spawn /no/such/nvidia-smi ENOENT');
  reader.close();
});

test.run();
