import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { eventually, temporaryFolder } from '../temporary.js';

const pictures = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jpg'));

test('a running device keeps frames of its cameras in its store where it may, and none where it may not', async () => {
  const folder = temporaryFolder('device-diary');
  for (const enabled of [true, false]) {
    const dir = join(folder, String(enabled));
    const config = configSchema.parse({
      cameras: [{ id: 'sim', url: 'sim://road?traffic=rush&seed=3' }],
      mqtt: { broker: 'off' },
      http: { enabled: false },
      store: { dir },
      diary: { enabled, everyS: 1 },
    });
    let answered = 0;
    const runtime = new Runtime(config, silentLog, { onResult: () => answered++ });
    await runtime.start();
    if (enabled) await eventually('two frames', () => pictures(join(dir, 'diary')).length >= 2, 30_000);
    else await eventually('answers', () => answered >= 20, 30_000);
    await runtime.stop('stopped');
    if (!enabled) assert.not(readdirSync(dir).includes('diary'));
  }
});

test.run();
