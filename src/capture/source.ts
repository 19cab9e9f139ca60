import type { ConnectionQuality } from '../frame/connection-quality.js';
import type { Frame } from '../frame/frame.js';

/** `paused`: whoever answers its frames wants none for now. */
export type SourceState = 'idle' | 'starting' | 'streaming' | 'reconnecting' | 'paused' | 'ended' | 'stopped';

/** What a source has seen so far; every number only grows. */
export interface SourceCounters {
  /** Whole frames received, dropped ones included. */
  captured: number;
  /** Frames pushed out of the full queue by newer ones (drop-oldest), or lost before they were decoded or drawn. */
  droppedQueue: number;
  /** Pictures or stretches of bytes that could not be understood. */
  malformed: number;
  /** Complaints of the decoder about damaged pictures, which come all the same. */
  decodeErrors: number;
  /** Frames cut short by a dying reader. */
  partialFrames: number;
  /** Times that the picture's size changed in mid-stream. */
  resolutionChanges: number;
  /** Timestamps that jumped back or wrapped around. */
  timestampJumps: number;
  /** Times that the reader was started again. */
  reconnects: number;
  /** Times that no frame came for the stall timeout. */
  stalls: number;
}

export interface SourceHealth {
  readonly state: SourceState;
  readonly connectionQuality: ConnectionQuality;
  /** frames/s that should come, if known. */
  readonly expectedFps: number | null;
  /** ms between two pictures from which a decoder can begin anew; null while unknown, and of what is no video. */
  readonly keyFrameIntervalMs: number | null;
  /** Whether pictures come that need one from which a decoder can begin, and that one has not come yet. */
  readonly waitsForKeyFrame: boolean;
  /** frames/s over the last 10 s (20 frames of a slow camera), null before two frames have come. */
  readonly measuredFps: number | null;
  readonly reconnectsLastHour: number;
  readonly stallsLastHour: number;
  /** Unix ms. */
  readonly lastFrameAt: number | null;
  /** Why the last reader failed or could not begin, credentials masked; kept when it is back. */
  readonly lastError: string | null;
  /** Of the newest pictures, those that could not be understood, 0..1; null before a few have come. */
  readonly malformedShare: number | null;
  readonly counters: Readonly<SourceCounters>;
}

/** One camera. Live sources never end by themselves and drop their oldest waiting frame; files read `fast` wait. */
export interface Source {
  readonly camera: string;
  /** Where it reads from, credentials masked. */
  readonly label: string;
  /**
   * Finds out whether it can ever be read, as far as that shows without starting or connecting anything.
   * @throws SourceError, permanent, as `start` would
   */
  check(): Promise<void>;
  /**
   * Acquires what it needs and begins to read.
   * @throws SourceError where trying again cannot help (no such file, no ffmpeg, bad sim:// option)
   */
  start(): Promise<void>;
  /** The frames as they come; ends after `stop()`, or when a file that does not loop is over. One reader only. */
  frames(): AsyncIterable<Frame>;
  /** Releases everything; may be called at any time, also during `start()`, and more than once. */
  stop(): Promise<void>;
  health(): SourceHealth;
  /** Whether it is a camera or something like one, and no film, folder or simulation; absent: it is. */
  readonly live?: boolean;
  /**
   * Starts its reader anew, keeping its frames in order; absent where there is none to start.
   * @param reason in words, for the log and `lastError`
   */
  restart?(reason: string): void;
  /** Reads nothing until `resume`, also where it has not begun; absent where it goes on, and its frames are not wanted. */
  pause?(): void;
  resume?(): void;
  /** Of the child process that reads it (ffmpeg), for its memory; null where there is none or it does not run now. */
  readonly pid: number | null;
}
