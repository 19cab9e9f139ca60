import type { ThrottleCause } from '../board/machine/throttling.js';
import type { KnobSettings } from './knobs.js';

/** What one camera asked for and got since the last observation. */
export interface CameraLoad {
  readonly camera: string;
  /** Frames per second that it delivers. */
  readonly framesPerS: number;
  /** Inferences per second that its scene would ask for if it might ask whenever it wants; audits left out. */
  readonly wantedPerS: number;
  /** Inferences per second that it got. */
  readonly inferredPerS: number;
  /** Vehicles in its picture, mean; null before the first answer. */
  readonly vehicles: number | null;
}

/** Everything that the controller decides from: numbers of the time since the last observation, and a time. */
export interface Observation {
  /** ms that only go forward. */
  readonly now: number;
  /** Unix ms. */
  readonly unixNow: number;
  /** Where the knobs stand. */
  readonly knobs: KnobSettings;
  readonly cameras: readonly CameraLoad[];
  /** ms of one picture alone at the point in use, from handing it to a worker to its boxes, mean; null: none was inferred. */
  readonly serviceMs: number | null;
  /** From capture to result, 95th percentile over all frames, ms; null: no frame was answered. */
  readonly p95LatencyMs: number | null;
  /** Share of the frames that were answered later than the budget, or dropped, 0..1. */
  readonly lateShare: number;
  /** Share of the inferences that ended in an error, 0..1. */
  readonly errorShare: number;
  /** F1 of the answers against what inference would have said, as the audits estimate it, 0..1; null: nobody knows. */
  readonly keptF1: number | null;
  /** °C of the warmest part; null: nothing tells. */
  readonly temperature: number | null;
  /** °C at which the board begins to hold itself back; null: nothing tells. */
  readonly throttleAt: number | null;
  /** What holds the board back now. */
  readonly throttledBy: readonly ThrottleCause[];
  /** W that the whole board, or as much of it as can be read, draws; null: nothing tells. */
  readonly watts: number | null;
  /** Share of the cores that this process may use which were busy with anything, 0..1; null: nothing tells. */
  readonly cpuBusy: number | null;
  /** The same, busy with other programs than this one. */
  readonly cpuBusyElsewhere: number | null;
  /** Memory of all of this program's processes, and what is still to be had for them; null: nothing tells. */
  readonly memoryBytes: number | null;
  readonly memoryFreeBytes: number | null;
  /** Bytes a day that the uplink would carry if it went on so; null: nothing tells. */
  readonly uplinkBytesPerDay: number | null;
}
