import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detector, LoadRequest } from '../../src/detect/detector.js';
import { DetectorError, ModelError } from '../../src/foundation/errors.js';
import { STRIDE } from '../../src/frame/detections.js';

/** What every Detector must do, whoever wrote it. Each case opens its own and closes it. */
export function detectorContract(test: Test, name: string, open: () => Detector, request: LoadRequest): void {
  const { width, height } = request.input;
  const picture = () => ({ width, height, data: new Uint8Array(width * height * 3).fill(114) });

  const contract = (sentence: string, body: (detector: Detector) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      const detector = open();
      try {
        await body(detector);
      } finally {
        await detector.close();
      }
    });

  contract('tells what it loaded', async (detector) => {
    const info = await detector.load(request);
    assert.is(info.model, request.model);
    assert.is(info.variant, request.variant);
    assert.is(info.inputWidth, width);
    assert.is(info.inputHeight, height);
    assert.equal(info.classes, request.classes);
    assert.ok(info.provider.length > 0);
    assert.ok(info.runtime.length > 0);
  });

  contract('answers one Detections per picture, inside the picture', async (detector) => {
    await detector.load(request);
    for (const size of request.batchSizes) {
      const reply = await detector.detect(Array.from({ length: size }, picture));
      assert.is(reply.detections.length, size);
      assert.ok(reply.timings.inferMs >= 0);
      for (const { count, data } of reply.detections) {
        assert.ok(data.length >= count * STRIDE);
        for (let i = 0; i < count * STRIDE; i += STRIDE) {
          assert.ok(data[i]! >= 0 && data[i + 2]! <= width && data[i + 1]! >= 0 && data[i + 3]! <= height);
        }
      }
    }
  });

  contract('answers overlapping calls in their order', async (detector) => {
    await detector.load(request);
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3].map((i) => detector.detect([picture()]).then(() => order.push(i))));
    assert.equal(order, [0, 1, 2, 3]);
  });

  contract('refuses a model file that is not there with a ModelError', async (detector) => {
    const error = await detector.load({ ...request, file: '/no/such/model.onnx' }).catch((thrown: unknown) => thrown);
    assert.instance(error, ModelError);
    assert.is((error as ModelError).permanent, true);
    assert.match((error as Error).message, /\/no\/such\/model\.onnx/);
  });

  contract('refuses to detect before a model is loaded', async (detector) => {
    const error = await detector.detect([picture()]).catch((thrown: unknown) => thrown);
    assert.instance(error, DetectorError);
  });

  contract('refuses pictures of another size and goes on', async (detector) => {
    await detector.load(request);
    const tiny = { width: 8, height: 8, data: new Uint8Array(192) };
    assert.instance(await detector.detect([tiny]).catch((thrown: unknown) => thrown), DetectorError);
    assert.is((await detector.detect([picture()])).detections.length, 1);
  });

  contract('answers what is under way before it closes, and nothing after', async (detector) => {
    await detector.load(request);
    const underWay = detector.detect([picture()]);
    await detector.close();
    assert.is((await underWay).detections.length, 1);
    assert.instance(await detector.detect([picture()]).catch((thrown: unknown) => thrown), DetectorError);
  });

  contract('may be closed twice, and before it was ever used', async (detector) => {
    await detector.close();
  });
}
