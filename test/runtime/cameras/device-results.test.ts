import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import type { EdgeError } from '../../../src/foundation/errors.js';
import { createLog } from '../../../src/foundation/log.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { DeviceResults } from '../../../src/runtime/cameras/device-results.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('device-results');

const result = (seq: number): FrameResult => ({
  camera: 'north',
  seq,
  capturedAt: 1_700_000_000_000,
  sceneMs: 0,
  sourceWidth: 640,
  sourceHeight: 360,
  detections: { count: 1, data: Float32Array.of(1.26, 2, 30, 40, 0.87654, 2) },
  origin: 'propagated',
  trackIds: Int32Array.of(7),
  ageMs: 120.4567,
  confidence: 0.98123,
  latencyMs: 12.3456,
  model: 'm',
  variant: 'v',
  provider: 'cpu',
});

function resultsIn(resultsFile?: string, tenant: string | null = null) {
  const told: string[] = [];
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line).msg) }, false);
  const alerts = {
    raise: (code: string, { message }: { message: string }) => told.push(`${code}: ${message}`),
    clear: (code: string) => told.push(`${code} cleared`),
  };
  const config = configSchema.parse({ output: resultsFile === undefined ? {} : { resultsFile } });
  const results = new DeviceResults(config, { alerts, ownerOf: () => tenant, log });
  const metrics = () => Object.fromEntries(results.metrics.map((row) => [row.name, [...row.read()][0]![1]]));
  return { results, told, lines, metrics };
}

test('writes a line per frame, after what the file holds already', async () => {
  const path = join(folder, 'results.jsonl');
  for (const seq of [0, 1]) {
    const { results, metrics } = resultsIn(path);
    await results.start();
    results.write(result(seq));
    await results.stop();
    assert.equal(metrics(), { results_failed: 0, results_lost: 0 });
  }
  const line = (seq: number) =>
    `{"camera":"north","seq":${seq},"capturedAt":1700000000000,"origin":"propagated","ageMs":120.5,"confidence":0.981,"latencyMs":12.35,"detections":[[1.3,2,30,40,0.877,2,7]]}`;
  assert.is(readFileSync(path, 'utf8'), `${line(0)}\n${line(1)}\n`);
});

test('says what to do where the file cannot be opened', async () => {
  let thrown: unknown;
  await resultsIn(join(folder, 'no/such/folder.jsonl'))
    .results.start()
    .catch((error: unknown) => (thrown = error));
  assert.is((thrown as EdgeError).code, 'E_OUTPUT');
  assert.match((thrown as EdgeError).message, /name a file in a folder that exists and is writable/);
});

test('without a file nothing is written, and there is nothing to measure', async () => {
  const { results, metrics } = resultsIn();
  await results.start();
  results.write(result(0));
  await results.stop();
  assert.is(results.lost, 0);
  assert.equal(metrics(), { results_failed: null, results_lost: null });
});

if (existsSync('/dev/full')) {
  test('a full disk is a log line, a metric and an alert at once', async () => {
    const { results, told, lines, metrics } = resultsIn('/dev/full');
    await results.start();
    for (let seq = 0; seq < 3; seq++) results.write(result(seq));
    await results.stop();
    assert.is(results.lost, 3);
    assert.equal(metrics(), { results_failed: 1, results_lost: 3 });
    assert.equal(lines, ['results are lost: detecting goes on, and writing is tried again']);
    assert.is(told.length, 1);
    assert.match(
      told[0]!,
      /^results-failed: results cannot be written to \/dev\/full \(ENOSPC: .*\), those until then/,
    );
  });
} else console.log('SKIPPED (no /dev/full here): a full disk is a log line, a metric and an alert at once');

test('a line of a tenant’s camera names the tenant', async () => {
  const path = join(folder, 'harbour.jsonl');
  const { results } = resultsIn(path, 'harbour');
  await results.start();
  results.write(result(0));
  await results.stop();
  assert.match(readFileSync(path, 'utf8'), /^\{"camera":"north","tenant":"harbour","seq":0,/);
});

test.run();
