import { type MetricRow, type Reading, single, THREE_DIGITS } from '../foundation/metric-row.js';
import type { LoadShedding } from './load/load-shedding.js';

/** How requests were answered, as `http_cache` counts them. */
export const ANSWERS = [
  'hit',
  'stale',
  'joined',
  'miss',
  'bypass',
  'rescued',
  'notModified',
  'shed',
  'unavailable',
] as const;
/** One of them. */
export type Answer = (typeof ANSWERS)[number];

/** The metrics of the web optimizer beside those of its routes and its cache. @param load null where none is shed */
export function webMetrics(answers: Readonly<Record<Answer, number>>, load: LoadShedding | null): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'http_answers',
      unit: '',
      labels: ['from'],
      step: 1,
      mqtt: false,
      help:
        'Requests by what answered them: hit, stale, joined (the response to an earlier request), miss and bypass (the handler), ' +
        'rescued (an old response in place of a failure), shed, unavailable; notModified counts those of them that were told 304.',
      *read(): Iterable<Reading<number>> {
        for (const answer of ANSWERS) yield [[answer], answers[answer]];
      },
    },
    {
      type: 'gauge',
      name: 'http_event_loop_delay',
      unit: 'ms',
      labels: [],
      step: THREE_DIGITS,
      mqtt: false,
      help: 'Mean delay of the event loop at the last reading.',
      read: () => single(load?.delayMs ?? null),
    },
    {
      type: 'gauge',
      name: 'http_shedding',
      unit: '',
      labels: [],
      step: 1,
      mqtt: false,
      help: '1 while requests are turned away because the event loop is late, else 0.',
      read: () => single(load === null ? null : Number(load.isShedding)),
    },
  ];
}
