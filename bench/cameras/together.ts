import { existsSync, readFileSync } from 'node:fs';
import { CountingBroker } from '../harness/counting-broker.js';
import { treeUsage } from '../harness/process-tree.js';
import { type Command, type Running, start } from '../harness/program.js';
import { machineCpuSeconds } from './whole-machine.js';

const SAMPLE_MS = 250;
const LOOK_MS = 500;
/** For starting and ending: programs, and so much more for each camera. */
const START_S = 60;
const START_S_PER_CAMERA = 3;
/** Of a program that does not end by itself when it is asked to. */
const ENDED = /ended with SIGTERM/;
/** Times as long as a camera takes that a program of so many frames may take: it only falls behind. */
const PATIENCE = 3;
/** Answers still on their way at the end of the judged time. */
const LATER_MS = 1500;

/** Seconds from when every camera has delivered: not judged, and judged. */
export interface Phases {
  readonly settleS: number;
  readonly judgedS: number;
}

/** CPU seconds so far, of the programs with all their children, and of the whole machine; null where nobody tells. */
export interface CpuSample {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly machineSeconds: number | null;
}

/** Programs at the same time. */
export interface Programs {
  readonly commands: readonly Command[];
  /** The file into which they write their answers as they come; null of programs that write them at their end, after so many frames. */
  readonly results: string | null;
}

/** ms that a step takes at most. */
export const stepMs = (cameras: number, { settleS, judgedS }: Phases): number =>
  (START_S + cameras * START_S_PER_CAMERA + settleS + judgedS) * 1000;

/**
 * Runs programs until all cameras have delivered and the phases after that are over, however long they took to start, and ends them; or
 * until they have ended themselves.
 *
 * @param cameras that are to deliver
 * @returns the first program's last line
 * @throws Error with the last words of one that fails, or where a camera delivers nothing in time
 */
export async function together(
  cameras: number,
  phases: Phases,
  programsAt: (port: number) => Programs,
): Promise<{ readonly lastLine: string; readonly samples: readonly CpuSample[] }> {
  const broker = await CountingBroker.start();
  const samples: CpuSample[] = [];
  try {
    const { commands, results } = programsAt(broker.port);
    const patience = results === null ? (PATIENCE - 1) * (phases.settleS + phases.judgedS) * 1000 : 0;
    const programs = commands.map((command) => start(command, stepMs(cameras, phases) + patience));
    const sample = (): void => {
      const cpuSeconds = programs.reduce((sum, { pid }) => sum + treeUsage(pid).cpuSeconds, 0);
      samples.push({ at: Date.now(), cpuSeconds, machineSeconds: machineCpuSeconds() });
    };
    const sampling = process.platform === 'linux' ? setInterval(sample, SAMPLE_MS) : null;
    const ending = endAfter(programs, phases, () => results !== null && deliveringIn(results) >= cameras);
    const ends = await Promise.allSettled(programs.map(({ ended }) => ended));
    clearInterval(sampling!);
    const wasEnded = ending.stop();
    for (const end of ends)
      if (end.status === 'rejected' && !(wasEnded && ENDED.test(String(end.reason)))) throw end.reason;
    const [first] = ends;
    return { lastLine: first?.status === 'fulfilled' ? first.value.lastLine : '', samples };
  } finally {
    await broker.stop();
  }
}

/** @returns `stop` says whether it ended them */
function endAfter(
  programs: readonly Running[],
  { settleS, judgedS }: Phases,
  haveAll: () => boolean,
): { stop(): boolean } {
  let wasEnded = false;
  let ending: NodeJS.Timeout | null = null;
  const looking = setInterval(() => {
    if (!haveAll()) return;
    clearInterval(looking);
    ending = setTimeout(
      () => {
        wasEnded = true;
        for (const { pid } of programs) end(pid);
      },
      (settleS + judgedS) * 1000 + LATER_MS,
    );
  }, LOOK_MS);
  return {
    stop() {
      clearInterval(looking);
      clearTimeout(ending!);
      return wasEnded;
    },
  };
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // it ended by itself
  }
}

/** Cameras that a line of the file names. */
function deliveringIn(file: string): number {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return new Set(Array.from(text.matchAll(/"camera":"([^"]+)"/g), ([, camera]) => camera)).size;
}
