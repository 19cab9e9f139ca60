// `node --import` it before a test file: says at its end what it and all that it started took of a processor, in seconds.
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Ticks of the clock by which Linux counts, per second. */
const TICKS = 100;

// what a test starts inherits it
if (isMainThread && process.argv[1]?.endsWith('.test.js')) {
  process.on('exit', () => writeSync(1, `cpu: ${seconds().toFixed(1)}\n`));
}

function seconds() {
  try {
    // behind the name, which may hold anything: own time in user and system mode, then that of children that have ended
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
}
