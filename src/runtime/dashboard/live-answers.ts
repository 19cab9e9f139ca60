import type { LiveAnswer, LiveBox } from '../../dashboard/api/now.js';
import type { HttpReply } from '../../foundation/http-route.js';
import type { Viewer } from '../../foundation/viewer.js';
import { STRIDE } from '../../frame/detections.js';
import type { FrameResult } from '../../frame/frame-result.js';
import { EventStreams } from '../../http/event-stream.js';

/** Five times a second: the eye sees it move, and a phone can draw it. */
const EVERY_MS = 200;
/** Boxes of one camera that are told. */
const MOST_BOXES = 100;
/** Also where nothing changed: whoever begins to listen sees what is there. */
const ALL_EVERY = 10;

interface Latest {
  result: FrameResult;
  isTold: boolean;
}

/** The latest answer of each camera, told to whoever looks, at a rate that has nothing to do with the frames'. */
export class LiveAnswers {
  /** By tenant; the operator's is the empty name, which no tenant has. */
  readonly #streams = new EventStreams<string>();
  readonly #viewers = new Map<string, Viewer>();
  readonly #latest = new Map<string, Latest>();
  readonly #lastVehicle = new Map<string, number>();
  readonly #classes: () => readonly string[];
  #timer: NodeJS.Timeout | null = null;
  #turns = 0;

  /** @param classes names by class index */
  constructor(classes: () => readonly string[]) {
    this.#classes = classes;
  }

  /** Called with every answer: it only remembers. */
  answered(result: FrameResult): void {
    const latest = this.#latest.get(result.camera);
    if (latest === undefined) this.#latest.set(result.camera, { result, isTold: false });
    else {
      latest.result = result;
      latest.isTold = false;
    }
    if (result.detections.count > 0) this.#lastVehicle.set(result.camera, result.capturedAt);
  }

  /** Unix ms; null where there was none since the start. */
  lastVehicleAt(camera: string): number | null {
    return this.#lastVehicle.get(camera) ?? null;
  }

  /** Streams that are open now. */
  get listeners(): number {
    return this.#streams.size;
  }

  /** @returns null where there are too many already */
  open(viewer: Viewer, signal: AbortSignal): HttpReply | null {
    const topic = viewer.tenant ?? '';
    const reply = this.#streams.open(topic, signal);
    if (reply === null) return null;
    this.#viewers.set(topic, viewer);
    // whoever comes is shown all at once
    this.#turns = 0;
    this.#timer ??= setInterval(() => this.#tell(), EVERY_MS).unref();
    return reply;
  }

  stop(): void {
    this.#rest();
    this.#streams.close();
  }

  #tell(): void {
    const { topics } = this.#streams;
    if (topics.size === 0) {
      this.#rest();
      return;
    }
    const all = this.#turns++ % ALL_EVERY === 0;
    const told = [...this.#latest.values()].filter(({ isTold }) => all || !isTold);
    const texts = new Map(told.map(({ result }) => [result.camera, JSON.stringify(this.answerOf(result))]));
    for (const topic of topics) {
      const { sees } = this.#viewers.get(topic)!;
      const own = [...texts].filter(([camera]) => sees(camera)).map(([, text]) => text);
      if (own.length > 0) this.#streams.send(topic, 'answers', `[${own.join(',')}]`);
    }
    for (const latest of told) latest.isTold = true;
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** As it is told. */
  answerOf(result: FrameResult): LiveAnswer {
    const { camera, seq, capturedAt, sourceWidth: width, sourceHeight: height, origin } = result;
    return {
      camera,
      seq,
      capturedAt,
      width,
      height,
      origin,
      ageMs: Math.round(result.ageMs),
      confidence: Math.round(result.confidence * 100) / 100,
      latencyMs: Math.round(result.latencyMs * 10) / 10,
      boxes: this.#boxesOf(result),
    };
  }

  #boxesOf({ detections: { count, data }, trackIds }: FrameResult): LiveBox[] {
    const classes = this.#classes();
    return Array.from({ length: Math.min(count, MOST_BOXES) }, (_, row): LiveBox => {
      const at = row * STRIDE;
      const pixel = (place: number): number => Math.round(data[at + place]!);
      const score = Math.round(data[at + 4]! * 100) / 100;
      return [pixel(0), pixel(1), pixel(2), pixel(3), score, classes[data[at + 5]!] ?? '', trackIds[row]!];
    });
  }
}
