import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerDetector, type WorkerDetectorOptions } from '../../../src/detect/host/worker-detector.js';
import { DetectorError, ModelError } from '../../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { lossCause } from '../../../src/frame/loss-cause.js';
import { has } from '../../optional.js';
import { endWithTests, eventually, temporaryFolder } from '../../temporary.js';
import { detectorContract } from '../detector-contract.js';
import { GREY, needsModel, ROADSIDE_FILE, roadsideRequest } from '../roadside-request.js';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures');
const folder = temporaryFolder('worker-detector');
const withModel = needsModel(test);
/** Any file will do for workers that do not read it. */
const anyFile = roadsideRequest({ file: join(PROJECT_ROOT, 'package.json') });

function open(options: Partial<WorkerDetectorOptions> = {}): WorkerDetector {
  return new WorkerDetector({ deadlineMs: 10_000, loadDeadlineMs: 20_000, ...options });
}

function scripted(misbehaviour: string, options: Partial<WorkerDetectorOptions> = {}): WorkerDetector {
  return open({ command: [process.execPath, join(FIXTURES, 'scripted_worker.mjs'), misbehaviour], ...options });
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function failure(promise: Promise<unknown>): Promise<DetectorError> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, DetectorError);
    return error as DetectorError;
  }
  throw new Error('expected a DetectorError');
}

if (ROADSIDE_FILE) detectorContract(test, 'built-in worker', () => open(), roadsideRequest());
else console.log('SKIPPED (no roadside-n model here): detector contract of the built-in worker');

detectorContract(test, 'scripted worker', () => scripted('good'), anyFile);

if (has('python3')) {
  const command = ['python3', join(FIXTURES, 'fixed_boxes_worker.py')];
  detectorContract(test, 'plain Python worker', () => open({ command }), anyFile);
} else console.log('SKIPPED (no python3 here): detector contract of the plain Python worker');

test('a model that the worker may load next time is no permanent error', async () => {
  const detector = scripted('is-busy-at-load');
  const error = await detector.load(anyFile).catch((thrown: unknown) => thrown as ModelError);
  assert.instance(error, ModelError);
  assert.is((error as ModelError).permanent, false);
  await detector.close();
});

withModel('the built-in worker tells how much memory it uses', async () => {
  const detector = open();
  await detector.load(roadsideRequest());
  assert.is(detector.rssBytes, null);
  await detector.detect([GREY]);
  assert.ok(detector.rssBytes! > 10_000_000, `${detector.rssBytes} bytes`);
  await detector.close();
});

withModel('more pictures at a time than the shared file has places for are answered as one by one', async () => {
  const detector = open();
  const request = roadsideRequest();
  await detector.load({ ...request, scoreThresholds: request.scoreThresholds.map(() => 0.001) });
  const pictures = Array.from({ length: 8 }, (_, n) => {
    const data = GREY.data.slice();
    for (let i = 0; i < data.length; i++) data[i] = (i * (n + 3)) % 251;
    return { ...GREY, data };
  });
  const together = await Promise.all(pictures.map((picture) => detector.detect([picture])));
  const boxes = together.map(({ detections }) => [...detections[0]!.data]);
  assert.is(new Set(boxes.map(String)).size, 8);
  for (const [n, picture] of pictures.entries()) {
    assert.equal([...(await detector.detect([picture])).detections[0]!.data], boxes[n]);
  }
  await detector.close();
});

withModel('another model can be loaded into the same worker', async () => {
  const detector = open();
  await detector.load(roadsideRequest());
  const request = roadsideRequest();
  await detector.load({ ...request, input: { ...request.input, width: 96, height: 64 }, batchSizes: [1] });
  const reply = await detector.detect([{ width: 96, height: 64, data: new Uint8Array(96 * 64 * 3) }]);
  assert.is(reply.detections.length, 1);
  assert.is(lossCause(await failure(detector.detect([GREY]))), 'refused');
  await detector.close();
});

withModel('a load that fails leaves the model that was there', async () => {
  const detector = open();
  await detector.load(roadsideRequest());
  await detector.load(roadsideRequest({ sha256: '00' })).catch(() => undefined);
  assert.is((await detector.detect([GREY])).detections.length, 1);
  await detector.close();
});

withModel('a worker behind a Unix socket serves like a child', async () => {
  const socket = join(folder, 'detector.sock');
  const children: ChildProcess[] = [];
  const workerFile = fileURLToPath(new URL('../../../src/detect/worker/worker.js', import.meta.url));
  const server: Server = createServer({ pauseOnConnect: true }, (connection) => {
    children.push(
      endWithTests(spawn(process.execPath, [workerFile], { stdio: ['ignore', 'ignore', 'inherit', connection] })),
    );
    connection.destroy();
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const detector = open({ socket });
  await detector.load(roadsideRequest());
  assert.is(detector.pid, null);
  assert.is((await detector.detect([GREY])).detections.length, 1);
  await detector.close();
  await eventually('the worker ends with its connection', () => children[0]?.exitCode === 0);
  server.close();
});

test('a socket nobody listens on is a crash that names it', async () => {
  const error = await failure(open({ socket: join(folder, 'nobody.sock') }).start());
  assert.is(lossCause(error), 'crashed');
  assert.match(error.message, /nobody\.sock ended: nobody listens there: is the detector running\? .*ENOENT/);
});

test('a command that does not exist is named', async () => {
  const error = await failure(open({ command: ['/no/such/program'] }).start());
  assert.match(error.message, /detector worker \/no\/such\/program ended: there is no such program .*ENOENT/);
});

test('pictures for which there is no memory are lost for that, and the worker lives on', async () => {
  const detector = scripted('no-memory-on-detect');
  await detector.load(anyFile);
  const error = await failure(detector.detect([GREY]));
  assert.is(lossCause(error), 'memory');
  assert.match(error.message, /Failed to allocate memory/);
  await detector.ping();
  await detector.close();
});

test('a worker that ends for want of memory is told from one that crashes', async () => {
  const detector = scripted('bad-alloc-on-detect');
  await detector.load(anyFile);
  const error = await failure(detector.detect([GREY]));
  assert.is(lossCause(error), 'memory');
  assert.match(error.message, /killed by SIGABRT; its last words: .*std::bad_alloc/);
});

test('a worker killed by somebody is no worker that lacked memory', async () => {
  const detector = scripted('hangs-on-detect');
  await detector.load(anyFile);
  const lost = failure(detector.detect([GREY]));
  process.kill(detector.pid!, 'SIGKILL');
  assert.is(lossCause(await lost), 'crashed');
});

test('a crash rejects every frame in flight with the exit code and the last words', async () => {
  const detector = scripted('dies-on-detect');
  await detector.load(anyFile);
  const lost = await Promise.all([1, 2, 3].map(() => failure(detector.detect([GREY]))));
  assert.equal(lost.map(lossCause), ['crashed', 'crashed', 'crashed']);
  assert.is(lost[0]?.context['exitCode'], 7);
  assert.match(lost[0]!.message, /exit code 7; its last words: a native crash, for instance/);
});

test('a killed worker is reported with its signal', async () => {
  const detector = scripted('hangs-on-detect');
  await detector.load(anyFile);
  const lost = failure(detector.detect([GREY]));
  process.kill(detector.pid!, 'SIGKILL');
  assert.is((await lost).context['signal'], 'SIGKILL');
});

test('a worker that does not answer in time is stuck and is killed', async () => {
  const detector = scripted('hangs-on-detect', { deadlineMs: 100 });
  await detector.load(anyFile);
  const error = await failure(detector.detect([GREY]));
  assert.is(lossCause(error), 'stuck');
  assert.match(error.message, /did not answer within 100 ms/);
  await eventually('the process is gone', () => !exists(detector.pid!));
});

test('a worker that is being ended is not usable any more, though its process may still be there', async () => {
  const detector = scripted('good');
  await detector.load(anyFile);
  assert.is(detector.usable, true);
  detector.kill('stuck', 'for the test');
  assert.is(detector.usable, false);
  assert.is(lossCause(await failure(detector.detect([GREY]))), 'stuck');
  await eventually('the process is gone', () => !exists(detector.pid!));
});

test('a worker that never says hello is stuck', async () => {
  const error = await failure(scripted('silent', { loadDeadlineMs: 300 }).start());
  assert.is(lossCause(error), 'stuck');
});

for (const [misbehaviour, reason] of [
  ['prints-on-stream', /is something else printing/],
  ['other-version', /version 2 of the worker protocol/],
] as const) {
  test(`a worker that ${misbehaviour} is ended with the reason`, async () => {
    const error = await failure(scripted(misbehaviour).start());
    assert.is(lossCause(error), 'protocol');
    assert.match(error.message, reason);
  });
}

for (const [misbehaviour, reason] of [
  ['wrong-id', /with id 1002; expected type 131 with id 2/],
  ['endless-payload', /payload of 4294967295 bytes/],
] as const) {
  test(`a worker with ${misbehaviour} is ended with the reason`, async () => {
    const detector = scripted(misbehaviour);
    await detector.load(anyFile);
    const error = await failure(detector.detect([GREY]));
    assert.is(lossCause(error), 'protocol');
    assert.match(error.message, reason);
    await eventually('the process is gone', () => !exists(detector.pid!));
  });
}

for (const misbehaviour of ['class-too-high', 'score-of-percent', 'peak-of-percent', 'detect-without-scores']) {
  test(`a worker with ${misbehaviour} loses those pictures only: starting it again would not change its model`, async () => {
    const detector = scripted(misbehaviour);
    await detector.load(anyFile);
    const error = await failure(detector.detect([GREY]));
    assert.is(lossCause(error), 'refused');
    assert.match(error.message, /impossible box|no scores/);
    await detector.ping();
    await detector.close();
  });
}

test('a score that rounding brought above 1 is 1', async () => {
  const detector = scripted('score-above-one');
  await detector.load(anyFile);
  const { detections, peakScores } = await detector.detect([GREY]);
  assert.is(detections[0]!.data[4], 1);
  assert.equal(peakScores, [1]);
  await detector.close();
});

test('the highest score of each picture is told, null by a worker that does not', async () => {
  const detector = scripted('good');
  await detector.load(anyFile);
  assert.equal((await detector.detect([GREY, GREY])).peakScores, [null, null]);
  await detector.close();
});

for (const misbehaviour of ['peaks-too-few', 'peaks-of-words']) {
  test(`a worker with ${misbehaviour} is ended with the reason`, async () => {
    const detector = scripted(misbehaviour);
    await detector.load(anyFile);
    const error = await failure(detector.detect([GREY]));
    assert.is(lossCause(error), 'protocol');
    assert.match(error.message, /peakScores must be 1 number\(s\) or null/);
  });
}

test('a worker that outlives its stream is killed with its whole group', async () => {
  const script = `${process.execPath} ${join(FIXTURES, 'scripted_worker.mjs')} outlives-host & wait`;
  const detector = open({ command: ['sh', '-c', script] });
  const hello = await detector.start();
  assert.is.not(hello.pid, detector.pid);
  await detector.close();
  await eventually('the grandchild is gone', () => !exists(hello.pid));
});

test('the environment of the configuration reaches the worker', async () => {
  const script = 'echo "warning: LD_LIBRARY_PATH is $LD_LIBRARY_PATH" >&2; exit 3';
  const warnings: string[] = [];
  const log = { debug: () => undefined, warn: (text: string) => warnings.push(text) } as never;
  await failure(open({ command: ['sh', '-c', script], env: { LD_LIBRARY_PATH: '/opt/lib' }, log }).start());
  assert.equal(warnings, ['LD_LIBRARY_PATH is /opt/lib']);
});

withModel('the built-in worker ends when its host is killed', async () => {
  const program = `
    const { WorkerDetector } = await import(${JSON.stringify(new URL('../../../src/detect/host/worker-detector.js', import.meta.url).href)});
    const detector = new WorkerDetector({ deadlineMs: 1000, loadDeadlineMs: 20000 });
    console.log((await detector.start()).pid);`;
  const host = endWithTests(
    spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const pid = await new Promise<number>((resolve) => host.stdout.once('data', (text) => resolve(Number(text))));
  assert.ok(exists(pid));
  host.kill('SIGKILL');
  await eventually('the worker is gone', () => !exists(pid));
});

test.run();
