import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerDetector } from '../../../src/detect/host/worker-detector.js';
import { where } from '../../optional.js';
import { ROADSIDE_FILE, roadsideRequest } from '../roadside-request.js';

const ready = ROADSIDE_FILE !== null && existsSync('/proc/self/status');
const grey = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(114) };

function anonymousKiB(pid: number): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

/** Pictures before the first window: a leak of ONNX Runtime's first fills a buffer that it has anyway, for some 7000. */
const SETTLING = 8000;
const WINDOWS = 10;
const WINDOW = 400;

where(
  ready,
  'roadside-n model or /proc',
  test,
)('a worker with two threads does not grow with every picture', async () => {
  const detector = new WorkerDetector({ deadlineMs: 10_000, loadDeadlineMs: 20_000 });
  const { input, session } = roadsideRequest();
  await detector.load(
    roadsideRequest({ input: { ...input, width: 64, height: 64 }, session: { ...session, intraOpThreads: 2 } }),
  );
  for (let i = 0; i < SETTLING; i++) await detector.detect([grey]);
  const grown: number[] = [];
  for (let w = 0; w < WINDOWS; w++) {
    const before = anonymousKiB(detector.pid!);
    for (let i = 0; i < WINDOW; i++) await detector.detect([grey]);
    grown.push(((anonymousKiB(detector.pid!) - before) * 1024) / WINDOW);
  }
  await detector.close();
  // a heap grows by steps, more or larger ones beside other work; a leak (350 bytes a picture once) grows in every window
  const lowerQuartile = grown.toSorted((a, b) => a - b)[Math.floor(WINDOWS / 4)]!;
  assert.ok(lowerQuartile < 150, `bytes per picture in ${WINDOWS} windows: ${grown.map(Math.round).join(', ')}`);
});

test.run();
