import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detector, DetectorImage, DetectReply } from '../../src/detect/detector.js';
import type { Frame } from '../../src/frame/frame.js';
import { CameraInference } from '../../src/schedule/inference.js';
import { type Slot, Slots } from '../../src/schedule/slots.js';

/** A detector that finds one box over the left half of the input, when the test says so. */
class HalfDetector {
  readonly seen: DetectorImage[] = [];
  answer: (error?: Error) => void = () => undefined;
  sent: () => void = () => undefined;

  detect(images: readonly DetectorImage[], onSent?: () => void): Promise<DetectReply> {
    const [image] = images;
    this.seen.push(image!);
    this.sent = onSent ?? this.sent;
    return new Promise((resolve, reject) => {
      this.answer = (error) =>
        error
          ? reject(error)
          : resolve({
              peakScores: [0.9],
              detections: [{ count: 1, data: Float32Array.of(0, 0, 32, 16, 0.9, 2) }],
              timings: { fillMs: 1, inferMs: 2, decodeMs: 3 },
            });
    });
  }
}

const frame = (width: number, height: number): Frame => ({
  camera: 'north',
  seq: 0,
  capturedAt: 0,
  arrivedAt: 0,
  sceneMs: 0,
  width,
  height,
  sourceWidth: width * 10,
  sourceHeight: height * 10,
  damaged: false,
  data: new Uint8Array(width * height * 3).fill(50),
  release: () => undefined,
});

function parts(): { detector: HalfDetector; slots: Slots; inference: CameraInference } {
  const detector = new HalfDetector();
  const serving = { variant: 'v', provider: 'cpu', inputWidth: 64, inputHeight: 32 };
  const worker = { detector: detector as unknown as Detector, pool: 'default', serving: () => serving };
  const slots = new Slots([worker], { inFlightPerWorker: 1, batching: { maxBatch: 1, windowMs: 0 } });
  return { detector, slots, inference: new CameraInference(slots, { source: 'north' }) };
}

test('sends the frame letterboxed and maps the boxes to pixels of its source', async () => {
  const { detector, inference } = parts();
  const prepared = inference.prepare(frame(32, 16));
  assert.is(await prepared.admitted(null), 'admitted');
  const { answer } = prepared.infer();
  detector.answer();
  const { detections, stages } = await answer;
  assert.equal([...detections.data], [0, 0, 160, 80, Math.fround(0.9), 2]);
  assert.is(stages.infer, 2);
  assert.is(stages.decode, 4);
  assert.equal([detector.seen[0]!.width, detector.seen[0]!.height, detector.seen[0]!.data[0]], [64, 32, 50]);
});

test('pads a frame of another shape, and follows a camera that changes its size', async () => {
  const { detector, inference } = parts();
  for (const [width, height, padded] of [
    [16, 16, true],
    [64, 32, false],
  ] as const) {
    const prepared = inference.prepare(frame(width, height));
    await prepared.admitted(null);
    const { answer } = prepared.infer();
    assert.is(detector.seen.at(-1)!.data.at(-1), padded ? 114 : 50);
    detector.answer();
    await answer;
  }
});

test('a burst leaves no more buffers behind than a camera needs', async () => {
  const { detector, inference } = parts();
  const burst = async (): Promise<Uint8Array[]> => {
    const began = detector.seen.length;
    for (const prepared of Array.from({ length: 30 }, () => inference.prepare(frame(64, 32)))) {
      await prepared.admitted(null);
      const { answer } = prepared.infer();
      detector.answer();
      await answer;
    }
    return detector.seen.slice(began).map(({ data }) => data);
  };
  const first = new Set(await burst());
  assert.is(first.size, 30);
  const again = (await burst()).filter((buffer) => first.has(buffer));
  assert.is(again.length, 8);
});

test('gives the place back after the answer, and after a loss', async () => {
  const { detector, slots, inference } = parts();
  for (const error of [undefined, new Error('the worker is gone')]) {
    const prepared = inference.prepare(frame(32, 16));
    await prepared.admitted(null);
    const { answer, sent } = prepared.infer();
    detector.answer(error);
    await (error ? answer.catch((thrown) => assert.is(thrown, error)) : answer);
    await sent;
    const slot = await slots.take({ source: 'south', arrivedAt: 0, budgetMs: null });
    assert.is.not(slot, 'closed');
    (slot as Slot).giveBack();
  }
});

test('says when the worker has all of the frame, before it answers', async () => {
  const { detector, inference } = parts();
  const prepared = inference.prepare(frame(32, 16));
  await prepared.admitted(null);
  const { answer, sent } = prepared.infer();
  detector.sent();
  await sent;
  detector.answer();
  await answer;
});

test('is not admitted once there are no slots any more', async () => {
  const { slots, inference } = parts();
  slots.close();
  const prepared = inference.prepare(frame(32, 16));
  assert.is(await prepared.admitted(null), 'closed');
  prepared.abandon();
});

test('uses the same buffer again for the next frame', async () => {
  const { detector, inference } = parts();
  for (let i = 0; i < 2; i++) {
    const prepared = inference.prepare(frame(32, 16));
    await prepared.admitted(null);
    const { answer } = prepared.infer();
    detector.answer();
    await answer;
  }
  assert.is(detector.seen[0]!.data, detector.seen[1]!.data);
});

test("a model's own class indices are answered as the device's", async () => {
  const { detector, slots } = parts();
  const classIndices = Uint16Array.of(0, 1, 5);
  const prepared = new CameraInference(slots, { source: 'north', classIndices }).prepare(frame(32, 16));
  assert.is(await prepared.admitted(null), 'admitted');
  const { answer } = prepared.infer();
  detector.answer();
  const { detections } = await answer;
  assert.is(detections.data[5], 5);
});

test('boxes of a class that nobody is told of are left out, and the others stay in their order', async () => {
  const classOf = async (thresholds: number[]): Promise<number[]> => {
    const { detector, slots } = parts();
    const options = { source: 'north', classIndices: Uint16Array.of(0, 1, 5), thresholds };
    const prepared = new CameraInference(slots, options).prepare(frame(32, 16));
    assert.is(await prepared.admitted(null), 'admitted');
    const { answer } = prepared.infer();
    detector.answer();
    const { count, data } = (await answer).detections;
    assert.is(data.length, count * 6);
    return Array.from({ length: count }, (_, row) => data[row * 6 + 5]!);
  };
  const all = await classOf([0.3, 0.3, 0.3, 0.3, 0.3, 0.3]);
  assert.ok(all.includes(5));
  assert.equal(
    await classOf([0.3, 0.3, 0.3, 0.3, 0.3, 2]),
    all.filter((c) => c !== 5),
  );
});

test.run();
