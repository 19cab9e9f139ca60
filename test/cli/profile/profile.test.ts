import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProfileFlags } from '../../../src/cli/profile/flags.js';
import { type ProfileParts, profile } from '../../../src/cli/profile/profile.js';
import { ConfigError } from '../../../src/foundation/errors.js';
import { silentLog } from '../../../src/foundation/log.js';
import { sha256OfFile } from '../../../src/foundation/sha256.js';
import { formatManifest } from '../../../src/models/format-manifest.js';
import { writeModel } from '../../../src/onnx/model-file.js';
import { openDatabase } from '../../../src/store/database.js';
import { PROFILE_MIGRATIONS } from '../../../src/store/migrations.js';
import { needsModel } from '../../detect/roadside-request.js';
import { familyModel, SMALL } from '../../optimize/family-models.js';
import { has, needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('cli-profile');
const onDisk = needs('better-sqlite3', test);
const real = has('better-sqlite3') ? needsModel(test) : onDisk;

/** Two configurations of the smallest variant. */
const TINY: ProfileFlags = {
  model: 'roadside-n',
  variants: 'fp32-320x192',
  threads: '1',
  batch: '1,2',
  workers: '1',
  rounds: 2,
  window: 40,
  json: true,
};

const GREY = new Uint8Array(640 * 360 * 3).fill(114);

interface Printed {
  readonly ended: string;
  readonly known: number;
  readonly measured: number;
  readonly measurements: { variant: string; batch: number; p50Ms: number; imagesPerSecond: number; rssBytes: number }[];
  readonly front: { batch: number }[];
  readonly stale: { changed: string[] }[];
  readonly devices: { id: string; provider: string; cpu: string; cores: string }[];
}

/** Runs the command with a store of its own; its exit code and what it printed. */
async function run(
  store: string,
  flags: ProfileFlags,
  parts: ProfileParts = {},
): Promise<{ code: number; out: string }> {
  process.env['EDGE_STORE_DIR'] = join(folder, store);
  let out = '';
  const code = await profile(flags, { frames: [GREY], ...parts, write: (text) => void (out += text) }).finally(() => {
    delete process.env['EDGE_STORE_DIR'];
  });
  return { code, out };
}

const printed = ({ out }: { out: string }): Printed => JSON.parse(out) as Printed;

real('measures a real model in real workers, and prints it', async () => {
  const done = await run('tiny', TINY);
  assert.is(done.code, 0);
  const { ended, measured, measurements, front, devices } = printed(done);
  assert.equal({ ended, measured }, { ended: 'done', measured: 2 });
  assert.equal(
    measurements.map(({ variant, batch }) => [variant, batch]),
    [
      ['fp32-320x192', 1],
      ['fp32-320x192', 2],
    ],
  );
  for (const { p50Ms, imagesPerSecond, rssBytes } of measurements) {
    assert.ok(p50Ms > 0 && imagesPerSecond > 0 && rssBytes > 10_000_000);
  }
  assert.ok(front.length >= 1);
  assert.is(devices[0]!.provider, 'cpu');
});

real('what was measured is shown later without measuring', async () => {
  await run('shown', { ...TINY, batch: '1' });
  const again = printed(await run('shown', { ...TINY, batch: '1' }));
  assert.equal([again.known, again.measured], [1, 0]);
  const { code, out } = await run('shown', { ...TINY, show: true, json: false });
  assert.is(code, 0);
  assert.match(out, /^VARIANT +PROVIDER +THREADS +BATCH +WORKERS +P50 MS/);
  assert.match(out, /fp32-320x192 +cpu +1 +1 +1 /);
});

real('an interrupted profile is valid, and the same command goes on with it', async () => {
  const ending = new AbortController();
  const wide: ProfileFlags = { ...TINY, batch: '1,2,3,4,5,6', bruteForce: true, rounds: 1 };
  const first = printed(await run('resumed', wide, { signal: ending.signal, onKept: () => ending.abort() }));
  assert.equal([first.ended, first.measured, first.known], ['interrupted', 4, 4]);
  const second = printed(await run('resumed', wide));
  assert.equal([second.ended, second.measured, second.known], ['done', 2, 6]);
  assert.equal(second.measurements.map(({ batch }) => batch).sort(), [1, 2, 3, 4, 5, 6]);
});

real('a profile of a device that changed is stale, with what changed', async () => {
  const first = printed(await run('stale', { ...TINY, batch: '1' }));
  const file = join(folder, 'stale', 'profiles.db');
  const database = openDatabase({ file, migrations: PROFILE_MIGRATIONS, log: silentLog });
  const { fingerprint } = database.prepare('SELECT fingerprint FROM devices').get() as { fingerprint: string };
  const old = JSON.stringify({ ...JSON.parse(fingerprint), runtime: 'onnxruntime-node 1.0.0' });
  database.prepare('PRAGMA foreign_keys = OFF').run();
  database.prepare('UPDATE devices SET id = ?, fingerprint = ?').run('0123456789abcdef', old);
  database.prepare('UPDATE measurements SET device = ?').run('0123456789abcdef');
  database.close();
  const second = printed(await run('stale', { ...TINY, batch: '1' }));
  assert.equal([second.measured, second.known], [1, 1]);
  assert.is(second.devices[0]!.id, first.devices[0]!.id);
  assert.is(second.stale.length, 1);
  assert.match(second.stale[0]!.changed.join(), /^runtime: onnxruntime-node 1\.0\.0, now onnxruntime-node \d/);
});

real('a provider that this machine does not have is a failure with its reason', async () => {
  const { code, out } = await run('refused', { ...TINY, batch: '1', providers: 'dml' });
  assert.is(code, 1);
  const { failures } = JSON.parse(out) as { failures: { provider: string; failure: string }[] };
  assert.is(failures[0]!.provider, 'dml');
  assert.match(failures[0]!.failure, /has no dml/);
});

onDisk(
  'a model with a fixed batch and a CPU quota limit what is tried, all of which is measured, and that is said',
  async () => {
    const dir = await fixedBatchModel();
    const root = join(folder, 'quota');
    for (const [file, text] of [
      ['proc/self/cgroup', '0::/\n'],
      ['sys/fs/cgroup/cpu.max', '100000 100000\n'],
    ] as const) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    process.env['EDGE_MODEL_DIR'] = dir;
    const done = await run('fixed', { model: 'm', rounds: 1, window: 20, json: true }, { root }).finally(() => {
      delete process.env['EDGE_MODEL_DIR'];
    });
    const { measurements, notes, devices } = JSON.parse(done.out) as Printed & { notes: string[] };
    assert.equal(
      measurements.map(({ batch }) => batch),
      [1],
    );
    assert.match(devices[0]!.cores, /^\d+, quota 1\.00$/);
    assert.is(notes[0], 'm takes 1 picture at a time and no other number, says its file');
    if (availableParallelism() > 1) {
      assert.match(notes[1]!, /^a CPU quota allows 1\.00 of \d+ cores: threads times workers beyond 1 are not tried$/);
    }
  },
);

/** A registry with one small model. */
async function fixedBatchModel(): Promise<string> {
  const dir = join(folder, 'models');
  mkdirSync(join(dir, 'm'), { recursive: true });
  const file = join(dir, 'm', 'm.onnx');
  await writeModel(file, familyModel('roadside'));
  const [sha256, bytes] = [await sha256OfFile(file), statSync(file).size];
  const variant = {
    id: 'm',
    precision: 'fp32',
    ...SMALL,
    file: 'm.onnx',
    sha256,
    bytes,
    accuracy: null,
    madeBy: 'a test',
  };
  const manifest = {
    name: 'm',
    description: 'For tests.',
    family: 'roadside',
    licence: 'MIT',
    origin: 'a test',
    classes: ['car', 'truck'],
    input: { layout: 'nchw', type: 'float32', colour: 'rgb', ...SMALL },
    variants: [variant],
  };
  writeFileSync(join(dir, 'm', 'model.json'), formatManifest(manifest as Parameters<typeof formatManifest>[0]));
  return dir;
}

test('flags that are not right are told together', async () => {
  const flags = { threads: '0,x', batch: '1', providers: 'cpu,cudda', budget: '5 minutes' };
  const error = await profile(flags).catch((reason: unknown) => reason);
  assert.instance(error, ConfigError);
  assert.equal((error as ConfigError).problems, [
    '--providers: expected some of tensorrt, cuda, webgpu, coreml, qnn, dml, cpu, got "cudda"; did you mean cuda?',
    '--threads: expected whole numbers from 1 to 64, comma-separated, got "0,x"',
    '--budget: expected a time like 90s, 5m or 1h, got "5 minutes"',
  ]);
});

test.run();
