import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BENCHMARKS } from '../../../bench/benchmarks.js';
import { missingRows, partialBecauseOf, publish } from '../../../bench/harness/publish.js';
import {
  type RunRecord,
  readRecord,
  recordFile,
  recordOf,
  runningFolder,
  writeRun,
} from '../../../bench/harness/record.js';
import type { Row } from '../../../bench/harness/report.js';
import { temporaryFolder } from '../../temporary.js';

const run = (rows: readonly Row[]): RunRecord => recordOf({ name: 'speed', rows, goals: [] }, []);

const folders = () => {
  const folder = temporaryFolder('bench-publish');
  return [{ path: join(folder, 'plain') }, { path: join(folder, 'published') }] as const;
};

test('a run of the defaults may be published', () => {
  for (const benchmark of Object.values(BENCHMARKS)) assert.equal(partialBecauseOf(benchmark, []), []);
});

test('an option that narrows a run is named', () => {
  const [kpi, models] = [BENCHMARKS['kpi']!, BENCHMARKS['models']!];
  assert.equal(partialBecauseOf(kpi, ['--only', 'sim-rush', '--curve']), ['--only']);
  assert.equal(partialBecauseOf(kpi, ['--clips=elsewhere', '--seconds', '2']), ['--clips', '--seconds']);
  assert.equal(partialBecauseOf(models, ['--quick', '--python', 'python3.12']), ['--quick']);
});

test('more rounds than usual may be published, fewer may not', () => {
  const pipeline = BENCHMARKS['pipeline']!;
  assert.equal(partialBecauseOf(pipeline, ['--rounds', '9']), []);
  assert.equal(partialBecauseOf(pipeline, ['--rounds=1']), ['--rounds 1 (less than 5)']);
});

test('what a run does by itself may be asked for: no benchmark publishes with less than that only where it is named', () => {
  for (const name of ['kpi', 'truth', 'live']) {
    assert.equal(partialBecauseOf(BENCHMARKS[name]!, ['--rounds', '1']), [], name);
  }
  assert.equal(partialBecauseOf(BENCHMARKS['cameras']!, ['--settle', '8', '--seconds', '40']), [
    '--settle 8 (less than 30)',
  ]);
});

test('a row is missing where nothing has its name, and where its contender failed', () => {
  const published = run([
    { model: 'n', variant: 'int8', fps: 10 },
    { model: 's', variant: 'int8', fps: 5 },
    { model: 'x', variant: 'fp32', fps: 1 },
  ]);
  const now = run([
    { model: 'n', variant: 'int8', fps: 11 },
    { model: 's', variant: 'int8', fps: null, failed: 'it answered no frame' },
  ]);
  assert.equal(missingRows(now, published), ['s, int8', 'x, fp32']);
});

test('published are the figures and the charts of the run, and nothing of the earlier ones', () => {
  const [plain, published] = folders();
  mkdirSync(join(published.path, 'speed'), { recursive: true });
  writeFileSync(join(published.path, 'speed/gone.svg'), 'earlier');
  const folder = runningFolder(plain, 'speed');
  writeFileSync(join(folder, 'a.svg'), 'chart');
  writeRun(plain, run([]), folder);
  assert.equal(publish(run([{ case: 'a', fps: 10 }]), plain, published), []);
  assert.equal(readRecord(recordFile(published, 'speed'))!.rows, [{ case: 'a', fps: 10 }]);
  assert.is(readFileSync(join(published.path, 'speed/a.svg'), 'utf8'), 'chart');
  assert.not(existsSync(join(published.path, 'speed/gone.svg')));
});

test('what a run leaves is in place of the run before only once it is over, and nobody sees half of the figures', () => {
  const [plain] = folders();
  const first = runningFolder(plain, 'speed');
  writeFileSync(join(first, 'a.svg'), 'first');
  writeRun(plain, run([{ case: 'a', fps: 10 }]), first);
  writeFileSync(join(runningFolder(plain, 'speed'), 'a.svg'), 'interrupted');
  assert.is(readFileSync(join(plain.path, 'speed/a.svg'), 'utf8'), 'first');
  const reading = openSync(recordFile(plain, 'speed'), 'r');
  writeRun(plain, run([{ case: 'a', fps: 20 }]), runningFolder(plain, 'speed'));
  assert.match(readFileSync(reading, 'utf8'), '"fps": 10');
  closeSync(reading);
  assert.is(readRecord(recordFile(plain, 'speed'))!.rows[0]!['fps'], 20);
  assert.not(existsSync(join(plain.path, 'speed')), 'it left no files');
});

test('published figures with a row that the run lacks stay as they are', () => {
  const [plain, published] = folders();
  publish(
    run([
      { case: 'a', fps: 10 },
      { case: 'b', fps: 20 },
    ]),
    plain,
    published,
  );
  assert.equal(publish(run([{ case: 'a', fps: 30 }]), plain, published), ['b']);
  assert.is(readRecord(recordFile(published, 'speed'))!.rows[0]!['fps'], 10);
});

test('a record says with which arguments, on what and of which commit it was measured', () => {
  const record = recordOf({ name: 'speed', rows: [], goals: [] }, ['--quick']);
  assert.equal(record.args, ['--quick']);
  assert.is(record.machine['node'], process.versions.node);
  assert.match(record.versions!['onnxruntime-node']!, /^\d+\.\d+\.\d+$/);
  assert.match(record.at, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.ok(record.commit === null || /^[0-9a-f]+(\+changes)?$/.test(record.commit!));
});

test('no file is no record, and a damaged one says so', () => {
  const [folder] = folders();
  assert.is(readRecord(recordFile(folder, 'speed')), null);
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(recordFile(folder, 'speed'), '{"name":');
  assert.throws(() => readRecord(recordFile(folder, 'speed')), /cannot read the figures in .*speed\.json: /);
});

test.run();
