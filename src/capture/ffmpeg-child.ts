import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SourceError } from '../foundation/errors.js';
import { ChildPipe } from './child-pipe.js';
import { PICTURE_FD } from './ffmpeg-arguments.js';

const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** How a child ended; both null if it did not go away when it was killed (a driver holds it). */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One ffmpeg process. It is killed when this process ends; should this one be killed, it ends at its next write. */
export class FfmpegChild {
  readonly pictures: ChildPipe;
  readonly messages: ChildPipe;
  /** Rejects with a SourceError if it could not be started. */
  readonly ended: Promise<ChildEnd>;
  #child: ChildProcess;
  #giveUp: (end: ChildEnd) => void = () => {};

  /** @throws SourceError if there is nothing left to start a process with */
  constructor(path: string, args: readonly string[]) {
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    this.#child = child;
    if (running.size === 0) process.on('exit', killAll);
    running.add(child);
    this.ended = this.#watch(child, path);
    this.ended.catch(() => {}); // whoever waits for it hears of it; nobody waits if the next line throws
    if (!child.stderr) throw new SourceError(`cannot start ${path}: this process has no file descriptors left`);
    this.pictures = new ChildPipe(child.stdio[PICTURE_FD] as Readable);
    this.messages = new ChildPipe(child.stderr);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** SIGKILL: a reader that hangs in the network or a driver does not answer gentler signals. */
  kill(): void {
    this.#child.kill('SIGKILL');
    this.pictures.destroy();
    this.messages.destroy();
    setTimeout(() => this.#giveUp({ code: null, signal: null }), 3000).unref();
  }

  #watch(child: ChildProcess, path: string): Promise<ChildEnd> {
    return new Promise<ChildEnd>((resolve, reject) => {
      this.#giveUp = resolve;
      // the error's message alone: its `spawnargs` hold the camera's password
      child.on('error', ({ message }) => reject(new SourceError(`cannot start ${path}`, {}, message)));
      child.once('close', (code, signal) => resolve({ code, signal }));
    }).finally(() => {
      running.delete(child);
      if (running.size === 0) process.off('exit', killAll);
    });
  }
}
