import type { Check } from '../check.js';
import { clockCheck } from './system/clock.js';
import { coresCheck } from './system/cores.js';
import { memoryCheck } from './system/memory.js';
import { nodeCheck } from './system/node.js';
import { timeZoneCheck } from './system/time-zone.js';

/** Everything that is looked at; a check is a file beneath this folder and its line here. */
export const CHECKS: readonly Check[] = [
  nodeCheck(),
  memoryCheck(),
  coresCheck(),
  clockCheck(),
  timeZoneCheck(),
  // storage

  // accelerator, models, detector

  // cameras

  // broker, network

  // service, accuracy
];
