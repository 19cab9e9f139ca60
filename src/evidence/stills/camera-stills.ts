import { TokenBucket } from '../../foundation/token-bucket.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { EventPayload } from '../../telemetry/mqtt/messages/event.js';
import type { EvidenceDropCause } from '../metrics.js';
import { StillCandidates } from './candidates.js';
import type { ContextPicture, StillMaterial } from './still-pictures.js';
import { WaitingEvents } from './waiting-events.js';

/** An event with the pictures that a record is made of. */
export interface RipeEvidence {
  readonly event: EventPayload;
  readonly material: StillMaterial;
  readonly answer: Pick<FrameResult, 'model' | 'variant' | 'provider'>;
  /** When it happened: ms on a clock that only goes forward. */
  readonly happenedAt: number;
}

export interface CameraStillsOptions {
  /** Kinds of events that evidence is kept of. */
  readonly kinds: readonly string[];
  /** How long after an event a better picture is waited for, in ms. */
  readonly waitMs: number;
  /** Records a minute, on average; infractions are not counted. */
  readonly maxPerMinute: number;
  /** Told of each event that gets no record. */
  readonly dropped: (cause: EvidenceDropCause) => void;
}

interface Held {
  readonly event: EventPayload;
  readonly happenedAt: number;
  /** null until the frame of the event is here. */
  context: ContextPicture | null;
  answer: RipeEvidence['answer'] | null;
}

/** Events that wait for pictures at a time: each holds a whole one. */
const MOST_WAITING = 8;
/** Records at once, after a quiet minute. */
const BURST = 10;

/** What one camera shows, as far as evidence is made of it: the best picture of each vehicle, and the whole picture at each event. */
export class CameraStills {
  readonly #options: CameraStillsOptions;
  readonly #kinds: ReadonlySet<string>;
  readonly #candidates = new StillCandidates();
  readonly #waiting: WaitingEvents<Held>;
  readonly #rate: TokenBucket;
  #sceneMs: number | null = null;

  constructor(options: CameraStillsOptions) {
    this.#options = options;
    this.#kinds = new Set(options.kinds);
    this.#waiting = new WaitingEvents(MOST_WAITING, options.waitMs);
    this.#rate = new TokenBucket(options.maxPerMinute / 60, Math.min(BURST, options.maxPerMinute));
  }

  /** Whether any of its frames is of use. */
  get isWanted(): boolean {
    return this.#kinds.size > 0;
  }

  /** Something happened, whose frame comes next. @param now ms on a clock that only goes forward */
  happened(event: EventPayload, now: number): void {
    if (!this.#kinds.has(event.kind)) return;
    if (event.kind !== 'infraction' && !this.#rate.take(now)) {
      this.#options.dropped('rate');
      return;
    }
    const held: Held = { event, happenedAt: now, context: null, answer: null };
    if (!this.#waiting.add(held, event.vehicle.trackId, now)) this.#options.dropped('busy');
  }

  /** A frame with its answer; its pixels are not kept. */
  see(frame: Frame, result: FrameResult): void {
    this.#sceneMs = frame.sceneMs;
    this.#candidates.see(frame, result, this.#waiting.trackIds);
    const fresh = this.#waiting.fresh();
    if (fresh.length > 0) {
      const context = copyOf(frame, result);
      const { model, variant, provider } = result;
      for (const { event: held } of fresh) {
        held.context = context;
        held.answer = { model, variant, provider };
      }
    }
    this.#waiting.seen(frame.sceneMs);
  }

  /** What waits for no better picture any more. @param now ms on a clock that only goes forward */
  ripe(now: number): RipeEvidence[] {
    return this.#made(this.#waiting.ripe(this.#sceneMs, now));
  }

  /** All that waits, as it is. */
  takeAll(): RipeEvidence[] {
    return this.#made(this.#waiting.takeAll());
  }

  #made(waited: readonly Held[]): RipeEvidence[] {
    return waited.flatMap(({ event, happenedAt, context, answer }) => {
      if (context === null || answer === null) {
        this.#options.dropped('no-picture');
        return [];
      }
      // whoever makes events says where the vehicle is: only what is published may lack it
      const box = event.vehicle.box!;
      const best = this.#candidates.best(event.vehicle.trackId);
      return [{ event, happenedAt, answer, material: { context, best, box } }];
    });
  }
}

function copyOf(
  { seq, width, height, sourceWidth, sourceHeight, yuv, data }: Frame,
  { capturedAt }: FrameResult,
): ContextPicture {
  // the slice of a Buffer, which pools are made of, is a view of what a later frame overwrites
  const copy = new Uint8Array(data);
  return { frame: seq, capturedAt, width, height, sourceWidth, sourceHeight, yuv, data: copy };
}
