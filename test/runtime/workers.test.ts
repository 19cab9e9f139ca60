import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { Workers } from '../../src/runtime/workers.js';
import { roadsideRequest } from '../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../temporary.js';

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

test.run();
