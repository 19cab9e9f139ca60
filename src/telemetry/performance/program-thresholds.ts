import { THRESHOLDS, type Threshold } from '../alerts/thresholds.js';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** In the words of a program that has no cameras, by the code of the alert. */
const OF_PROGRAMS: Readonly<
  Record<string, Pick<Threshold, 'message'> & { readonly help: string; readonly action: string }>
> = {
  'response-slow': {
    help: 'The p95 of the measured operations is above `thresholds.maxResponseTimeMs`.',
    action: 'See which operation takes the time: getPerformanceSummary().operations, by p95Ms.',
    message: (value, limit) => `95 % of the calls take up to ${value.toFixed(0)} ms (limit ${limit} ms)`,
  },
  'memory-high': {
    help: 'The process has more memory than `thresholds.maxMemoryUsageMb`.',
    action:
      'See what its caches hold (getStats().memory), give them a smaller budget (changeMemory), take a heap snapshot.',
    message: (value, limit) => `the process uses ${value.toFixed(0)} MiB of memory (limit ${limit} MiB)`,
  },
  'cpu-high': {
    help: 'The processor of the machine is busier than `thresholds.maxCpuUsagePercent`.',
    action: 'See whether it is this program (top), then which operation it is.',
    message: (value, limit) => `the processor is ${value.toFixed(0)} % busy (limit ${limit} %)`,
  },
  'cache-hit-low': {
    help: "Fewer of the cache's lookups are hits than `thresholds.minCacheHitRate`.",
    action: 'See what is invalidated and how long values live (ttl), or give the cache more memory.',
    message: (value, limit) => `${percent(value)} of the cache's lookups are hits (limit ${percent(limit)})`,
  },
  'errors-high': {
    help: 'More of the measured calls fail than `thresholds.maxErrorRate`.',
    action: 'See which operation fails: getPerformanceSummary().operations, by errorRate.',
    message: (value, limit) => `${percent(value)} of the calls fail (limit ${percent(limit)})`,
  },
};

/** The thresholds that any program has, whatever it does. */
export const PROGRAM_THRESHOLDS: readonly Threshold[] = THRESHOLDS.flatMap((threshold) => {
  const words = OF_PROGRAMS[threshold.declaration.code];
  if (words === undefined) return [];
  const { help, action, message } = words;
  return [{ ...threshold, message, declaration: { ...threshold.declaration, help, action } }];
});
