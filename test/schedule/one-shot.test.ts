import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { LoadRequest } from '../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { STRIDE } from '../../src/frame/detections.js';
import { lossCause } from '../../src/frame/loss-cause.js';
import { buildLoadRequest, withWeakBoxes } from '../../src/models/load-request.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { Workers } from '../../src/runtime/detector/workers.js';
import { OneShot, type StillPicture } from '../../src/schedule/one-shot.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';

const config = configSchema.parse({ model: { variant: 'fp32-416x256' } });
const oneShot = suite('one-shot detection', { request: null as LoadRequest | null, workers: null as Workers | null });

function workersWith(request: LoadRequest): Workers {
  const { detector, schedule } = config;
  return new Workers({
    pools: [{ name: 'default', request, detector }],
    schedule,
    log: silentLog,
    onChange: () => undefined,
  });
}

/** A road in rush hour at a moment when several vehicles are in the picture, and one that is empty. */
async function picture(url: string, frame: number): Promise<StillPicture> {
  const road = (await Road.open(parseSimulatorUrl(url), new AbortController().signal))!;
  const data = new Uint8Array(road.width * road.height * 3);
  road.render(frame, data);
  return { width: road.width, height: road.height, data };
}

const rush = await picture('sim://road?seed=2&traffic=rush', 200);
const empty = await picture('sim://road?seed=5&traffic=empty', 0);

oneShot.before(async (context) => {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const entry = await registry.find('roadside-n', config.model.variant);
  context.request = buildLoadRequest(entry, config.model, config.detector);
  context.workers = workersWith(withWeakBoxes(context.request, 0.1));
  await context.workers.start();
});

oneShot.after(({ workers }) => workers?.stop());

oneShot('finds in a picture what it finds there after any other picture', async ({ request, workers }) => {
  const detector = new OneShot(workers!.slots, request!.scoreThresholds);
  const first = await detector.detect(rush);
  assert.is((await detector.detect(empty)).detections.count, 0);
  const again = await detector.detect(rush);
  assert.ok(first.detections.count >= 3, `${first.detections.count} vehicles`);
  assert.equal(again.detections, first.detections);
});

oneShot('leaves out boxes that workers report only to follow vehicles', async ({ request, workers }) => {
  const all = new OneShot(
    workers!.slots,
    request!.classes.map(() => 0),
  );
  const some = new OneShot(workers!.slots, request!.scoreThresholds);
  const [weak, strong] = await Promise.all([all.detect(rush), some.detect(rush)]);
  const scores = Array.from({ length: weak.detections.count }, (_, row) => weak.detections.data[row * STRIDE + 4]!);
  assert.ok(Math.min(...scores) < 0.35, 'there are weak boxes');
  assert.is(strong.detections.count, scores.filter((score) => score >= 0.35).length);
  assert.is(strong.detections.data.length, strong.detections.count * STRIDE);
});

oneShot('gives boxes in pixels of the picture before it was scaled down', async ({ request, workers }) => {
  const detector = new OneShot(workers!.slots, request!.scoreThresholds);
  const own = await detector.detect(rush);
  const large = await detector.detect({ ...rush, sourceWidth: rush.width * 3, sourceHeight: rush.height * 3 });
  const right = (found: typeof own) => found.detections.data[2]!;
  assert.ok(Math.abs(right(large) - 3 * right(own)) < 0.01, `${right(large)} is three times ${right(own)}`);
});

oneShot('says which picture has fewer bytes than its size needs', async ({ request, workers }) => {
  const detector = new OneShot(workers!.slots, request!.scoreThresholds);
  const message = await detector.detect({ width: 100, height: 100, data: new Uint8Array(9) }).catch(String);
  assert.is(message, 'RangeError: data: expected 30000 bytes for 100 × 100 in RGB24, got 9');
});

oneShot('rejects a picture that gets no slot any more', async ({ request }) => {
  const workers = workersWith(request!);
  const detector = new OneShot(workers.slots, request!.scoreThresholds);
  const waiting = detector.detect(rush);
  await workers.stop();
  assert.is(await waiting.then(() => 'answered', lossCause), 'closed');
});

oneShot.run();
