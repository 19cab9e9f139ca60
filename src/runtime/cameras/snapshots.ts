import { declareCommand } from '../../foundation/command.js';
import { EdgeError } from '../../foundation/errors.js';
import type { Part } from '../../foundation/part.js';
import { TokenBucket } from '../../foundation/token-bucket.js';
import { z } from '../../foundation/validate.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import type { Compressor } from '../../media/compression/compressor.js';
import type { QualityCeiling } from '../tuning/quality-ceiling.js';
import { vehicleRegions } from './vehicle-regions.js';

/** A camera as far as its pictures may come. */
export interface PicturedCamera {
  readonly id: string;
  /** Why there is no picture, for people; null where one may come. */
  readonly obstacle: string | null;
}

export interface SnapshotsParts {
  readonly cameras: () => readonly PicturedCamera[];
  /** Bytes that an answer may have to go through to the broker, as far as is known. */
  readonly room: () => number;
  readonly ceiling: QualityCeiling;
  readonly compressor: Pick<Compressor, 'compress'>;
  /** For tests: ms until it is given up. */
  readonly timeoutMs?: number;
}

/** What a picture answers a command with. */
interface Snapshot extends Record<string, unknown> {
  readonly camera: string;
  /** Unix ms. */
  readonly capturedAt: number;
  readonly width: number;
  readonly height: number;
  /** Of the JPEG, before base64. */
  readonly bytes: number;
  readonly quality: number;
  /** Base64. */
  readonly jpeg: string;
}

interface Waiting {
  readonly maxBytes: number;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
}

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 150_000;
const USUAL_BYTES = 100_000;
/** What an answer has besides the picture, at most. */
const ENVELOPE_BYTES = 600;
/** A picture takes some 20 ms of a core and 130 kB on the wire. */
const RATE = { perSecond: 0.2, burst: 5 };
/** Where there is room for it. */
const BEST_QUALITY = 85;

const payload = z.strictObject({
  camera: z.string().min(1).max(63).optional(),
  maxBytes: z.int().min(2000).max(MOST_BYTES).default(USUAL_BYTES),
});

/** Answers `cmd/snapshot` with the next picture of a camera, as JPEG within bounds. */
export class Snapshots implements Part, FrameTap {
  readonly name = 'snapshots';
  readonly essential = false;
  readonly commands = [
    declareCommand({
      name: 'snapshot',
      access: 'signed',
      help: 'The next picture of a camera (`jpeg`, base64); of the only one where none is named. Five at once, then one every five seconds.',
      payload,
      handle: ({ camera, maxBytes }) => this.#snapshot(camera, maxBytes),
    }),
  ];
  readonly #parts: SnapshotsParts;
  readonly #rate = new TokenBucket(RATE.perSecond, RATE.burst);
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
  }

  start(): void {
    // it begins with the first command
  }

  /** Who waits is told. */
  stop(): void {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { reject } of all) reject(new EdgeError('E_SOURCE', 'the program stops'));
  }

  wants(camera: string): boolean {
    return this.#waiting.has(camera);
  }

  take(frame: Frame, result: Pick<FrameResult, 'capturedAt' | 'detections'>): void {
    const waiting = this.#waiting.get(frame.camera) ?? [];
    this.#waiting.delete(frame.camera);
    const made = waiting.map(async ({ maxBytes, resolve, reject }) => {
      await this.#made(frame, result, maxBytes).then(resolve, reject);
    });
    void Promise.all(made).finally(() => frame.release());
  }

  async #snapshot(named: string | undefined, wanted: number): Promise<Snapshot> {
    const { id } = this.#cameraCalled(named);
    if (!this.#rate.take(performance.now())) {
      throw new EdgeError('E_SOURCE', 'pictures are asked for too fast: one every five seconds');
    }
    // base64 makes four bytes of three
    const room = Math.floor(((this.#parts.room() - ENVELOPE_BYTES) * 3) / 4);
    const maxBytes = Math.min(wanted, MOST_BYTES, room);
    return this.#next(id, maxBytes);
  }

  #cameraCalled(named: string | undefined): PicturedCamera {
    const cameras = this.#parts.cameras();
    const names = cameras.map(({ id }) => id).join(', ') || 'none';
    const camera = named === undefined && cameras.length === 1 ? cameras[0] : cameras.find(({ id }) => id === named);
    if (camera === undefined) throw new RangeError(`camera: expected one of ${names}, got ${named ?? 'nothing'}`);
    if (camera.obstacle !== null) throw new EdgeError('E_SOURCE', `no picture of ${camera.id}: ${camera.obstacle}`);
    return camera;
  }

  async #next(camera: string, maxBytes: number): Promise<Snapshot> {
    const { timeoutMs = TIMEOUT_MS } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const picture = new Promise<Snapshot>((resolve, reject) => {
      const waiting = { maxBytes, resolve, reject };
      this.#waiting.set(camera, [...(this.#waiting.get(camera) ?? []), waiting]);
      timer = setTimeout(() => {
        this.#forget(camera, waiting);
        reject(new EdgeError('E_TIMEOUT', `no picture of ${camera} within ${timeoutMs / 1000} s`));
      }, timeoutMs);
    });
    try {
      return await picture;
    } finally {
      clearTimeout(timer);
    }
  }

  #forget(camera: string, waiting: Waiting): void {
    const others = (this.#waiting.get(camera) ?? []).filter((one) => one !== waiting);
    if (others.length > 0) this.#waiting.set(camera, others);
    else this.#waiting.delete(camera);
  }

  /** As good as its bytes allow, its vehicles first. @throws EdgeError E_SOURCE where not even the worst fits */
  async #made(
    frame: Frame,
    result: Pick<FrameResult, 'capturedAt' | 'detections'>,
    maxBytes: number,
  ): Promise<Snapshot> {
    const { camera, width, height } = frame;
    const { ceiling, compressor } = this.#parts;
    try {
      const { bytes, quality } = await compressor.compress(camera, frame, {
        maxBytes,
        maxQuality: ceiling.under(BEST_QUALITY),
        regions: vehicleRegions(frame, result),
        // a person looks at it who wants to see the road too
        background: 'whole',
      });
      const { length } = bytes;
      return {
        camera,
        capturedAt: result.capturedAt,
        width,
        height,
        bytes: length,
        quality,
        jpeg: bytes.toString('base64'),
      };
    } catch (error) {
      const least = error instanceof EdgeError ? error.context['leastBytes'] : undefined;
      if (least === undefined) throw error;
      const advice = 'raise maxBytes, or the packet limit of the broker';
      const said = `the picture of ${camera} has ${least} bytes at least, and ${maxBytes} may be sent: ${advice}`;
      throw new EdgeError('E_SOURCE', said, { cause: error });
    }
  }
}
