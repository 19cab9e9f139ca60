import { z } from '../../foundation/validate.js';
import { flag, int, real } from '../key-types.js';

/** What the tuning may move, and the configuration may pin. `inputSize` and `variant` move together: a variant has its size. */
export const KNOBS = [
  'model',
  'variant',
  'inputSize',
  'batchSize',
  'batchWindowMs',
  'inferenceIntervalMs',
  'workers',
  'intraOpThreads',
  'compressionQuality',
] as const;

/** What the answers are worth to the user, next to what they cost. */
const TUNE_MODES = ['accuracy', 'balanced', 'eco'] as const;

/** `tune`: how the device tunes itself. */
export const tune = z.strictObject({
  enabled: flag({
    description:
      'Move what model, detector and schedule begin with, so that answers are on time, the board stays cool and the accuracy is as high as it can be.',
  }).default(true),
  mode: z.enum(TUNE_MODES).default('balanced').meta({
    description:
      'What is worth what: accuracy takes what the budgets allow, eco saves energy where that costs little accuracy, balanced lies between.',
  }),
  pinned: z.array(z.enum(KNOBS)).default([]).meta({
    description: 'What stays where the configuration puts it. A model.name or model.variant that is named is pinned.',
  }),
  intervalS: int(1, 60, { unit: 's', description: 'How often it is decided.' }).default(5),
  idleProfiling: flag({
    description:
      'Measure what the device could run while it has nothing better to do: other models and variants, at the lowest priority, a tenth of the time at most.',
  }).default(true),
  latencyMs: int(10, 600_000, {
    unit: 'ms',
    description: 'Longest time from capture to the answer that 95 % of the frames may take.',
  }).default(300),
  maxTemperatureC: real(0, 150, {
    unit: '°C',
    description:
      'Highest temperature that is to be reached; 0: some degrees under the point where the board holds itself back, where it tells that.',
  }).default(0),
  maxWatts: real(0, 10_000, {
    unit: 'W',
    description: 'Most power that the board may draw, where it can be read; 0 any.',
  }).default(0),
  maxCpuPercent: real(5, 100, {
    unit: '%',
    description:
      'Most processor time of all cores that the program may use. What others use of it is not its doing: that shows in late answers.',
  }).default(70),
  maxMemoryMb: int(0, 1_000_000, {
    unit: 'MiB',
    description: 'Most memory that all processes of the program may have; 0: what is left free.',
  }).default(0),
  maxAcceleratorMb: int(0, 1_000_000, {
    unit: 'MiB',
    description: "Most of the accelerator's memory that the workers may have; 0: what is left free.",
  }).default(0),
  maxUplinkMbPerDay: real(0, 1_000_000, {
    unit: 'MB',
    description:
      'Bytes a day to and from the broker beyond which pictures are sent in a lower quality; 0 any. publish.dailyBytes bounds the messages.',
  }).default(0),
  maxSwitchesPerHour: int(0, 60, {
    unit: 'changes',
    description: 'Changes an hour at most that need other workers.',
  }).default(6),
  costPerKwh: real(0, 100, {
    description: 'What a kWh costs, in a currency of your own: for the metric running_cost.',
  }).default(0),
  costPerGb: real(0, 1000, { description: 'What a GB to and from the broker costs, in the same currency.' }).default(0),
});
