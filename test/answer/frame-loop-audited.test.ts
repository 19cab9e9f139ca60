import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AuditBudget } from '../../src/answer/audit/audit-budget.js';
import { CameraAudit } from '../../src/answer/audit/camera-audit.js';
import { FrameLoop, type FrameLoopOptions } from '../../src/answer/frame-loop.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import type { ModelPath } from '../../src/answer/model-path.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import type { Inference } from '../../src/detect/detector.js';
import { NO_DETECTIONS } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import type { PlaceAnswer } from '../../src/frame/place.js';

const [WIDTH, HEIGHT] = [128, 72];
const stages = { resize: 1, queue: 2, infer: 3, decode: 4 };
const NOON = Date.UTC(2026, 5, 1, 12);
const car = Float32Array.of(20, 20, 60, 44, 0.9, 0);

const SCENE = {
  thresholds: [0.35],
  masked: new Uint8Array(BLOCKS),
  maxAgeMs: 2000,
  maxIdleAgeMs: 30_000,
  scenes: () => null,
};

interface Trial {
  /** In order: `answer 3`, `infer 3`, `drop 3 detector`. */
  readonly log: string[];
  readonly results: FrameResult[];
  /** How often each frame was released. */
  readonly released: number[];
  /** Ends the n-th inference. */
  readonly end: ((error?: Error) => void)[];
  readonly abandoned: number[];
  readonly audit: CameraAudit;
  readonly options: FrameLoopOptions;
  isIdle: boolean;
  isOpen: boolean;
  now: number;
}

/** A still road with a parked car; every answer without inference is picked for an audit. */
function trial(change: Partial<FrameLoopOptions> & { share?: number; floor?: number; scene?: KnownScene } = {}): Trial {
  const { share = 1, floor = 0.9, scene = new KnownScene(SCENE), ...options } = change;
  const audit = new CameraAudit({
    share,
    floor,
    reportThreshold: 0.35,
    budget: new AuditBudget(),
    localHour: () => 12,
    random: () => 0,
  });
  const it: Trial = {
    log: [],
    results: [],
    released: [],
    end: [],
    abandoned: [],
    audit,
    isIdle: true,
    isOpen: true,
    now: 0,
    options: {
      answering: { kind: 'known-scene', scene, audit },
      givesUp: () => null,
      isIdle: () => it.isIdle,
      stalenessMs: 100,
      clock: { now: () => it.now, unixNow: () => NOON + it.now },
      prepare: ({ seq }) => ({
        admitted: async () => (it.isOpen ? 'admitted' : 'closed'),
        infer: () => {
          it.log.push(`infer ${seq}`);
          const answer = new Promise<Inference>((resolve, reject) =>
            it.end.push((error) =>
              error
                ? reject(error)
                : resolve({
                    detections: { count: 1, data: car.slice() },
                    by: { variant: 'v', provider: 'cpu' },
                    peakScore: null,
                    stages,
                  }),
            ),
          );
          return { answer, sent: Promise.resolve() };
        },
        abandon: () => it.abandoned.push(seq),
      }),
      answeringModel: () => ({ model: 'm', variant: 'v', provider: 'cpu' }),
      wantsPixels: () => false,
      onResult: (result, _stages, frame) => {
        it.log.push(`answer ${result.seq}`);
        it.results.push(result);
        frame?.release();
      },
      onDropped: ({ seq }, cause) => it.log.push(`drop ${seq} ${cause}`),
      ...options,
    },
  };
  return it;
}

/** Frames 40 ms apart that are all the same. */
async function* frames(it: Trial, count: number, arrivals: readonly number[] = []): AsyncGenerator<Frame> {
  for (let seq = 0; seq < count; seq++) {
    const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(100);
    for (let y = 20; y < 44; y++) data.fill(30, (y * WIDTH + 20) * 3, (y * WIDTH + 60) * 3);
    it.released[seq] = 0;
    yield {
      camera: 'north',
      seq,
      capturedAt: 1e12 + 40 * seq,
      arrivedAt: arrivals[seq] ?? 0,
      sceneMs: 40 * seq,
      width: WIDTH,
      height: HEIGHT,
      sourceWidth: WIDTH,
      sourceHeight: HEIGHT,
      damaged: false,
      data,
      release: () => void it.released[seq]!++,
    };
  }
}

/** Until nothing more happens by itself. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('a frame that is not inferred is answered at once; picked for an audit, it is inferred afterwards', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, 2));
  await settle();
  it.end[0]!();
  await settle();
  assert.equal([...it.log].sort(), ['answer 0', 'answer 1', 'infer 0', 'infer 1']);
  assert.equal(
    it.results.map(({ origin }) => origin),
    ['inferred', 'reused-memory'],
  );
  it.end[1]!();
  await running;
  assert.is(it.results.length, 2);
  const { audits, truePositives, misses } = it.audit.takeTotals();
  assert.equal({ audits, truePositives, misses }, { audits: 1, truePositives: 1, misses: 0 });
});

test('the run ends when the audit under way did', async () => {
  const it = trial();
  let isOver = false;
  const running = new FrameLoop(it.options).run(frames(it, 2)).then(() => (isOver = true));
  await settle();
  it.end[0]!();
  await settle();
  assert.is(isOver, false);
  it.end[1]!();
  await running;
});

test('one audit at a time; frames go on being answered meanwhile', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, 10));
  await settle();
  it.end[0]!();
  await settle();
  assert.is(it.results.length, 10);
  assert.is(it.end.length, 2);
  it.end[1]!();
  await running;
});

test('nothing is audited while the workers are busy', async () => {
  const it = trial();
  it.isIdle = false;
  const running = new FrameLoop(it.options).run(frames(it, 10));
  await settle();
  it.end[0]!();
  await running;
  assert.is(it.end.length, 1);
  assert.is(it.results.length, 10);
});

test('a worker that dies with an audit costs a measurement and nothing else', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, 2));
  await settle();
  it.end[0]!();
  await settle();
  it.end[1]!(new Error('killed'));
  await running;
  assert.is(it.results.length, 2);
  assert.is(it.audit.takeTotals().audits, 0);
  assert.equal(it.released, [1, 1]);
});

test('a frame whose inference fails is dropped, and the next is inferred in its place', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, 3));
  await settle();
  it.end[0]!(new Error('killed'));
  await settle();
  assert.equal(it.log, ['infer 0', 'drop 0 detector', 'infer 1']);
  it.end[1]!();
  await settle();
  it.end[2]!();
  await running;
  assert.equal(
    it.results.map(({ seq }) => seq),
    [1, 2],
  );
  assert.equal(it.released, [1, 1, 1]);
});

test('a stale frame is dropped where it would have to be inferred', async () => {
  const it = trial({ share: 0 });
  it.now = 101;
  const running = new FrameLoop(it.options).run(frames(it, 3, [0, 50, 0]));
  await settle();
  it.end[0]!();
  await running;
  assert.equal(it.log, ['drop 0 stale', 'infer 1', 'answer 1', 'answer 2']);
  assert.equal(it.abandoned, [0]);
  assert.equal(it.released, [1, 1, 1]);
});

test('a floor of 1 infers every frame', async () => {
  const it = trial({ floor: 1 });
  const running = new FrameLoop(it.options).run(frames(it, 3));
  for (let i = 0; i < 3; i++) {
    await settle();
    it.end[i]!();
  }
  await running;
  assert.equal(
    it.results.map(({ origin, ageMs }) => [origin, ageMs]),
    [0, 1, 2].map(() => ['inferred', 0]),
  );
});

test('answers carry the age of their inference and one number per vehicle', async () => {
  const it = trial({ share: 0 });
  const running = new FrameLoop(it.options).run(frames(it, 3));
  await settle();
  it.end[0]!();
  await running;
  assert.equal(
    it.results.map(({ seq, ageMs, sceneMs }) => [seq, ageMs, sceneMs]),
    [0, 40, 80].map((ms, seq) => [seq, ms, ms]),
  );
  for (const { trackIds } of it.results) assert.equal([...trackIds], [1]);
});

test('the scene learns from a frame after its answer, or before it where the answer takes the pixels along', async () => {
  const heldAtSettling: boolean[] = [];
  class WatchedScene extends KnownScene {
    #seq = -1;

    override look(frame: Frame) {
      this.#seq = frame.seq;
      return super.look(frame);
    }

    override settle(): void {
      it.log.push(`settle ${this.#seq}`);
      heldAtSettling.push(it.released[this.#seq] === 0);
      super.settle();
    }
  }
  const scene = new WatchedScene(SCENE);
  const it = trial({ share: 0, scene, wantsPixels: ({ seq }) => seq === 2 });
  const running = new FrameLoop(it.options).run(frames(it, 3));
  await settle();
  it.end[0]!();
  await running;
  assert.equal(it.log, ['infer 0', 'answer 0', 'settle 0', 'answer 1', 'settle 1', 'settle 2', 'answer 2']);
  assert.equal(heldAtSettling, [true, true, true]);
});

test('a remembered scene is forgotten when an audit finds the answer recalled from it wrong', async () => {
  const forgotten: number[] = [];
  class RecallingScene extends KnownScene {
    override look(frame: Frame) {
      const answer = super.look(frame);
      return answer && { ...answer, detections: NO_DETECTIONS, trackIds: new Int32Array(0), sceneId: 7 };
    }

    override forget(sceneId: number): void {
      forgotten.push(sceneId);
    }
  }
  const it = trial({ scene: new RecallingScene(SCENE) });
  const running = new FrameLoop(it.options).run(frames(it, 2));
  await settle();
  it.end[0]!();
  await settle();
  assert.equal(forgotten, []);
  it.end[1]!();
  await running;
  assert.equal(forgotten, [7]);
});

test('every frame is released exactly once, wanted or not, audited or not', async () => {
  const it = trial({ wantsPixels: ({ seq }) => seq % 2 === 1 });
  const running = new FrameLoop(it.options).run(frames(it, 6));
  await settle();
  it.end[0]!();
  await settle();
  it.end[1]!();
  await running;
  assert.equal(it.released, [1, 1, 1, 1, 1, 1]);
});

test('ends, with all frames released, when there are no slots any more', async () => {
  const it = trial();
  it.isOpen = false;
  await new FrameLoop(it.options).run(frames(it, 3));
  assert.equal(it.released, [1]);
  assert.equal(it.abandoned, [0]);
});

test('an audit that finds no turn any more is abandoned', async () => {
  const it = trial();
  const running = new FrameLoop(it.options).run(frames(it, 2));
  await settle();
  it.isOpen = false;
  it.end[0]!();
  await running;
  assert.equal(it.abandoned, [1]);
  assert.equal(it.released, [1, 1]);
});

/** What a renewed loop asks in place of `options`: its inferences are logged as `other N`. */
function otherModel(it: Trial, log: string[] = it.log): ModelPath {
  return {
    givesUp: () => null,
    isIdle: () => it.isIdle,
    answeringModel: () => ({ model: 'm', variant: 'other', provider: 'cpu' }),
    prepare: ({ seq }) => ({
      admitted: async () => 'admitted' as const,
      infer: () => {
        log.push(`other ${seq}`);
        return {
          answer: Promise.resolve({
            detections: { count: 1, data: car.slice() },
            by: { variant: 'other', provider: 'cpu' },
            peakScore: null,
            stages,
          }),
          sent: Promise.resolve(),
        };
      },
      abandon: () => undefined,
    }),
  };
}

test('another model is taken up between two frames; the audit under way ends with the one that began it', async () => {
  const scene = new KnownScene(SCENE);
  const it = trial({ scene });
  const loop = new FrameLoop(it.options);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  async function* two(): AsyncGenerator<Frame> {
    const all: Frame[] = [];
    for await (const frame of frames(it, 4)) all.push(frame);
    yield all[0]!;
    yield all[1]!;
    await held;
    yield all[2]!;
    yield all[3]!;
  }
  const running = loop.run(two());
  await settle();
  it.end[0]!();
  await settle();
  assert.equal([...it.log].sort(), ['answer 0', 'answer 1', 'infer 0', 'infer 1'], 'frame 1 is being audited');
  loop.renew({
    path: otherModel(it),
    adopt: () => {
      it.log.push('adopt');
      scene.renew([0.35], () => null);
      it.audit.renew(it.now);
    },
    left: () => it.log.push('left'),
  });
  await settle();
  assert.is(it.log.at(-1), 'adopt', 'the loop waits for a frame: it need not wait for one to change');
  it.end[1]!();
  await settle();
  assert.is(it.log.at(-1), 'left');
  assert.is(it.audit.report(NOON).audits, 1);
  assert.is(it.audit.report(NOON).effectiveAudits, 0, 'what it said of the model before is not counted');
  release();
  await running;
  assert.equal(it.log.slice(6), ['other 2', 'answer 2', 'answer 3', 'other 3']);
  assert.equal(
    it.results.map(({ variant }) => variant),
    ['v', 'v', 'other', 'other'],
  );
  assert.equal(it.released, [1, 1, 1, 1]);
});

test('a frame that waits for a model that is closed is answered by its successor', async () => {
  const it = trial({ share: 0 });
  let close: (admission: PlaceAnswer) => void = () => undefined;
  const { prepare } = it.options;
  const loop = new FrameLoop({
    ...it.options,
    prepare: (frame) => ({
      ...prepare(frame),
      admitted: () => new Promise<PlaceAnswer>((resolve) => (close = resolve)),
    }),
  });
  const running = loop.run(frames(it, 1));
  await settle();
  loop.renew({ path: otherModel(it), adopt: () => it.log.push('adopt'), left: () => it.log.push('left') });
  await settle();
  assert.equal(it.log, [], 'a frame is at hand');
  close('closed');
  await running;
  assert.equal(it.log, ['adopt', 'left', 'other 0', 'answer 0']);
  assert.equal(it.released, [1]);
});

test('of two models that come while one frame is at hand only the last is taken up', async () => {
  const it = trial({ share: 0 });
  const loop = new FrameLoop(it.options);
  const running = loop.run(frames(it, 2));
  await settle();
  const renewal = (name: string) => ({
    path: otherModel(it, []),
    adopt: () => it.log.push(`adopt ${name}`),
    left: () => it.log.push(`left for ${name}`),
  });
  loop.renew(renewal('first'));
  loop.renew(renewal('second'));
  it.end[0]!();
  await running;
  assert.equal(it.log, ['infer 0', 'answer 0', 'adopt second', 'left for second', 'answer 1']);
});

test.run();
