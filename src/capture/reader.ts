import type { YuvFormat } from '../kernels/yuv-colour.js';
import type { DecodedImage } from '../media/image.js';
import type { FramePool } from './frame-pool.js';

/**
 * Decodes one JPEG, PNG or WebP, stretches it to `aspect` (width / height) where that is given, and scales it down to at
 * most `maxWidth`.
 * @throws if the bytes are no such picture
 */
export type ImageDecoder = (bytes: Uint8Array, maxWidth: number, aspect?: number) => Promise<DecodedImage>;

/** A picture on its way from a reader into the source's queue. */
export interface CapturedPicture extends DecodedImage {
  /** As of `Frame`. */
  readonly yuv?: YuvFormat | undefined;
  /** The picture's own timestamp in ms, null where it has none. */
  readonly mediaMs: number | null;
  /** The decoder complained about the pictures around this one: parts of it may be smeared, grey or old. */
  readonly damaged: boolean;
  /** Where `data` came from and goes back to, null if nowhere. */
  readonly pool: FramePool | null;
}

/** What a reader tells its source. */
export interface ReaderSink {
  /** Hands a picture over. A returned promise says when the next one is welcome, undefined that it is at once. */
  picture(picture: CapturedPicture): Promise<void> | undefined;
  /** A picture was due but lost before it was whole: replaced by a newer one undecoded, or its time had passed. */
  skipped(): void;
  /** Announced rate in frames/s. */
  expectFps(fps: number): void;
  /** ms between two pictures from which a decoder can begin anew, as far as is known. */
  keyFramesEvery(ms: number): void;
  /** `malformed` of a picture behind `refused`, which says why. */
  count(counter: 'malformed' | 'decodeErrors' | 'partialFrames' | 'timestampJumps'): void;
  /**
   * Says what was received and why it is no picture ("a page in place of a picture"), for the case that no frame comes:
   * the newest one is told with the stall, and forgotten with the next frame. The receiver masks credentials.
   */
  refused(reason: string): void;
  /** Data comes, of which no picture can be made yet: no stall, for a while. The reason is kept as that of `refused`. */
  waiting(reason: string): void;
}

/** One way to get pictures from one place; knows nothing of restarts, queues or health. */
export interface Reader {
  /** Where it reads from, credentials masked. */
  readonly label: string;
  /** A camera, which never ends by itself; otherwise a file or folder. */
  readonly live: boolean;
  /** Longest usual pause between two pictures in ms, 0 if not known. */
  readonly intervalMs: number;
  /** Of the child process that reads, null where there is none or it does not run now. */
  readonly pid: number | null;
  /**
   * Finds out whether it can ever read, as far as that shows without starting or connecting anything.
   * @throws SourceError, permanent, as `prepare` would
   */
  check(): Promise<void>;
  /**
   * Checks what can be checked without the camera, and gets ready; may break off once `signal` is aborted.
   * @throws SourceError where trying again cannot help
   */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Reads until there is nothing more or `signal` is aborted, and leaves nothing behind.
   * @throws SourceError saying why it broke off
   */
  read(sink: ReaderSink, signal: AbortSignal): Promise<void>;
}
