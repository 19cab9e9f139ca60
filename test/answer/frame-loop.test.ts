import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameLoop, type FrameLoopOptions } from '../../src/answer/frame-loop.js';
import { VehicleNumbers } from '../../src/answer/vehicle-numbers.js';
import type { Inference } from '../../src/detect/detector.js';
import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { NO_SHIFT } from '../../src/frame/scene-shift.js';

const stages = { resize: 1, queue: 2, infer: 3, decode: 4 };
const inference: Inference = {
  detections: { count: 0, data: new Float32Array(0) },
  by: { variant: 'v', provider: 'cpu' },
  peakScore: null,
  stages,
};

interface Trial {
  readonly results: FrameResult[];
  readonly dropped: [number, string][];
  readonly released: number[];
  /** Ends the inference of the n-th frame. */
  readonly end: ((error?: Error) => void)[];
  readonly options: FrameLoopOptions;
  now: number;
}

function trial(change: Partial<FrameLoopOptions> = {}, by: Inference['by'] = inference.by): Trial {
  const it: Trial = {
    results: [],
    dropped: [],
    released: [],
    end: [],
    now: 0,
    options: {
      prepare: () => ({
        admitted: async () => 'admitted' as const,
        infer: () => ({
          answer: new Promise((resolve, reject) =>
            it.end.push((error) => (error ? reject(error) : resolve({ ...inference, by }))),
          ),
          sent: Promise.resolve(),
        }),
        abandon: () => undefined,
      }),
      answering: { kind: 'every-frame', numbers: new VehicleNumbers([0.35]) },
      givesUp: () => null,
      isIdle: () => true,
      stalenessMs: 100,
      answeringModel: () => ({ model: 'm', variant: 'v', provider: 'cpu' }),
      clock: { now: () => it.now, unixNow: () => assert.unreachable() as never },
      wantsPixels: () => false,
      onResult: (result, _stages, frame) => {
        it.results.push(result);
        frame?.release();
      },
      onDropped: (frame, cause) => it.dropped.push([frame.seq, cause]),
      ...change,
    },
  };
  return it;
}

async function* frames(it: Trial, arrivals: readonly number[]): AsyncGenerator<Frame> {
  for (const [seq, arrivedAt] of arrivals.entries()) {
    yield {
      camera: 'north',
      seq,
      capturedAt: 1000 + arrivedAt,
      arrivedAt,
      sceneMs: 0,
      width: 2,
      height: 1,
      sourceWidth: 4,
      sourceHeight: 2,
      damaged: false,
      data: new Uint8Array(6),
      release: () => void it.released.push(seq),
    };
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('answers frames in their order though their inferences end in another', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, [0, 0, 0]));
  await settle();
  it.end[2]!();
  it.end[0]!();
  await settle();
  assert.equal(
    it.results.map(({ seq }) => seq),
    [0],
  );
  it.end[1]!();
  await running;
  assert.equal(
    it.results.map(({ seq }) => seq),
    [0, 1, 2],
  );
});

test('a result carries who answered, its origin and its latency', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, [5]));
  await settle();
  it.now = 30;
  it.end[0]!();
  await running;
  assert.equal(it.results[0], {
    camera: 'north',
    seq: 0,
    capturedAt: 1005,
    sceneMs: 0,
    sourceWidth: 4,
    sourceHeight: 2,
    detections: inference.detections,
    trackIds: new Int32Array(0),
    origin: 'inferred',
    ageMs: 0,
    confidence: 1,
    latencyMs: 25,
    model: 'm',
    variant: 'v',
    provider: 'cpu',
    swayed: NO_SHIFT,
  });
});

test('drops a frame that is stale when its turn comes', async () => {
  const it = trial();
  it.now = 101;
  const running = new FrameLoop(it.options).run(frames(it, [0, 50]));
  await settle();
  it.end[0]!();
  await running;
  assert.equal(it.dropped, [[0, 'stale']]);
  assert.equal(
    it.results.map(({ seq }) => seq),
    [1],
  );
});

test('never drops a frame for its age where frames wait for us', async () => {
  const it = trial({ stalenessMs: null });
  it.now = 1e9;
  const running = new FrameLoop(it.options).run(frames(it, [0]));
  await settle();
  it.end[0]!();
  await running;
  assert.is(it.results.length, 1);
});

test('a frame lost with its worker is told as such and the next is answered', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, [0, 0]));
  await settle();
  it.end[0]!(new Error('killed'));
  it.end[1]!();
  await running;
  assert.equal(it.dropped, [[0, 'detector']]);
  assert.equal(
    it.results.map(({ seq }) => seq),
    [1],
  );
});

test('releases every frame exactly once, wanted pixels after the result', async () => {
  const it = trial({ wantsPixels: (frame) => frame.seq === 1 });
  const running = new FrameLoop(it.options).run(frames(it, [0, 0]));
  await settle();
  assert.equal(it.released, [0]);
  it.end[0]!();
  it.end[1]!();
  await running;
  assert.equal(it.released, [0, 1]);
});

test('ends when there are no slots any more', async () => {
  const it = trial({
    prepare: () => ({
      admitted: async () => 'closed' as const,
      infer: () => assert.unreachable() as never,
      abandon: () => undefined,
    }),
    wantsPixels: () => true,
  });
  await new FrameLoop(it.options).run(frames(it, [0, 0]));
  assert.equal(it.released, [0]);
});

test('where every frame is inferred, what the model before still owes is told before another is taken up', async () => {
  const it = trial();
  const log: string[] = [];
  const told = { onResult: ({ seq, variant }: FrameResult) => void log.push(`${seq} by ${variant}`) };
  const loop = new FrameLoop({ ...it.options, ...told });
  const by = { variant: 'other', provider: 'cpu' };
  const other = trial({ answeringModel: () => ({ model: 'm', ...by }) }, by);
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  async function* gated(): AsyncGenerator<Frame> {
    for await (const frame of frames(it, [0, 0, 0])) {
      if (frame.seq === 2) await gate;
      yield frame;
    }
  }
  const running = loop.run(gated());
  await settle();
  loop.renew({ path: other.options, adopt: () => log.push('adopt'), left: () => log.push('left') });
  goOn();
  await settle();
  assert.equal(log, [], 'both answers are still to come');
  it.end[1]!();
  it.end[0]!();
  await settle();
  other.end[0]!();
  await running;
  assert.equal(log, ['0 by v', '1 by v', 'adopt', 'left', '2 by other']);
});

test('a frame that would be too late is given up before it is prepared, and the next one is taken', async () => {
  let prepared = 0;
  const it = trial();
  const running = new FrameLoop({
    ...it.options,
    givesUp: ({ seq }) => (seq === 0 ? 'overload' : null),
    prepare: (frame) => {
      prepared++;
      return it.options.prepare(frame);
    },
  }).run(frames(it, [0, 0]));
  await settle();
  it.end[0]!();
  await running;
  assert.equal(it.dropped, [[0, 'overload']]);
  assert.is(prepared, 1);
  assert.equal(it.released.sort(), [0, 1]);
});

test('a frame for which there was no place in time is counted by what the schedule says of it', async () => {
  const it = trial();
  const prepare: FrameLoopOptions['prepare'] = (frame) => ({
    ...it.options.prepare(frame),
    admitted: async () => 'overload' as const,
  });
  await new FrameLoop({ ...it.options, prepare }).run(frames(it, [0]));
  assert.equal(it.dropped, [[0, 'overload']]);
});

test('a frame that waits for a worker when there will be none any more is counted', async () => {
  const it = trial();
  const prepare: FrameLoopOptions['prepare'] = (frame) => ({
    ...it.options.prepare(frame),
    admitted: async () => 'closed' as const,
  });
  await new FrameLoop({ ...it.options, prepare }).run(frames(it, [0, 0]));
  assert.equal(it.dropped, [[0, 'detector']]);
});

test.run();
