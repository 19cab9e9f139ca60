import { AnomalyDetector, UNUSUAL_SCORE } from '../../src/telemetry/alerts/adaptive/anomaly-detector.js';
import { IncidentPeak } from '../../src/telemetry/alerts/adaptive/incident-peak.js';
import { type NabSeries, probationOf } from './nab-score.js';

/** Something that scores the rows of a series one after the other, without looking ahead. */
export interface NabDetector {
  readonly name: string;
  /** Threshold that was not chosen by these series; null where none is known. */
  readonly untuned: number | null;
  /** One score per row. */
  scores(series: NabSeries): number[];
}

/** The textbook's three standard deviations. */
const SIGMAS = 3;
/** Of the published windowed Gaussian: values looked back at, and how often they are looked at anew. */
const WINDOW = 6400;
const STEP = 100;
/** Of the EWMA control chart: what a new value weighs. */
const WEIGHT = 0.1;

/** The detector that the product ships. */
export const ours: NabDetector = {
  name: 'adaptive alerts',
  untuned: UNUSUAL_SCORE,
  scores({ times, values }) {
    const detector = new AnomalyDetector();
    return values.map((value, i) => detector.see(times[i]!, value).news);
  },
};

/** Standard deviations from the mean of the probation. */
const staticThreshold: NabDetector = {
  name: 'static threshold',
  untuned: SIGMAS,
  scores({ values }) {
    const limits = momentsOf(values.slice(0, probationOf(values.length)));
    return values.map((value) => deviations(value, limits));
  },
};

/** Standard deviations from the mean of the values before. */
const windowedGaussian: NabDetector = {
  name: 'windowed Gaussian',
  untuned: SIGMAS,
  scores({ values }) {
    let moments = { mean: 0, deviation: 0 };
    return values.map((value, i) => {
      if (i > 0 && (i < STEP || i % STEP === 0)) moments = momentsOf(values.slice(Math.max(0, i - WINDOW), i));
      return i < 2 ? 0 : deviations(value, moments);
    });
  },
};

/** Standard deviations from an exponentially weighted mean. */
const ewma: NabDetector = {
  name: 'EWMA',
  untuned: SIGMAS,
  scores({ values }) {
    let mean = values[0] ?? 0;
    let variance = 0;
    return values.map((value) => {
      const score = deviations(value, { mean, deviation: Math.sqrt(variance) });
      const off = value - mean;
      mean += WEIGHT * off;
      variance = (1 - WEIGHT) * (variance + WEIGHT * off * off);
      return score;
    });
  },
};

/** Of an incident that lasts they too alarm once, as the product does: else each row of it would cost them. */
export const RIVALS: readonly NabDetector[] = [staticThreshold, windowedGaussian, ewma].map((rival) => ({
  ...rival,
  scores(series) {
    const incident = new IncidentPeak();
    return rival.scores(series).map((score) => incident.news(score));
  },
}));

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

function momentsOf(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Where nothing ever differed, whatever differs is as far off as can be said. */
function deviations(value: number, { mean, deviation }: Moments): number {
  const off = Math.abs(value - mean);
  return off === 0 ? 0 : Math.min(1e9, off / deviation);
}
