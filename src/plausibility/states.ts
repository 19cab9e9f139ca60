import type { ConnectionQuality } from '../frame/connection-quality.js';

/** What can be wrong with a camera's pictures, the worst first. */
export const PICTURE_FAULTS = ['frozen', 'grey', 'dark', 'torn', 'shifted', 'damaged'] as const;
export type PictureFault = (typeof PICTURE_FAULTS)[number];

/** What can be wrong with what the model says of them, the worst first. */
export const MODEL_FAULTS = ['model-blind', 'model-constant', 'model-saturated', 'model-heaped'] as const;
export type ModelFault = (typeof MODEL_FAULTS)[number];

/** Whatever makes a camera's answers hard to believe. */
export type PlausibilityFault = PictureFault | ModelFault | 'no-vehicles';

/** All that can be said of a camera's pictures and answers. */
export const PLAUSIBILITIES = ['plausible', ...PICTURE_FAULTS, ...MODEL_FAULTS, 'no-vehicles'] as const;
export type Plausibility = (typeof PLAUSIBILITIES)[number];

/** What is found wrong, and the facts that say so in words: `the same picture for 34 s`. */
export interface Implausible<F extends PlausibilityFault = PlausibilityFault> {
  readonly fault: F;
  readonly seen: string;
}

/** How good the connection of a camera is at best whose pictures have a fault. */
export const BEST_QUALITY: Readonly<Record<PictureFault, ConnectionQuality>> = {
  frozen: 'unusable',
  grey: 'unusable',
  dark: 'poor',
  torn: 'poor',
  shifted: 'poor',
  damaged: 'fair',
};

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
      return true;
    default:
      return false;
  }
}
