import { type ChildProcess, spawn } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { countOomKills } from '../../board/oom-kills.js';
import { type Log, maskCredentials } from '../../foundation/log.js';
import { maskArguments } from '../../foundation/secret-values.js';
import { saysOutOfMemory } from '../out-of-memory.js';
import { LastWords } from './last-words.js';
import { PictureFile } from './picture-file.js';

/** How a detector worker is reached; the `detector` section of the configuration fits. */
export interface WorkerOptions {
  /** Program and arguments that speak the worker protocol on fd 3; unset starts the built-in worker. */
  readonly command?: readonly string[] | undefined;
  /** A Unix socket on which a running worker listens; used instead of a child process. */
  readonly socket?: string | undefined;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a worker's life ended. */
export interface WorkerEnd {
  /** A sentence for people, with the worker's last words. */
  readonly reason: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether it ended for want of memory: it said so, or the kernel has killed it for that. */
  readonly outOfMemory: boolean;
}

/** Last words and answers may still be in the pipes when a child is gone; a grandchild may hold them open for ever. */
const DRAIN_MS = 200;
/** A child whose stream is closed should end by itself. */
const CLOSE_GRACE_MS = 2000;
/** A process that hangs inside a driver does not even die of SIGKILL: another must take its place all the same. */
const DEATH_GRACE_MS = 3000;

/** Little memory for young objects: the frame loop makes almost none. It collects when it says so (collection-policy.ts). */
const BUILT_IN = [
  '--max-semi-space-size=1',
  '--max-old-space-size=256',
  '--expose-gc',
  fileURLToPath(new URL('../worker/worker.js', import.meta.url)),
];

/** glibc keeps freed memory per arena, by default eight a core: one keeps a worker's resident memory level for months. */
const ONE_MALLOC_ARENA = { MALLOC_ARENA_MAX: '1' };

/** Where a child finds the file with the pictures, and the variable that tells it. */
const PICTURES_FD = 4;
const PICTURES_VARIABLE = 'EDGE_PICTURES_FD';

const NOTHING = new Uint8Array(0);

const alive = new Set<ChildProcess>();

function killAll(): void {
  for (const child of alive) killGroup(child);
}

/** A worker may be a shell or a wrapper: its children go with it. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/**
 * A worker and the byte stream to it. A child gets a process group of its own, so that it can be ended with all its
 * children, and is killed at the latest when this process exits.
 */
export class WorkerProcess {
  /** Called with every piece of the stream. */
  onData: (chunk: Buffer) => void = () => undefined;
  /** Called once, when the worker is gone. */
  onEnd: (end: WorkerEnd) => void = () => undefined;
  readonly #options: WorkerOptions;
  readonly #words: LastWords;
  readonly #log: Log;
  #child: ChildProcess | null = null;
  #stream: Socket | null = null;
  #pictures: PictureFile | null = null;
  #streamError: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;
  /** Whether it was this process that killed it. */
  #isKilled = false;
  /** Processes that the kernel had killed for want of memory when this one began. */
  #oomKills: number | null = null;

  constructor(options: WorkerOptions, log: Log) {
    this.#options = options;
    this.#words = new LastWords(log);
    this.#log = log;
  }

  /** Of the child; null for a worker behind a socket. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Shared with the child; null where there is none, and for a worker behind a socket. */
  get pictures(): PictureFile | null {
    return this.#pictures;
  }

  /** What was started, for messages. */
  get label(): string {
    const { command, socket } = this.#options;
    if (socket !== undefined) return `detector at ${socket}`;
    if (command === undefined) return 'built-in detector worker';
    return `detector worker ${maskArguments(command, maskCredentials).join(' ')}`;
  }

  start(): void {
    if (this.#options.socket !== undefined) this.#watchStream(createConnection(this.#options.socket), true);
    else this.#spawn();
  }

  /**
   * Writes without copying: the pieces must stay as they are until the answer is here.
   * @param onSent called when the last of it was taken by the system
   */
  write(head: Buffer, pieces: readonly Uint8Array[], onSent?: () => void): void {
    const stream = this.#stream;
    if (!stream || stream.destroyed) return;
    stream.cork();
    stream.write(head);
    for (const piece of pieces) stream.write(piece);
    if (onSent) stream.write(NOTHING, onSent);
    stream.uncork();
  }

  /** Ends the stream and waits a little for the child to go; then kills it. */
  close(): void {
    this.#stream?.end();
    if (this.#child) this.#after(CLOSE_GRACE_MS, () => this.kill());
    else this.#stream?.destroySoon();
  }

  /** Ends the stream and leaves the worker to itself. */
  hangUp(): void {
    this.#stream?.removeAllListeners('close').destroy();
  }

  /** Ends it now, whatever it is doing. */
  kill(): void {
    this.#stream?.destroy();
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    this.#isKilled = true;
    killGroup(child);
    this.#after(DEATH_GRACE_MS, () => this.#forsake(child));
  }

  #spawn(): void {
    const [program, ...args] = this.#options.command ?? [process.execPath, ...BUILT_IN];
    let child: ChildProcess;
    this.#oomKills = countOomKills('/');
    const pictures = (this.#pictures = PictureFile.create({ log: this.#log }));
    const tellsOfPictures = { [PICTURES_VARIABLE]: pictures ? `${PICTURES_FD}` : undefined };
    try {
      child = spawn(program!, args, {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', pictures?.fd ?? 'ignore'],
        env: { ...ONE_MALLOC_ARENA, ...process.env, ...this.#options.env, ...tellsOfPictures },
        detached: true,
      });
    } catch (error) {
      // some refusals of the system (no memory) are thrown, the others come as an event
      setImmediate(() => this.#end(refusal(error as Error), null, null));
      return;
    }
    this.#child = child;
    if (alive.size === 0) process.on('exit', killAll);
    alive.add(child);
    child.on('error', (error) => this.#childGone(refusal(error), null, null));
    child.on('exit', (code, signal) => this.#childExited(code, signal));
    if (child.pid === undefined) return;
    this.#words.listen(child.stdout!);
    this.#words.listen(child.stderr!);
    this.#watchStream(child.stdio[3] as Socket, false);
  }

  #watchStream(stream: Socket, aloneMeansEnd: boolean): void {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.onData(chunk));
    stream.on('error', (error) => {
      this.#streamError = refusal(error);
    });
    stream.on('close', () => {
      if (aloneMeansEnd) this.#end(this.#streamError ?? 'it closed the connection', null, null);
      else if (!this.#ended) this.#after(CLOSE_GRACE_MS, () => this.kill());
    });
  }

  #childExited(code: number | null, signal: NodeJS.Signals | null): void {
    killGroup(this.#child!);
    const finish = () => this.#childGone(signal ? `killed by ${signal}` : `exit code ${code}`, code, signal);
    this.#child!.once('close', finish);
    this.#after(DRAIN_MS, finish);
  }

  /** Gives up waiting for the end of a child; should it come after all, nobody is interested any more. */
  #forsake(child: ChildProcess): void {
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
    this.#end('it does not die of SIGKILL: a driver holds it', null, null);
  }

  #childGone(how: string, code: number | null, signal: NodeJS.Signals | null): void {
    alive.delete(this.#child!);
    if (alive.size === 0) process.off('exit', killAll);
    this.#stream?.destroy();
    this.#child!.stdout?.destroy();
    this.#child!.stderr?.destroy();
    const words = this.#words.toString();
    const killer = this.#wasKilledForMemory(signal) ? ' by the kernel: there was no memory left' : '';
    this.#end(words === '' ? `${how}${killer}` : `${how}${killer}; its last words: ${words}`, code, signal);
  }

  /** The kernel's killer leaves no word but its count. */
  #wasKilledForMemory(signal: NodeJS.Signals | null): boolean {
    if (signal !== 'SIGKILL' || this.#isKilled || this.#oomKills === null) return false;
    return (countOomKills('/') ?? 0) > this.#oomKills;
  }

  #end(how: string, exitCode: number | null, signal: NodeJS.Signals | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#disarm();
    this.#pictures?.close();
    const pid = this.pid === null ? '' : ` (pid ${this.pid})`;
    const outOfMemory = !this.#isKilled && (saysOutOfMemory(how) || this.#wasKilledForMemory(signal));
    this.onEnd({ reason: `${this.label}${pid} ended: ${how}`, exitCode, signal, outOfMemory });
  }

  /** What is to happen next unless the child's end comes first; replaces what was planned. */
  #after(ms: number, act: () => void): void {
    this.#disarm();
    if (!this.#ended) this.#timer = setTimeout(act, ms);
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Why a program could not be started, or a socket not be reached, in words. */
function refusal(error: Error): string {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall?.startsWith('spawn') && code === 'ENOENT') return `there is no such program (${error.message})`;
  if (syscall?.startsWith('spawn') && code === 'EACCES') return `it may not be run (${error.message})`;
  if (syscall === 'connect') return `nobody listens there: is the detector running? (${error.message})`;
  return error.message;
}
