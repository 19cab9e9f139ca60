import type { Check } from '../check.js';
import { nodeCheck } from './system/node.js';

/** Everything that is looked at; a check is a file beneath this folder and its line here. */
export const CHECKS: readonly Check[] = [
  nodeCheck(),
  // storage

  // accelerator, models, detector

  // cameras

  // broker, network

  // service, accuracy
];
