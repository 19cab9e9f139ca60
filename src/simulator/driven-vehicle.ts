import type { Manoeuvre, TrueAct } from './manoeuvres.js';
import type { Shape } from './vehicles.js';

/** A vehicle on the simulated road. */
export interface DrivenVehicle {
  readonly id: number;
  readonly shape: Shape;
  /** Index of the shape among the shapes of the road. */
  readonly shapeIndex: number;
  readonly colour: readonly [number, number, number];
  lane: number;
  /** Lane it came from, and since when it moves over, ms of the chapter. */
  fromLane: number;
  changedAt: number;
  /** How far its front has driven, metres, and how fast, m/s. */
  front: number;
  speed: number;
  readonly wish: number;
  readonly vigour: number;
  manoeuvre: Manoeuvre | null;
  /** What it did that others may not; empty for most. */
  readonly acts: TrueAct[];
}
