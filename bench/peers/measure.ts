import { quantile } from '../../src/foundation/statistics.js';
import { answerTimes, type FrameLine, framesPerSecond } from '../harness/results.js';
import { watchedRun } from '../harness/watched-run.js';
import type { Contender, Phase, Task } from './contender.js';
import { type Beside, Neighbour } from './neighbour.js';

/** One contender, once through the clip. */
export interface Measured {
  readonly lines: readonly FrameLine[];
  readonly fps: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly cpuPer1000: number | null;
  /** Bytes. */
  readonly peakRss: number | null;
  readonly peakPss: number | null;
  /** MQTT messages that the broker got. */
  readonly messages: number;
  /** Pictures per second that the neighbour transcoded between the first result and the last; null without one. */
  readonly neighbourFps: number | null;
}

/** @throws Error with the program's last words where it fails, or the neighbour's */
export async function measure(
  contender: Contender,
  task: Task,
  pace: Phase['pace'],
  beside: Beside,
): Promise<Measured> {
  const neighbour = beside === 'neighbour' ? await Neighbour.start(task.ffmpeg, task.clip) : null;
  try {
    const run = await watchedRun(task.scratch, task.frames, (outlets) => contender.command(task, { pace, ...outlets }));
    const lines = run.lines.slice(0, task.frames);
    const latencies = lines.map(({ latencyMs }) => latencyMs);
    const answeredAt = answerTimes(lines);
    return {
      lines,
      fps: framesPerSecond(answeredAt),
      p50Ms: quantile(latencies, 0.5),
      p95Ms: quantile(latencies, 0.95),
      cpuPer1000: run.usage.cpuPer1000(answeredAt),
      peakRss: run.usage.peakRss,
      peakPss: run.usage.peakPss,
      messages: run.messages,
      neighbourFps: neighbour?.rate(answeredAt[0] ?? Number.NaN, answeredAt.at(-1) ?? Number.NaN) ?? null,
    };
  } finally {
    await neighbour?.stop();
  }
}
