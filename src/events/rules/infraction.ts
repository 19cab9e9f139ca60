import type { SignalState } from '../../frame/signal-state.js';

/** A place on the way of a vehicle, in pixels of the camera's own picture: the middle of its box's lower edge. */
export type PathPoint = [x: number, y: number];

/** What the signal showed when a vehicle crossed. */
export interface SignalSeen {
  readonly id: string;
  readonly state: SignalState;
  /** ms for which it had shown that, and ms since it was last said. */
  readonly sinceMs: number;
  readonly ageMs: number;
}

/** What bears a verdict out, by offence; times in ms, angles in degrees, shares 0..1. */
export type OffenceFinding =
  | { readonly offence: 'wrong-way'; readonly line: string; readonly direction: string; readonly angleDeg: number }
  | { readonly offence: 'no-stopping'; readonly zone: string; readonly stoodMs: number; readonly inZone: number }
  | { readonly offence: 'class-lane'; readonly zone: string; readonly stayedMs: number; readonly classShare: number }
  | { readonly offence: 'u-turn'; readonly zone: string | null; readonly turnedDeg: number }
  | { readonly offence: 'red-light'; readonly line: string; readonly direction: string; readonly signal: SignalSeen };

/** A vehicle broke a rule of the configuration. */
export type Infraction = OffenceFinding & {
  readonly kind: 'infraction';
  /** Id of the rule. */
  readonly rule: string;
  /** How far what was seen bears the verdict out, 0..1. */
  readonly certainty: number;
  /** Unix ms at which the act began, as far as it was seen. */
  readonly atMs: number;
  /** Oldest first, 16 places at most. */
  readonly path: PathPoint[];
};

/** As it is told: ms and pixels whole, angles to a degree, shares to a hundredth. */
export function roundedInfraction(found: Infraction): Infraction {
  const told = {
    certainty: hundredths(found.certainty),
    atMs: Math.round(found.atMs),
    path: found.path.map(([x, y]): PathPoint => [Math.round(x), Math.round(y)]),
  };
  switch (found.offence) {
    case 'wrong-way':
      return { ...found, ...told, angleDeg: Math.round(found.angleDeg) };
    case 'no-stopping':
      return { ...found, ...told, stoodMs: Math.round(found.stoodMs), inZone: hundredths(found.inZone) };
    case 'class-lane':
      return { ...found, ...told, stayedMs: Math.round(found.stayedMs), classShare: hundredths(found.classShare) };
    case 'u-turn':
      return { ...found, ...told, turnedDeg: Math.round(found.turnedDeg) };
    case 'red-light': {
      const { id, state, sinceMs, ageMs } = found.signal;
      const signal = { id, state, sinceMs: Math.round(sinceMs), ageMs: Math.round(ageMs) };
      return { ...found, ...told, signal };
    }
  }
}

const hundredths = (share: number): number => Math.round(share * 100) / 100;
