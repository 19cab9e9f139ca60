import { readdirSync, readFileSync, write } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { HangDetector } from './hang-detector.js';
import type { WatchdogTask } from './watchdog.js';

/*
 * The thread of watchdog.ts. It imports next to nothing, holds no lock and waits for nothing that the main thread may
 * hold: what it has to do, it must be able to do while everything else hangs.
 */

const STDERR = 2;
/** The last words must not keep the process: whoever does not read them may be what it hangs on. */
const LAST_WORDS_MS = 1000;

const { beats, limitMs, everyMs, json } = workerData as WatchdogTask;
const detector = new HangDetector(limitMs, everyMs);
let lookedAt = performance.now();

const looking = setInterval(() => {
  const now = performance.now();
  const hangs = detector.look({
    beats: Atomics.load(beats, 0),
    elapsedMs: now - lookedAt,
    waitsForDisk: mainThreadState() === 'D',
  });
  lookedAt = now;
  if (hangs) end();
}, everyMs);

function end(): void {
  clearInterval(looking);
  const msg = `the main thread did nothing for ${Math.round(limitMs / 1000)} s: the process is killed, to be started again (watchdog.hangS)`;
  const line = json ? JSON.stringify({ level: 'error', time: new Date().toISOString(), msg }) : msg;
  write(STDERR, `${line}\n`, kill);
  setTimeout(kill, LAST_WORDS_MS);
}

/** Workers and ffmpeg end when their pipes are closed; one that waits for a silent camera would not notice. */
function kill(): void {
  for (const child of children()) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // it has ended meanwhile
    }
  }
  process.kill(process.pid, 'SIGKILL');
}

/** None where the system does not tell. */
function children(): number[] {
  try {
    const lists = readdirSync('/proc/self/task').map((thread) =>
      readFileSync(`/proc/self/task/${thread}/children`, 'latin1'),
    );
    return lists.join(' ').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** `R` runs, `S` sleeps, `D` waits for a disk; null where the system does not tell. */
function mainThreadState(): string | null {
  try {
    const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
}
