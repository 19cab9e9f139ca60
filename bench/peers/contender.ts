import type { Command } from '../harness/program.js';
import type { Outlets } from '../harness/watched-run.js';

/** What all contenders of a benchmark are given. */
export interface Task {
  /** Absolute. */
  readonly clip: string;
  /** Absolute; YOLOX-nano. */
  readonly model: string;
  /** Size of the clip's pictures in pixels. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly ffmpeg: string;
  /** A folder that goes away after the benchmark. */
  readonly scratch: string;
  /** Threads inside an operator for our own session. */
  readonly threads: number;
}

/** One run of one contender. */
export interface Phase extends Outlets {
  /** `fast`: every frame as soon as the one before is done; `realtime`: at the clip's own rate, as a camera delivers. */
  readonly pace: 'fast' | 'realtime';
}

export interface Contender {
  readonly name: string;
  /** Gets ready once. @throws Error that says why it cannot take part and what to install */
  prepare(task: Task): Promise<void>;
  command(task: Task, phase: Phase): Command;
}

/** What a program that failed said at its end, in one line. */
export function lastWords(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').slice(-3).join(' ');
}
