import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { temporaryFolder } from '../temporary.js';
import { besidesTheMachine, edgeOptimizer, jsonLines, startEdgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const folder = temporaryFolder('run');
const quiet = ['--no-http', '--log-level', 'warn'];
/** Painted in a quarter of the time, for what is not about pictures. */
const SMALL = 'width=320&height=180';

/** A start that is refused: by what decides so, in this process. */
const refused = (args: readonly string[]) => edgeOptimizerHere(args, { EDGE_STORE_DIR: join(folder, 'store') });

/** Of the default model on this machine: the int8 one needs a processor for it. */
async function defaultVariant(): Promise<string> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  return (await registry.find('roadside-n')).variant.id;
}

test('detects vehicles of a simulated camera, writes an annotated preview as a JPEG and ends its JSON lines with a summary', async () => {
  const results = join(folder, 'results.jsonl');
  const { code, stdout, stderr } = await edgeOptimizer([
    'run',
    '--source',
    'sim://road?traffic=rush&seed=5',
    '--pace',
    'fast',
    '--frames',
    '60',
    '--json',
    '--results',
    results,
    '--preview',
    join(folder, 'preview-{camera}.jpg'),
    ...quiet,
  ]);
  assert.is(code, 0, stderr);
  assert.equal([...readFileSync(join(folder, 'preview-sim.jpg')).subarray(0, 2)], [0xff, 0xd8]);
  const summary = jsonLines(stdout).at(-1)!;
  assert.is(summary['type'], 'summary');
  assert.is(summary['model'], 'roadside-n');
  assert.is(summary['variant'], await defaultVariant());
  assert.is(summary['provider'], 'cpu');
  const { origins } = summary['answering'] as { origins: Record<string, number> };
  const answered = Object.values(origins).reduce((sum, count) => sum + count, 0);
  assert.ok(answered >= 60);
  assert.is(origins['inferred'], summary['inferred']);
  assert.ok((summary['inferred'] as number) < answered, `${JSON.stringify(origins)}: every frame was inferred`);
  assert.ok((summary['vehiclesSeen'] as number) > 0);

  const lines = jsonLines(readFileSync(results, 'utf8'));
  assert.is(lines.length, 60);
  assert.equal(Object.keys(lines[0]!), [
    'camera',
    'seq',
    'capturedAt',
    'origin',
    'ageMs',
    'confidence',
    'latencyMs',
    'detections',
  ]);
  assert.is(lines[0]!['origin'], 'inferred');
  assert.equal(
    lines.map((line) => line['seq']),
    Array.from({ length: 60 }, (_, i) => i),
  );
  const boxes = lines.flatMap((line) => line['detections'] as number[][]);
  assert.ok(boxes.length > 60, `${boxes.length} boxes on 60 frames of rush hour`);
  for (const [x1, y1, x2, y2, score, cls] of boxes as [number, number, number, number, number, number][]) {
    assert.ok(x1 >= 0 && y1 >= 0 && x2 <= 640 && y2 <= 360 && x1 < x2 && y1 < y2, `box ${[x1, y1, x2, y2]}`);
    assert.ok(score >= 0.35 && score <= 1);
    assert.ok(Number.isInteger(cls) && cls >= 0 && cls <= 5);
  }
});

test('ends with exit code 2 and every problem of the configuration', async () => {
  const file = join(folder, 'broken.yaml');
  writeFileSync(
    file,
    'site: demo\nmodle:\n  name: x\nmqtt:\n  keepaliveS: 1\ncameras:\n  - id: a b\n    url: sim://road\n',
  );
  const { code, stderr } = await refused(['run', '--config', file]);
  assert.is(code, 2);
  assert.match(stderr, /modle: .*did you mean model/);
  assert.match(stderr, /mqtt\.keepaliveS: expected/);
  assert.match(stderr, /cameras\.0\.id: expected/);
});

test('says what to do when no camera is named', async () => {
  const { code, stderr } = await refused(['run']);
  assert.is(code, 2);
  assert.match(stderr, /--source/);
});

test('says which file does not exist', async () => {
  const { code, stderr } = await refused(['run', '--source', 'no/such/clip.mp4', ...quiet]);
  assert.is(code, 2);
  assert.match(stderr, /cameras\.0\.url: expected a file that can be read/);
  assert.match(stderr, /no\/such\/clip\.mp4/);
});

test('an unknown model is an error that names the known ones', async () => {
  const { code, stderr } = await refused(['run', '--source', 'sim://road', '--model', 'roadside-m', ...quiet]);
  assert.is(code, 2);
  assert.match(stderr, /model\.name: expected a model in .*, got "roadside-m"; did you mean roadside-n\?/);
});

test('ends quietly when nobody reads its output any more', async () => {
  const args = ['run', '--source', `sim://road?traffic=rush&${SMALL}`, '--pace', 'fast', '--json', ...quiet];
  const { child, ended } = startEdgeOptimizer(args);
  child.stdout.once('data', () => child.stdout.destroy());
  const { code, stderr } = await ended;
  assert.is(code, 0);
  assert.is(besidesTheMachine(stderr), '');
});

test('a signal ends the run with its summary, and nothing is lost on the way to the results file', async () => {
  const results = join(folder, 'interrupted.jsonl');
  const args = [
    'run',
    '--source',
    `sim://road?traffic=rush&${SMALL}`,
    '--pace',
    'fast',
    '--json',
    '--results',
    results,
    ...quiet,
  ];
  const { child, ended } = startEdgeOptimizer(args);
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const { code, stdout } = await ended;
  assert.is(code, 0);
  const summary = jsonLines(stdout).at(-1)!;
  assert.is(summary['type'], 'summary');
  const { origins } = summary['answering'] as { origins: Record<string, number> };
  const answered = Object.values(origins).reduce((sum, count) => sum + count, 0);
  assert.is(jsonLines(readFileSync(results, 'utf8')).length, answered);
});

test('says that the program of detector.command is not there', async () => {
  const file = join(folder, 'no-worker.yaml');
  writeFileSync(file, 'detector:\n  command: [no-such-worker]\ncameras:\n  - id: a\n    url: sim://road\n');
  const { code, stderr } = await refused(['run', '--config', file, ...quiet]);
  assert.is(code, 2);
  assert.match(
    stderr,
    /detector\.command: expected a program to run, got no-such-worker, which is in no folder of PATH/,
  );
});

test('a detector that dies at its start, and a camera that does not answer, are nothing permanent: exit code 1 or 0', async () => {
  const file = join(folder, 'dying.yaml');
  writeFileSync(
    file,
    'detector:\n  command: ["false"]\ncameras:\n  - id: a\n    url: sim://road?width=320&height=180\n',
  );
  const dying = await edgeOptimizer(['run', '--config', file, ...quiet]);
  assert.is(dying.code, 1, dying.stderr);
  assert.match(dying.stderr, /E_DETECTOR/);
  const away = await edgeOptimizer(['run', '--source', 'http://127.0.0.1:9/a.jpg', '--duration', '1', ...quiet]);
  assert.is(away.code, 0, away.stderr);
});

test('refuses a duration that no timer can hold', async () => {
  const { code, stderr } = await edgeOptimizer(['run', '--source', 'sim://road', '--duration', '1e8', ...quiet]);
  assert.is(code, 2);
  assert.match(stderr, /--duration <s>.*from 0\.1 to 2147483/);
});

const clips = join(PROJECT_ROOT, '../shared/clips');
if (existsSync(clips)) {
  test('detects vehicles on every clip of real footage', async () => {
    const names = readdirSync(clips).sort();
    const { code, stdout, stderr } = await edgeOptimizer([
      'run',
      ...names.flatMap((name) => ['--source', join(clips, name)]),
      '--pace',
      'fast',
      '--max-fps',
      '1',
      '--json',
      ...quiet,
    ]);
    assert.is(code, 0, stderr);
    const { cameras } = jsonLines(stdout).at(-1)! as { cameras: { id: string; vehiclesSeen: number }[] };
    assert.is(cameras.length, names.length);
    for (const { id, vehiclesSeen } of cameras) assert.ok(vehiclesSeen > 0, `none on ${id}`);
  });
} else {
  console.log('SKIPPED (no shared clips here): detects vehicles on real footage');
}

test.run();
