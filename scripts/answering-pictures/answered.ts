import { join } from 'node:path';
import { AuditBudget } from '../../src/answer/audit/audit-budget.js';
import { CameraAudit } from '../../src/answer/audit/camera-audit.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { maskBlocks } from '../../src/answer/scene/block-mask.js';
import type { SceneAnswer } from '../../src/answer/scene-answer.js';
import { configSchema } from '../../src/config/config.js';
import { Letterbox } from '../../src/detect/letterbox.js';
import { openSession } from '../../src/detect/worker/session.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { Origin } from '../../src/frame/frame-result.js';
import type { InferenceReason } from '../../src/frame/inference-reason.js';
import { buildLoadRequest, withWeakBoxes } from '../../src/models/load-request.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';

/** ms in which the engine gets to know a road before anything of it is drawn. */
export const KNOWN_AFTER_MS = 12_000;
/** A noon for the clock that the simulated road does not have. */
const NOON = Date.UTC(2025, 5, 2, 12);
const config = configSchema.parse({ model: { name: 'roadside-n' } });

/** A frame as it was answered. */
export interface Answered {
  readonly frame: Frame;
  readonly origin: Origin;
  readonly reason: InferenceReason | null;
  readonly vehicles: number;
  readonly answer: SceneAnswer;
  readonly audited: boolean;
  /** All boxes of the inference, also weak ones; null where there was none. */
  readonly found: Detections | null;
}

/** The shipped detector with boxes down to `trackScore`, in this process. */
export class Eye {
  readonly thresholds: readonly number[];
  readonly #detect: (frame: Frame) => Promise<Detections>;

  private constructor(thresholds: readonly number[], detect: (frame: Frame) => Promise<Detections>) {
    this.thresholds = thresholds;
    this.#detect = detect;
  }

  static async open(): Promise<Eye> {
    const registry = await ModelRegistry.open(join(PROJECT_ROOT, config.model.dir));
    const entry = await registry.find(config.model.name, config.model.variant);
    const request = buildLoadRequest(entry, config.model, config.detector);
    const session = await openSession(withWeakBoxes(request, config.answer.trackScore), (text) =>
      process.stderr.write(`${text}\n`),
    );
    const { width, height } = request.input;
    const input = new Uint8Array(width * height * 3);
    return new Eye(request.scoreThresholds, async (frame) => {
      const letterbox = new Letterbox(frame.width, frame.height, width, height);
      letterbox.apply(frame.data, input, frame.yuv);
      const count = await session.detect(1, input);
      letterbox.unmap(session.rows, count, frame.sourceWidth, frame.sourceHeight);
      return { count, data: session.rows.slice(0, count * STRIDE) };
    });
  }

  infer(frame: Frame): Promise<Detections> {
    return this.#detect(frame);
  }
}

/** A scene as the program comes, with what watches over it; no scenes are remembered. */
export class WatchedScene {
  readonly scene: KnownScene;
  readonly #audit: CameraAudit;

  /** @param isHeld whether a camera that moves is held still, as the program does */
  constructor(thresholds: readonly number[], isHeld = true) {
    const { accuracyFloor: floor, auditShare: share, maxAgeMs, maxIdleAgeMs } = config.answer;
    const known = { thresholds, maxAgeMs, maxIdleAgeMs, masked: maskBlocks([]), scenes: () => null, isHeld };
    this.scene = new KnownScene(known);
    this.#audit = new CameraAudit({
      share,
      floor,
      budget: new AuditBudget(),
      localHour: () => 12,
      random: () => 0.5,
      reportThreshold: Math.min(...thresholds),
    });
  }

  /** Answers the next frame as the program does. */
  async answer(frame: Frame, infer: Eye['infer']): Promise<Answered> {
    const { scene } = this;
    const audit = this.#audit;
    scene.allowedLoss = audit.allowedLoss;
    const answer = scene.look(frame);
    audit.review(frame.capturedAt, frame.sceneMs);
    if (answer !== null) {
      audit.answered(answer, frame.capturedAt);
      scene.settle();
      const weight = audit.picks(answer, true, frame.sceneMs);
      if (weight > 0) audit.audited(answer, await infer(frame), weight, frame.capturedAt);
      const { origin, detections } = answer;
      return { frame, origin, reason: null, vehicles: detections.count, answer, audited: weight > 0, found: null };
    }
    const { reason } = scene;
    const found = await infer(frame);
    const { answer: now, comparison } = scene.learn(found);
    if (comparison) audit.scheduled(comparison, frame.capturedAt);
    audit.answered(now, frame.capturedAt);
    scene.settle();
    return { frame, origin: 'inferred', reason, vehicles: now.detections.count, answer: now, audited: false, found };
  }
}

/** The frames of a simulated road, answered as the program answers them. */
export async function* answered(
  url: string,
  seconds: number,
  eye: Pick<Eye, 'infer' | 'thresholds'>,
  road?: Road,
): AsyncGenerator<Answered> {
  yield* answeredFrames(film(url, seconds, road), eye);
}

/** Frames of one camera, answered as the program answers them. Whoever takes an answer may release its frame. */
export async function* answeredFrames(
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  eye: Pick<Eye, 'infer' | 'thresholds'>,
): AsyncGenerator<Answered> {
  const scene = new WatchedScene(eye.thresholds);
  for await (const frame of frames) yield await scene.answer(frame, (one) => eye.infer(one));
}

/** The frames of a simulated road. @param road that of the address, where it is painted already */
export function* film(url: string, seconds: number, road: Road = new Road(parseSimulatorUrl(url))): Generator<Frame> {
  const { width, height } = road;
  for (let seq = 0; seq < seconds * road.fps; seq++) {
    const data = new Uint8Array(width * height * 3);
    road.render(seq, data);
    const sceneMs = road.sceneMs(seq);
    yield {
      camera: 'sim',
      seq,
      capturedAt: NOON + sceneMs,
      arrivedAt: sceneMs,
      sceneMs,
      width,
      height,
      sourceWidth: width,
      sourceHeight: height,
      damaged: false,
      data,
      release: () => {},
    };
  }
}
