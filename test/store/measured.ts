import type { Measurement } from '../../src/store/measurement.js';

/** A configuration that was measured; tests say what is different. */
export const MEASURED: Measurement = {
  model: 'm',
  variant: 'v',
  sha256: 'ab',
  provider: 'cpu',
  threads: 2,
  batch: 1,
  workers: 1,
  measuredAt: 5,
  rounds: 3,
  p50Ms: 4.5,
  p95Ms: 6,
  imagesPerSecond: 220.5,
  spread: 0.02,
  rssBytes: 1e8,
  acceleratorBytes: 0,
  millijoulesPerImage: null,
  temperatureBefore: 40,
  temperatureAfter: 45.5,
  drift: 0.98,
  loadMs: 80,
  failure: null,
};
