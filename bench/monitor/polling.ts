import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardTree, type Compared, nothing, ours, type Poll, systeminformation } from './polls.js';

const EVERY_MS = 1000;
const TICK_MS = 10;
/** Much more than others write in a second. */
const WRITTEN_BYTES = 16 * 2 ** 20;

export type Way = 'nothing' | 'ours' | 'ours, a board of 72 sensors' | 'systeminformation' | 'both';

/** What a process printed: ms of processor time, its children's too, over so many polls once a second. */
export interface Polling {
  readonly cpuMs: number;
  readonly polls: number;
  /** Where both were polled side by side: what each read at the same moment. */
  readonly readings: readonly { readonly ours: Compared; readonly theirs: Compared }[];
}

const POLLS: Readonly<Record<Exclude<Way, 'both'>, () => Poll>> = {
  nothing,
  ours: () => ours(),
  'ours, a board of 72 sensors': () => ours(boardTree()),
  systeminformation,
};

/*
 * `polling.js WAY WARM-UP POLLS`: so many polls once a second, after some that do not count.
 */
const [, , way, warmUp, polls] = process.argv as [string, string, Way, string, string];
const numbers = [Number(warmUp), Number(polls)] as const;
process.stdout.write(JSON.stringify(way === 'both' ? await sideBySide(...numbers) : await alone(way, ...numbers)));

async function alone(name: Exclude<Way, 'both'>, uncounted: number, count: number): Promise<Polling> {
  const poll = POLLS[name]();
  await eachSecond(uncounted, () => poll.poll());
  const before = cpuMs();
  await eachSecond(count, () => poll.poll());
  const used = cpuMs() - before;
  poll.end();
  return { cpuMs: used, polls: count, readings: [] };
}

async function sideBySide(uncounted: number, count: number): Promise<Polling> {
  const [mine, theirs] = [ours(), systeminformation()];
  const file = join(tmpdir(), `edge-monitor-${process.pid}`);
  process.once('exit', () => rmSync(file, { force: true }));
  const readings: { ours: Compared; theirs: Compared }[] = [];
  await eachSecond(uncounted + count, async () => {
    // something that the counters of disks must show
    writeThrough(file);
    await Promise.all([mine.poll(), theirs.poll()]);
    readings.push({ ours: mine.compared(), theirs: theirs.compared() });
  });
  mine.end();
  // rates need two readings
  return { cpuMs: 0, polls: count, readings: readings.slice(uncounted) };
}

function writeThrough(file: string): void {
  const fd = openSync(file, 'w');
  writeSync(fd, Buffer.alloc(WRITTEN_BYTES));
  fsyncSync(fd);
  closeSync(fd);
}

/** One at a time, on whole seconds: one that takes longer misses the next. */
async function eachSecond(count: number, poll: () => Promise<void>): Promise<void> {
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await poll();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - (performance.now() - began))));
  }
}

/** Of this process, and of the programs that it started and that have ended. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (user + system) / 1000 + (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
