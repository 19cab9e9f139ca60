// Loaded into the program before it: writes what its main thread did, one JSON line per collection of garbage and per second, into the
// file that this module's address names. Threads and child processes load it too, and are not watched.
import { openSync, writeSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = new URL(import.meta.url).searchParams.get('to');

if (isMainThread && file !== null && process.argv[2] === 'run') {
  const to = openSync(file, 'w');
  const write = (line) => writeSync(to, `${JSON.stringify(line)}\n`);
  new PerformanceObserver((list) => {
    for (const { startTime, duration, detail } of list.getEntries()) {
      write({ at: performance.timeOrigin + startTime, gcMs: duration, kind: detail.kind });
    }
  }).observe({ entryTypes: ['gc'] });
  let before = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    write({ at: Date.now(), busy: performance.eventLoopUtilization(now, before).utilization });
    before = now;
  }, 1000).unref();
}
