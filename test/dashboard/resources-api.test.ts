import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ResourcesReply, resourcesRoutes } from '../../src/dashboard/api/resources.js';
import { silentLog } from '../../src/foundation/log.js';
import { OPERATOR } from '../../src/foundation/viewer.js';
import { resourcesPort } from '../../src/runtime/dashboard/resources.js';
import { DeviceMachine } from '../../src/runtime/machine/device-machine.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';
import { ProcessMetrics } from '../../src/telemetry/metrics/process-metrics.js';
import { PLAIN_REQUEST } from '../http/request.js';
import { temporaryFolder } from '../temporary.js';
import { writeDays } from './days.js';

const folder = temporaryFolder('resources-api');
const days = writeDays(folder, 2);
const machine = new DeviceMachine(
  { monitor: { intervalS: 1 }, store: { dir: folder } },
  { metrics: new Metrics(), log: silentLog },
);
const processes = new ProcessMetrics();
test.after(() => {
  days.close();
  machine.stop();
  processes.stop();
});

test('how the machine is, what is left of it by the last hour, and which sensors are missing', async () => {
  await machine.machine.read();
  processes.read();
  const [route] = resourcesRoutes(resourcesPort({ machine, processes, reader: days.series.reader, now: days.now }));
  const { body } = await route!.handle(new URLSearchParams(), OPERATOR, PLAIN_REQUEST);
  const reply = JSON.parse(body as string) as ResourcesReply;
  assert.is(reply.at, days.now());
  assert.is(reply.machine, null, 'it was not asked yet');
  assert.ok(reply.memory!.total > 0);
  assert.ok(reply.processes.some(({ name, bytes }) => name === 'main' && bytes! > 0));
  const left = new Map(reply.headroom.map((one) => [one.of, one]));
  assert.ok(left.get('processor')!.used! > 30, 'of the last hour that is kept');
  assert.is(left.get('processor')!.state, 'ample');
  assert.type(left.get('disk')!.used, 'number');
  assert.equal(
    [...(reply.throttledBy ?? []), ...reply.untoldThrottles].every((cause) =>
      ['heat', 'power', 'current', 'quota'].includes(cause),
    ),
    true,
  );
  for (const { value, missing } of reply.sensors) if (value !== null) assert.is(missing, null);
});

test.run();
