import type { TuneConfig } from '../config/config.js';
import type { OperatingPoint } from './operating-point.js';

/** Name of a knob, as the configuration pins it. */
export type KnobName = TuneConfig['pinned'][number];

/** Where all knobs stand. */
export interface KnobSettings {
  readonly point: OperatingPoint;
  /** ms that a picture may wait for others of its batch; 0 where it never does. */
  readonly batchWindowMs: number;
  /** ms between two inferences of one camera at least; 0: whenever its scene asks for one. */
  readonly inferenceIntervalMs: number;
  /** JPEG quality that no picture goes above that is kept or sent, 10..100. */
  readonly compressionQuality: number;
}
