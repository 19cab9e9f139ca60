import type { LoadRequest } from './detector.js';

/** What the probe is told first: the model to open. */
export interface ProbeStart {
  /** Absolute path of the .onnx file. */
  readonly file: string;
}

/** One run of the model: a picture at the input's size, and how its bytes enter the tensor. */
export interface ProbeRun {
  readonly input: LoadRequest['input'];
  /** RGB24, letterboxed: `width * height * 3` bytes. */
  readonly picture: Uint8Array;
}

/** One output of one run; float16 data are bits in a Uint16Array. */
export interface ProbeOutput {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  /** Whether the file leaves the number of rows open. */
  readonly varying: boolean;
  readonly data: ArrayBufferView;
}

/** Every answer of the probe: `outputs` after a run, none after the start; `refused` where ONNX Runtime said no. */
export type ProbeAnswer = { readonly outputs: readonly ProbeOutput[] } | { readonly refused: string };

/** Bytes of all outputs of one run: 25200 rows of 85 numbers are 8.6 MB, masks of a segmentation 13 MB. */
export const MAX_PROBE_BYTES = 256 << 20;
