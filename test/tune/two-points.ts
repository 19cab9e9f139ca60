import type { KnownPoint, OperatingPoint } from '../../src/tune/operating-point.js';

const place = { provider: 'cpu', workers: 1, intraOpThreads: 1, batchSize: 1 };
export const SMALL_POINT: OperatingPoint = { model: 'roadside-n', variant: 'int8-416x256', ...place };
export const LARGE_POINT: OperatingPoint = { model: 'roadside-s', variant: 'int8-640x384', ...place };

/** A point as measured on one thread of a processor. @param serviceMs per picture */
export const measuredPoint = (point: OperatingPoint, accuracy: number, serviceMs: number): KnownPoint => ({
  ...point,
  accuracy,
  serviceMs,
  picturesPerS: 1000 / serviceMs,
  cpuMs: serviceMs,
  millijoules: null,
  memoryBytes: 8e7,
  acceleratorBytes: 0,
  isMeasured: true,
});
