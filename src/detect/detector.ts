import type { ProviderConfig, ProviderName } from '../config/config.js';
import type { Detections } from '../frame/detections.js';
import type { StageTimes } from '../frame/stage-times.js';
import type { ToldDecoding } from './decoding.js';

/** How a model's output tensors are read; chosen once, at load. */
export const FAMILIES = [
  'roadside',
  'yolox',
  'yolov5',
  'yolov8',
  'yolov10',
  'yolo-nas',
  'detr',
  'rf-detr',
  'ssd',
  'efficientnms',
] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * What a model's outputs hold: `raw`, as the family's usual export gives them; `candidates`, `[batch, K, 6]`: the best
 * class of the K strongest anchors, NMS still to be done where the family needs it; `boxes`, `[batch, K, 6]`: the same
 * after NMS. Rows: x1, y1, x2, y2 in pixels of the input, score, class index; those with score 0 only fill up to K.
 */
export const OUTPUTS = ['raw', 'candidates', 'boxes'] as const;
export type OutputForm = (typeof OUTPUTS)[number];

/** How far above 1 rounding may bring a score: half precision keeps three digits, int8 little more than two. */
export const SCORE_TOLERANCE = 0.01;

/** What a model wants besides the picture, the same for every one: numbers, and the input's size in pixels. */
export interface ExtraInput {
  readonly name: string;
  readonly values: readonly (number | 'width' | 'height')[];
}

/** A picture at the model's input size, letterboxed by the sender: RGB24, `width * height * 3` bytes. */
export interface DetectorImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Everything a worker needs to load a model: what travels in the `load` message. */
export interface LoadRequest {
  readonly model: string;
  readonly variant: string;
  /** Absolute path of the .onnx file. */
  readonly file: string;
  /** Hex; the worker refuses a file that does not match. */
  readonly sha256: string;
  /** Files beside the model in which some of its weights lie, by absolute path; they must match as well. */
  readonly externalData?: readonly { readonly file: string; readonly sha256: string }[] | undefined;
  readonly family: Family;
  readonly output: OutputForm;
  /** What the numbers of a raw output mean, where this file differs from its family's usual export. */
  readonly decoding?: ToldDecoding | undefined;
  /** Names, in the order of the class indices that this very file gives. */
  readonly classes: readonly string[];
  readonly input: {
    readonly width: number;
    readonly height: number;
    readonly layout: 'nchw' | 'nhwc';
    readonly type: 'float32' | 'float16' | 'uint8';
    readonly colour: 'rgb' | 'bgr';
    /** value = (byte * scale - mean[c]) / std[c] */
    readonly scale: number;
    readonly mean: readonly [number, number, number];
    readonly std: readonly [number, number, number];
    /** Unset where the model takes the picture alone. */
    readonly extra?: readonly ExtraInput[] | undefined;
  };
  /** Every batch size that will be used: each is warmed up. */
  readonly batchSizes: readonly number[];
  /** One per class. */
  readonly scoreThresholds: readonly number[];
  readonly iouThreshold: number;
  readonly maxDetections: number;
  readonly session: {
    readonly providers: readonly ProviderConfig[];
    readonly intraOpThreads: number;
    readonly arena: boolean;
    readonly memoryPattern: boolean;
    readonly spinning: boolean;
    readonly binding: string | null;
  };
  /** Where compiled models are kept from start to start, and the bytes they may take together; unset keeps none. */
  readonly artifacts?: { readonly folder: string; readonly maxBytes: number };
}

export interface ProviderRefusal {
  readonly provider: ProviderName;
  readonly reason: string;
}

/** What was really loaded, as the worker found it: never what the configuration hoped for. */
export interface ModelInfo {
  readonly model: string;
  readonly variant: string;
  /** The provider in use, read back from the session; a foreign worker may name its own. */
  readonly provider: string;
  readonly refused: readonly ProviderRefusal[];
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly classes: readonly string[];
  /** Numbers of pictures that it takes at once; left out by a worker that takes every one it was asked for. */
  readonly batchSizes?: readonly number[] | undefined;
  /** e.g. `onnxruntime-node 1.29.0`. */
  readonly runtime: string;
  readonly loadMs: number;
  readonly warmupMs: number;
}

/** Milliseconds inside the worker for one batch. */
export interface DetectTimings {
  readonly fillMs: number;
  readonly inferMs: number;
  readonly decodeMs: number;
}

export interface DetectReply {
  /** One per picture, in pixels of that picture. */
  readonly detections: readonly Detections[];
  /** One per picture: the highest score in it, 0..1, whatever the thresholds; null from a worker that does not tell. */
  readonly peakScores: readonly (number | null)[];
  readonly timings: DetectTimings;
}

/** Where inference happens. `load` = create, warm up every batch size, check the output's shape; then `detect` may be called. */
export interface Detector {
  /** @throws ModelError where the model or every provider is refused, each with its reason; DetectorError where the worker died. */
  load(request: LoadRequest): Promise<ModelInfo>;
  /**
   * All pictures of a batch have the loaded input size. Calls may overlap; answers come in order.
   * @param onSent called, if the worker lives, when the last byte has left for it: a frame is larger than a socket's
   *   buffer, so a worker that has begun to read one waits for this process until then
   * @throws DetectorError `cause` says why the frames are lost (crash, stuck, closed)
   */
  detect(images: readonly DetectorImage[], onSent?: () => void): Promise<DetectReply>;
  close(): Promise<void>;
}

/** What inferring one frame gave: boxes in pixels of the frame's source. */
export interface Inference {
  readonly detections: Detections;
  /** What inferred it: workers side by side may differ. */
  readonly by: { readonly variant: string; readonly provider: string };
  /** As in `DetectReply.peakScores`. */
  readonly peakScore: number | null;
  readonly stages: StageTimes;
}
