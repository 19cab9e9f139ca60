import { IMPLAUSIBLE } from '../config/sections/plausibility.js';
import type { ConnectionQuality } from '../frame/connection-quality.js';

/** Whatever makes a camera's answers hard to believe. */
export type PlausibilityFault = (typeof IMPLAUSIBLE)[number];
/** What can be wrong with what the model says of the pictures. */
export type ModelFault = Extract<PlausibilityFault, `model-${string}`>;
/** What can be wrong with a camera's pictures. */
export type PictureFault = Exclude<PlausibilityFault, ModelFault | 'detector-may-be-blind' | 'no-vehicles'>;

/** All that can be said of a camera's pictures and answers. */
export const PLAUSIBILITIES = ['plausible', ...IMPLAUSIBLE] as const;
export type Plausibility = (typeof PLAUSIBILITIES)[number];

/** What is found wrong, and the facts that say so in words: `the same picture for 34 s`. */
export interface Implausible<F extends PlausibilityFault = PlausibilityFault> {
  readonly fault: F;
  readonly seen: string;
}

/** How good the connection of a camera is at best that is in this state: it is about pictures, not about the model. */
export function bestQuality(plausibility: Plausibility): ConnectionQuality {
  switch (plausibility) {
    case 'frozen':
    case 'grey':
      return 'unusable';
    case 'dark':
    case 'torn':
    case 'shifted':
      return 'poor';
    case 'damaged':
      return 'fair';
    default:
      return 'excellent';
  }
}

/** Whether nobody can know how good the answers are: an audit only compares the model with itself. */
export function hidesAccuracy(plausibility: Plausibility): boolean {
  switch (plausibility) {
    case 'frozen':
    case 'grey':
    case 'dark':
    case 'torn':
    case 'model-blind':
    case 'model-constant':
    case 'model-saturated':
    case 'model-heaped':
    case 'detector-may-be-blind':
    case 'no-vehicles':
      return true;
    default:
      return false;
  }
}
