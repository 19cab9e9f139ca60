import { Worker } from 'node:worker_threads';
import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { FileKeeper } from './database-port.js';

export interface CheckpointerOptions {
  readonly log: Log;
  /** ms between two looks at each log. */
  readonly everyMs?: number;
  /** Pages of 4096 bytes that are not in the database yet: from so many on they are brought there. */
  readonly atPages?: number;
}

/** What the thread is started with. */
export interface CheckpointThreadTask {
  readonly everyMs: number;
  readonly atPages: number;
}

/** What the thread is told. */
export type CheckpointOrder =
  | { readonly kind: 'attend' | 'leave'; readonly file: string }
  | { readonly kind: 'check'; readonly file: string; readonly id: number }
  | { readonly kind: 'measure'; readonly file: string; readonly id: number; readonly tables: readonly string[] };

/** What it says. */
export type CheckpointNews =
  | { readonly kind: 'log'; readonly file: string; readonly pages: number; readonly inDatabase: number }
  | { readonly kind: 'trouble'; readonly file: string; readonly reason: string }
  | { readonly kind: 'left'; readonly file: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown };

const EVERY_MS = 5000;
/** 4 MiB; fewer would bring a page that changes again and again into the database more often. */
const AT_PAGES = 1000;
const RESTART_MS = 60_000;
/** So long may the last checkpoint take when everything ends; what it did not bring into the database is in the log. */
const FAREWELL_MS = 5000;
const MEMORY = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 };

interface Attention {
  walPages: number | null;
}

/**
 * Brings what the write-ahead logs hold into the databases, in a thread of its own with connections of its own: a checkpoint
 * waits for the medium twice (the log, then the database), tens of milliseconds on a good SD card and seconds on a bad one, and
 * whoever watches cameras must not wait with it. The thread also does what reads a whole file: checking it, measuring its
 * tables. Where it fails it is started anew after a minute; meanwhile the logs grow, and from 64 MiB on SQLite
 * checkpoints where it writes.
 *
 * **What survives what.** A transaction is in the log, in the kernel's memory, when it is committed. A crash or `kill -9` of
 * the process loses nothing of it. A power cut or a crash of the kernel loses what the kernel had not written yet, at most
 * about 30 s with Linux as it comes (`vm.dirty_expire_centisecs`), always whole transactions from the end, and never
 * damages the file; what `StoreFile.sync` was awaited for is on the medium and stays, unless the medium lies.
 */
export class Checkpointer {
  readonly #log: Log;
  readonly #task: CheckpointThreadTask;
  readonly #files = new Map<string, Attention>();
  readonly #questions = new Map<number, (answer: unknown) => void>();
  readonly #farewells = new Map<string, () => void>();
  #thread: Worker | null = null;
  #restart: NodeJS.Timeout | null = null;
  #ids = 0;
  #failures = 0;
  #troubled = new Set<string>();

  constructor({ log, everyMs = EVERY_MS, atPages = AT_PAGES }: CheckpointerOptions) {
    this.#log = log;
    this.#task = { everyMs, atPages };
  }

  /** Threads that ended and checkpoints that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Looks after the log of an open database from now on. */
  attend(file: string): FileKeeper {
    const attention: Attention = { walPages: null };
    this.#files.set(file, attention);
    this.#tell({ kind: 'attend', file });
    return {
      get walPages() {
        return attention.walPages;
      },
      check: async () => (await this.#ask({ kind: 'check', file, id: ++this.#ids })) as string | null,
      measure: async (tables) => {
        const found = await this.#ask({ kind: 'measure', file, id: ++this.#ids, tables });
        return new Map((found ?? []) as [string, number][]);
      },
      leave: () => {
        if (this.#files.get(file) !== attention) return;
        this.#files.delete(file);
        this.#tell({ kind: 'leave', file });
      },
    };
  }

  /** Waits for the last checkpoints of the files that were left, but not for ever, and ends the thread. */
  async stop(): Promise<void> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
    const thread = this.#thread;
    if (thread === null) return;
    // the thread takes orders one after the other: what was left before this one has been left
    const everything = new Promise<void>((resolve) => this.#farewells.set('', resolve));
    this.#tell({ kind: 'leave', file: '' });
    const { promise, timer } = patience();
    await Promise.race([everything, promise]);
    clearTimeout(timer);
    this.#thread = null;
    await thread.terminate();
    this.#giveUpQuestions();
  }

  #tell(order: CheckpointOrder): void {
    if (this.#restart !== null) return;
    this.#thread ??= this.#started();
    this.#thread.postMessage(order);
  }

  /** @returns null where the thread ended meanwhile, or is to be started anew only in a while */
  #ask(order: CheckpointOrder & { readonly id: number }): Promise<unknown> {
    if (this.#restart !== null) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#questions.set(order.id, resolve);
      this.#tell(order);
    });
  }

  #started(): Worker {
    const thread = new Worker(new URL('./checkpoint-thread.js', import.meta.url), {
      workerData: this.#task,
      execArgv: [],
      resourceLimits: MEMORY,
    });
    thread.unref();
    thread.on('message', (news: CheckpointNews) => this.#hear(news));
    thread.on('error', (error) => this.#ended(thread, explain(error)));
    thread.on('exit', (code) => this.#ended(thread, `exit code ${code}`));
    return thread;
  }

  #hear(news: CheckpointNews): void {
    switch (news.kind) {
      case 'log': {
        const attention = this.#files.get(news.file);
        if (attention) attention.walPages = news.pages;
        this.#troubled.delete(news.file);
        return;
      }
      case 'trouble':
        this.#failures++;
        if (this.#troubled.has(news.file)) return;
        this.#troubled.add(news.file);
        this.#log.warn(
          { file: news.file, reason: news.reason },
          'the log of a database cannot be brought into it: it grows',
        );
        return;
      case 'left':
        this.#farewells.get(news.file)?.();
        this.#farewells.delete(news.file);
        return;
      case 'answer':
        this.#questions.get(news.id)?.(news.answer);
        this.#questions.delete(news.id);
    }
  }

  #ended(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return;
    this.#failures++;
    this.#thread = null;
    this.#log.warn({ reason }, 'the thread that looks after databases ended: it is started anew in a minute');
    this.#giveUpQuestions();
    this.#restart = setTimeout(() => {
      this.#restart = null;
      for (const file of this.#files.keys()) this.#tell({ kind: 'attend', file });
    }, RESTART_MS).unref();
  }

  #giveUpQuestions(): void {
    for (const answer of this.#questions.values()) answer(null);
    this.#questions.clear();
    for (const left of this.#farewells.values()) left();
    this.#farewells.clear();
  }
}

function patience() {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL_MS);
  });
  return { promise, timer };
}
