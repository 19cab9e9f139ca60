import type { FfmpegBinary } from '../../src/capture/ffmpeg-binary.js';
import type { Truth } from '../../src/simulator/road.js';

/** One clip that all contenders are measured on. */
export interface Case {
  /** Unique; names its row and its chart. */
  readonly name: string;
  /** Absolute path of the video. */
  readonly clip: string;
  /** Size of its pictures in pixels, to which all boxes refer. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** By frame number; null of a clip that was filmed. */
  readonly truth: readonly Truth[] | null;
}

/** The model that all contenders run. */
export interface Model {
  readonly name: string;
  /** That this program runs. */
  readonly variant: string;
  /** The variant that the naive script runs: the model as it was exported. */
  readonly exported: string;
  /** Absolute path of its ONNX file. */
  readonly file: string;
  /** Size of its input in pixels. */
  readonly width: number;
  readonly height: number;
  readonly classes: number;
  /** Indices of the classes that are reported. */
  readonly reported: readonly number[];
}

/** What is the same for every measurement of a run. */
export interface Bench {
  readonly model: Model;
  readonly ffmpeg: FfmpegBinary;
  /** A folder that goes away after the benchmark. */
  readonly scratch: string;
  /** Frames at most of each clip; null takes all. */
  readonly maxFrames: number | null;
  /** How long each contender runs at a clip's own rate. */
  readonly pacedSeconds: number;
  /** Frames that each contender goes through at full speed, of the clip over and over. */
  readonly steadyFrames: number;
}

/** `fast`: every frame as soon as the one before is done; `realtime`: at the clip's own rate, as a camera delivers. */
export type Pace = 'fast' | 'realtime';
