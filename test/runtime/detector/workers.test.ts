import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import { Workers } from '../../../src/runtime/detector/workers.js';
import { roadsideRequest } from '../../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('workers');
const script = join(PROJECT_ROOT, 'test/fixtures/scripted_worker.mjs');
const anyFile = roadsideRequest({ file: join(PROJECT_ROOT, 'package.json') });

/** Workers whose provider is `none` until one is killed and comes back: that one's is `cpu`. */
async function restarted(count: number): Promise<Workers> {
  const lives = join(folder, `lives-${count}`);
  const command = [process.execPath, script, 'other-provider-later', lives];
  const { detector, schedule } = configSchema.parse({ detector: { workers: count, command } });
  let changes = 0;
  const pools = [{ name: 'default', request: anyFile, detector }];
  const workers = new Workers({ pools, schedule, log: silentLog, onChange: () => changes++ });
  assert.is(workers.info, null);
  assert.is((await workers.start()).provider, 'none');
  const [first] = workers.states;
  if (first?.kind !== 'ready') throw new Error(`no worker: ${first?.kind}`);
  const before = changes;
  writeFileSync(lives, '10');
  process.kill(first.pid!, 'SIGKILL');
  await eventually('another worker serves', () => changes > before && workers.states[0]!.kind === 'ready');
  return workers;
}

test('a provider is told as it was found after the restart, not as it was before', async () => {
  const workers = await restarted(1);
  assert.is(workers.info!.provider, 'cpu');
  await workers.stop();
});

test('where workers found different providers all are told', async () => {
  const workers = await restarted(2);
  assert.is(workers.info!.provider, 'cpu+none');
  await workers.stop();
});

const gate = join(folder, 'driver-is-up');
const lateWorker = ['sh', '-c', `test -e '${gate}' && exec '${process.execPath}' '${script}' good`];

/** Two pools of one worker each, the second of which cannot start before its gate is open. */
function twoPools(): Workers {
  const { detector, schedule } = configSchema.parse({ detector: { slowRetryMs: 100, restartsPerMinute: 1 } });
  const pools = [
    { name: 'sure', request: anyFile, detector: { ...detector, command: [process.execPath, script, 'good'] } },
    { name: 'late', request: anyFile, detector: { ...detector, command: lateWorker } },
  ];
  return new Workers({ pools, schedule, log: silentLog, onChange: () => undefined });
}

test('a pool that cannot start is named, left out while another serves, and comes in when it can', async () => {
  const workers = twoPools();
  await workers.start();
  await eventually('the late pool is left out', () => workers.states[1]!.kind === 'unhealthy');
  const state = workers.states[1]!;
  assert.match('reason' in state ? state.reason : '', /^pool late: .*exit code 1/);
  assert.is(workers.states[0]!.kind, 'ready');
  assert.equal(workers.pools, ['sure', 'late']);
  writeFileSync(gate, '');
  await eventually('the late pool serves', () => workers.states[1]!.kind === 'ready');
  await workers.stop();
});

test('where no pool can start, the start fails and says why of each', async () => {
  const { detector, schedule } = configSchema.parse({ detector: { restartsPerMinute: 1 } });
  const pools = ['one', 'two'].map((name) => ({
    name,
    request: anyFile,
    detector: { ...detector, command: ['sh', '-c', `echo no ${name} here >&2; exit 1`] },
  }));
  const workers = new Workers({ pools, schedule, log: silentLog, onChange: () => undefined });
  const message = await workers.start().then(
    () => 'started',
    (error: Error) => error.message,
  );
  assert.match(message, /^no pool can start: /);
  assert.match(message, /no one here/);
  assert.match(message, /no two here/);
  await workers.stop();
});

test.run();
