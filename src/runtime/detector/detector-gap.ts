import type { AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { Log } from '../../foundation/log.js';
import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';

export const DETECTOR_GAP: AlertDeclaration = {
  code: 'detector-gap',
  severities: ['info'],
  help: 'Two sets of detector workers do not fit into the memory beside each other: the one that served has ended, the next one loads, and nothing is inferred meanwhile.',
  action: 'Nothing: it ends by itself. More memory, or fewer workers, makes changes without it.',
};

export interface DetectorGapParts {
  readonly alerts: Alerts;
  readonly log: Log;
  /** Whether nothing can be inferred now: scenes answer what they can. */
  readonly onGap: (isGap: boolean) => void;
}

/** The time in which no workers serve because the next ones need the memory of those before: announced, and counted. */
export class DetectorGap {
  readonly metrics: readonly MetricRow[] = [
    {
      type: 'counter',
      name: 'detector_gaps',
      unit: '',
      labels: [],
      step: 1,
      help: 'Times that detector workers ended before the next ones were loaded, because both do not fit into the memory.',
      read: () => single(this.#gaps),
    },
    {
      type: 'gauge',
      name: 'detector_gap_length',
      unit: 'ms',
      labels: [],
      step: 1,
      help: 'How long the last of these gaps took.',
      read: () => single(this.#lastMs),
    },
  ];
  readonly #parts: DetectorGapParts;
  #gaps = 0;
  #lastMs: number | null = null;

  constructor(parts: DetectorGapParts) {
    this.#parts = parts;
  }

  /**
   * @param to what is loaded in it, for people
   * @param limitMs how long that may take
   */
  async during<T>(to: string, limitMs: number, work: () => Promise<T>): Promise<T> {
    const { alerts, log, onGap } = this.#parts;
    const seconds = Math.round(limitMs / 1000);
    const began = performance.now();
    this.#gaps++;
    log.warn({ to, limitMs }, 'nothing is inferred until other workers have loaded: both do not fit into the memory');
    alerts.raise(DETECTOR_GAP.code, {
      severity: 'info',
      message: `nothing is inferred until ${to} has loaded, ${seconds} s at most: two sets of workers do not fit into the memory`,
    });
    onGap(true);
    try {
      return await work();
    } finally {
      onGap(false);
      alerts.clear(DETECTOR_GAP.code);
      this.#lastMs = performance.now() - began;
      log.info({ ms: Math.round(this.#lastMs) }, 'frames are inferred again');
    }
  }
}
