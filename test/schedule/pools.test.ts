import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { LoadRequest } from '../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { STRIDE } from '../../src/frame/detections.js';
import { lossCause } from '../../src/frame/loss-cause.js';
import { buildLoadRequest } from '../../src/models/load-request.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { Workers } from '../../src/runtime/detector/workers.js';
import { OneShot, type StillPicture } from '../../src/schedule/one-shot.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';

const { model, detector, schedule } = configSchema.parse({ model: { name: 'roadside-n' } });
const pools = suite('pools of different workers', {
  workers: null as Workers | null,
  thresholds: [] as readonly number[],
});

async function requestOf(variant: string): Promise<LoadRequest> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  return buildLoadRequest(await registry.find(model.name, variant), model, detector);
}

async function busyRoad(): Promise<StillPicture> {
  const road = (await Road.open(parseSimulatorUrl('sim://road?seed=2&traffic=rush'), new AbortController().signal))!;
  const data = new Uint8Array(road.width * road.height * 3);
  road.render(200, data);
  return { width: road.width, height: road.height, data };
}

const picture = await busyRoad();

pools.before(async (context) => {
  const [small, large] = await Promise.all([requestOf('fp32-416x256'), requestOf('fp32-640x384')]);
  context.thresholds = small.scoreThresholds;
  context.workers = new Workers({
    pools: [
      { name: 'small', request: { ...small, batchSizes: [1, 2] }, detector },
      { name: 'large', request: large, detector },
    ],
    schedule,
    log: silentLog,
    onChange: () => undefined,
  });
  await context.workers.start();
});

pools.after(({ workers }) => workers!.stop());

pools(
  'each picture is scaled for the worker that takes it, and says which that was',
  async ({ workers, thresholds }) => {
    const oneShot = new OneShot(workers!.slots, thresholds);
    const answers = await Promise.all(Array.from({ length: 60 }, () => oneShot.detect(picture)));
    const byVariant = new Map(answers.map((answer) => [answer.by.variant, answer]));
    assert.equal([...byVariant.keys()].sort(), ['fp32-416x256', 'fp32-640x384']);
    for (const { detections } of answers) {
      assert.ok(detections.count >= 3, `${detections.count} vehicles`);
      for (let row = 0; row < detections.count; row++) assert.ok(detections.data[row * STRIDE + 2]! <= picture.width);
    }
    const [small, large] = workers!.slots.loads;
    assert.is(small!.pictures + large!.pictures, 60);
  },
);

pools(
  'a worker killed under load loses what it had, and the others answer the rest',
  async ({ workers, thresholds }) => {
    const oneShot = new OneShot(workers!.slots, thresholds);
    const asked = Array.from({ length: 60 }, () => oneShot.detect(picture).then(() => 'answered', lossCause));
    const [, large] = workers!.states;
    if (large?.kind !== 'ready') throw new Error('the worker to be killed does not serve');
    process.kill(large.pid!, 'SIGKILL');
    const outcomes = await Promise.all(asked);
    const lost = outcomes.filter((outcome) => outcome !== 'answered');
    assert.ok(lost.length <= schedule.inFlightPerWorker, `${lost.length} pictures were lost`);
    assert.ok(
      lost.every((cause) => cause === 'crashed'),
      lost.join(),
    );
    assert.is(workers!.slots.waiting, 0);
  },
);

pools.run();
