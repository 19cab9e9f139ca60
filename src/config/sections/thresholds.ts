import { z } from '../../foundation/validate.js';
import { int, real } from '../key-types.js';

/** `thresholds`: limits beyond which an alert is raised. 0 watches none. */
export const thresholds = z.strictObject({
  maxResponseTimeMs: int(0, 600_000, {
    unit: 'ms',
    description: 'Longest time from capture to the answer that 95 % of the frames of a minute may take; 0 any.',
  }).default(300),
  maxMemoryUsageMb: int(0, 1_000_000, {
    unit: 'MiB',
    description: 'Most memory that all processes of the program may have resident together; 0 any.',
  }).default(1024),
  maxCpuUsagePercent: real(0, 100, {
    unit: '%',
    description: 'Most processor time of all cores that may be used, on average over a minute; 0 any.',
  }).default(70),
  minCacheHitRate: real(0, 1, {
    description:
      "Least share of the cache's lookups that must be hits, over a minute; 0 any. Remembered scenes are rarely found again on a busy road, which is no fault.",
  }).default(0),
  maxErrorRate: real(0, 1, {
    description: 'Largest share of the frames of a minute that may get no answer because something failed; 0 any.',
  }).default(0.02),
  maxTemperatureC: real(0, 150, {
    unit: '°C',
    description: 'Highest temperature that any sensor of the machine may show; 0 any.',
  }).default(85),
  minDiskFreePercent: real(0, 100, {
    unit: '%',
    description: 'Least share of the disk of store.dir that must be free; 0 any.',
  }).default(5),
  maxPoorCameras: int(0, 64, {
    unit: 'cameras',
    description: 'Cameras whose connection may be poor at a time; 64 watches none.',
  }).default(0),
  maxBrokerAwayS: int(0, 86_400, {
    unit: 's',
    description: 'Longest time that the broker may be away; 0 any. Told once it is back, and meanwhile on the device.',
  }).default(300),
  maxClockJumpMs: int(0, 86_400_000, {
    unit: 'ms',
    description: 'Furthest that the clock of the machine may be set at a time; 0 any.',
  }).default(2000),
  holdS: int(0, 86_400, {
    unit: 's',
    description:
      'How long a limit must be passed without a break until its alert is raised, and kept until it is over.',
  }).default(60),
  hysteresis: real(0, 0.5, {
    description: 'An alert is over once its value is better than the limit by this share of it.',
  }).default(0.05),
});
