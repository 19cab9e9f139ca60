import type { z } from '../../foundation/validate.js';
import type { recommendation } from '../../telemetry/mqtt/messages/daily-report.js';

/** What may be recommended. */
export const RECOMMENDATIONS = [
  'camera-outage',
  'camera-unseen',
  'accuracy-below-floor',
  'answers-late',
  'frames-dropped',
  'workers-restarted',
  'machine-throttled',
  'disk-fills',
  'store-refuses',
  'store-damaged',
  'database-unwell',
  'events-left-out',
  'clock-unsynchronised',
  'change-promises',
  'change-keeps-failing',
] as const;
export type RecommendationCode = (typeof RECOMMENDATIONS)[number];

/** Something to do, why, what it brings, and the command that does it. */
export type Recommendation = Omit<z.infer<typeof recommendation>, 'code'> & { readonly code: RecommendationCode };
export type Gain = Recommendation['gain'];

/** Where nothing tells what it would bring. */
export const UNKNOWN_GAIN: Gain = { kind: 'unknown', source: 'none', value: null, unit: '' };

/** The program's own name, as commands begin with it. */
const PROGRAM = 'edge-optimizer';

/** A command of the program. @param words they need no quotes: ids, numbers and options */
export const ownCommand = (words: string): string => `${PROGRAM} ${words}`;
