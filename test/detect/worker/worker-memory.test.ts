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

where(
  ready,
  'roadside-n model or /proc',
  test,
)('a worker with two threads grows by less than 1 MiB in 6000 pictures', async () => {
  const detector = new WorkerDetector({ deadlineMs: 10_000, loadDeadlineMs: 20_000 });
  const { input, session } = roadsideRequest();
  await detector.load(
    roadsideRequest({ input: { ...input, width: 64, height: 64 }, session: { ...session, intraOpThreads: 2 } }),
  );
  for (let i = 0; i < 6000; i++) await detector.detect([grey]);
  const before = anonymousKiB(detector.pid!);
  for (let i = 0; i < 6000; i++) await detector.detect([grey]);
  const grownKiB = anonymousKiB(detector.pid!) - before;
  await detector.close();
  assert.ok(grownKiB < 1024, `${grownKiB} KiB`);
});

test.run();
