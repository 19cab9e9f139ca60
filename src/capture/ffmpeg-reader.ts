import { open, stat } from 'node:fs/promises';
import { SourceError } from '../foundation/errors.js';
import { type Log, maskCredentials } from '../foundation/log.js';
import { describeContent, isWords } from '../media/content-kind.js';
import type { BytesTaker } from './child-pipe.js';
import { type FfmpegTask, ffmpegArguments } from './ffmpeg-arguments.js';
import { type FfmpegBinary, type FfmpegChoice, findFfmpeg, locateFfmpeg } from './ffmpeg-binary.js';
import { type ChildEnd, FfmpegChild } from './ffmpeg-child.js';
import { reasonOf } from './ffmpeg-reason.js';
import { FfmpegReport, type PictureNote } from './ffmpeg-report.js';
import { FramePool } from './frame-pool.js';
import { cannotRead } from './missing-path.js';
import { PictureJoin } from './picture-join.js';
import type { Reader, ReaderSink } from './reader.js';
import { type ParsedPicture, Y4mParser } from './y4m-parser.js';

/** A camera that changes its picture's size sooner than this is not given a fresh ffmpeg at once. */
const SHORTEST_RUN_MS = 1000;

/** Of a file that is no video, looked at to say what it is. */
const HEAD_BYTES = 4096;

const NO_KEY_FRAME =
  'waiting for a key frame: the stream comes, but no picture can be made of it before; let the camera send one more often (I-frame interval, GOP)';

export interface FfmpegReaderOptions {
  readonly task: FfmpegTask;
  readonly choice: FfmpegChoice;
  /** Set for a file: looked for before ffmpeg is started. */
  readonly file?: string | undefined;
  /** Pictures kept for reuse: what the queue and the detector hold, and one more. */
  readonly poolBuffers: number;
  readonly log: Log;
  /** Looks at the camera's certificate, which ffmpeg does not: before each start. */
  readonly checkCertificate?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** Reads anything ffmpeg can read, one child process at a time. */
export class FfmpegReader implements Reader {
  readonly label: string;
  readonly live: boolean;
  readonly intervalMs: number;
  #options: FfmpegReaderOptions;
  #pool: FramePool;
  #binary: FfmpegBinary | null = null;
  #child: FfmpegChild | null = null;

  constructor(options: FfmpegReaderOptions) {
    const { task, file } = options;
    this.#options = options;
    this.#pool = new FramePool(options.poolBuffers);
    this.label = maskCredentials(file ?? task.url);
    this.live = task.live;
    this.intervalMs = task.maxFps > 0 ? 1000 / task.maxFps : 0;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async check(): Promise<void> {
    const { file, choice, task } = this.#options;
    if (file !== undefined) await checkFile(file);
    if (locateFfmpeg(choice).bundled && task.live) {
      const advice = 'install ffmpeg (sudo apt install ffmpeg) or set EDGE_FFMPEG to its path';
      throw SourceError.permanent(
        `${this.label} needs the system's ffmpeg; the bundled build reads files only: ${advice}`,
        { missing: 'ffmpeg' },
      );
    }
  }

  async prepare(): Promise<void> {
    const { choice, log } = this.#options;
    await this.check();
    this.#binary = await findFfmpeg(choice);
    if (!this.#binary.bundled) return;
    log.warn({ ffmpeg: this.#binary.version }, 'no ffmpeg on PATH: reading files with the bundled build of 2018');
  }

  async read(sink: ReaderSink, signal: AbortSignal): Promise<void> {
    let began: number;
    do {
      await this.#options.checkCertificate?.(signal);
      began = performance.now();
      if (!(await this.#runChild(sink, signal)) || signal.aborted) return;
    } while (performance.now() - began >= SHORTEST_RUN_MS);
    throw new SourceError(`the picture of ${this.label} changes its size again and again`);
  }

  /** @returns whether the camera changed its picture's size, so that a fresh ffmpeg should scale it */
  async #runChild(sink: ReaderSink, signal: AbortSignal): Promise<boolean> {
    const { task } = this.#options;
    const binary = (this.#binary ??= await findFfmpeg(this.#options.choice));
    const run = new ChildRun(new FfmpegChild(binary.path, ffmpegArguments(task, binary)), task, this.#pool, sink);
    this.#child = run.child;
    const kill = () => run.child.kill();
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    try {
      const end = await run.finish();
      if (run.resized || signal.aborted) return run.resized;
      const { file } = this.#options;
      run.check(end, this.label, file !== undefined && !run.hasPictures ? await wordsIn(file) : null);
      return false;
    } finally {
      signal.removeEventListener('abort', kill);
      this.#child = null;
      this.#pool.drain();
    }
  }
}

/** One child's two pipes, from its start to its end. */
class ChildRun {
  readonly child: FfmpegChild;
  resized = false;
  #live: boolean;
  #task: FfmpegTask;
  #missing: string | null = null;
  #sink: ReaderSink;
  #pool: FramePool;
  #parser: Y4mParser;
  #report: FfmpegReport;
  #join: PictureJoin;
  #pictures = 0;
  #malformed = 0;
  #jumps = 0;
  #complaints = 0;
  #width = 0;
  #height = 0;
  #waiting = 0;

  constructor(child: FfmpegChild, task: FfmpegTask, pool: FramePool, sink: ReaderSink) {
    this.child = child;
    this.#live = task.live;
    this.#task = task;
    this.#sink = sink;
    this.#pool = pool;
    this.#join = new PictureJoin((picture, note) => this.#deliver(picture, note));
    this.#report = new FfmpegReport((note) => this.#join.note(note), task.aspect);
    this.#parser = new Y4mParser(pool, (picture) => this.#join.picture(picture));
  }

  async finish(): Promise<ChildEnd> {
    const { pictures, messages } = this.child;
    const text = new TextDecoder();
    const broken = () => this.child.kill();
    messages.read((bytes) => this.#onMessages(text.decode(bytes, { stream: true })), broken);
    pictures.readInto(this.#bytes, broken);
    const end = await this.child.ended;
    this.#join.end();
    if (this.#parser.end() && !this.resized) this.#sink.count('partialFrames');
    return end;
  }

  get hasPictures(): boolean {
    return this.#pictures > 0;
  }

  /**
   * @param content what the file holds that is no video, in words; null where nobody knows
   * @throws SourceError unless the child ended as one that has read a whole file
   */
  check(end: ChildEnd, label: string, content: string | null): void {
    if (end.code === 0 && this.#pictures > 0) return;
    const how = end.signal ?? `exit code ${end.code}`;
    const said = this.#report.failure;
    const known = said === null || this.#pictures > 0 ? null : reasonOf(said, this.#task);
    const reason = content === null ? known : `it holds ${content}`;
    const silent = this.#pictures === 0 ? 'it holds no picture' : 'it did not say why';
    const why = reason === null ? (said ?? silent) : `${reason} (${said ?? silent})`;
    const isFilm = !this.#live && this.#pictures === 0 && content === null;
    const advice = isFilm ? ': is it a video? Try it with ffplay' : '';
    const context = { pictures: this.#pictures };
    // killed by a signal, it may have been for want of memory
    const permanent = !this.#live && this.#pictures === 0 && end.signal === null;
    throw new SourceError(`ffmpeg ended (${how}) reading ${label}: ${why}${advice}`, context, undefined, permanent);
  }

  #onMessages(text: string): void {
    const report = this.#report;
    report.push(text);
    if (report.fps !== null) this.#sink.expectFps(report.fps);
    if (report.keyFrameIntervalMs !== null) this.#sink.keyFramesEvery(report.keyFrameIntervalMs);
    for (; this.#jumps < report.jumps; this.#jumps++) this.#sink.count('timestampJumps');
    this.#onMissing(report.missing);
    this.#onComplaints(report.complaints);
  }

  /** Should nothing more come, this is why: a server that falls silent lets ffmpeg wait, and say nothing. */
  #onMissing(missing: string | null): void {
    if (missing === null || missing === this.#missing || this.#pictures > 0) return;
    this.#missing = missing;
    this.#sink.refused(missing);
  }

  /** Before the first picture they only say that the stream was joined between two key frames. */
  #onComplaints(complaints: number): void {
    if (complaints === this.#complaints) return;
    if (this.#live) this.#sink.waiting(NO_KEY_FRAME);
    for (; this.#complaints < complaints; this.#complaints++) {
      if (this.#pictures > 0) this.#sink.count('decodeErrors');
    }
  }

  /** The parser, and what it could make nothing of. */
  readonly #bytes: BytesTaker = {
    room: () => this.#parser.room(),
    filled: (bytes) => {
      this.#parser.filled(bytes);
      this.#countMalformed();
    },
    push: (bytes) => {
      this.#parser.push(bytes);
      this.#countMalformed();
    },
  };

  #countMalformed(): void {
    for (; this.#malformed < this.#parser.malformed; this.#malformed++) this.#sink.count('malformed');
  }

  #deliver({ width, height, isFull, data }: ParsedPicture, note: PictureNote | null): void {
    const damaged = note?.damaged ?? false;
    if (damaged && this.#live && this.#pictures === 0) {
      this.#sink.waiting(NO_KEY_FRAME);
      this.#pool.give(data);
      return;
    }
    const sourceWidth = note?.sourceWidth || this.#width || width;
    const sourceHeight = note?.sourceHeight || this.#height || height;
    const changed = this.#pictures > 0 && (sourceWidth !== this.#width || sourceHeight !== this.#height);
    // ffmpeg squeezes pictures of another size into the first one's: right boxes, but a distorted picture
    if (changed && this.#live) {
      this.#restart(data);
      return;
    }
    this.#width = sourceWidth;
    this.#height = sourceHeight;
    this.#pictures++;
    const mediaMs = note?.mediaMs ?? null;
    const pool = this.#pool;
    const yuv = `i420-${this.#report.matrix}${isFull ? '-full' : ''}` as const;
    const ready = this.#sink.picture({ width, height, data, sourceWidth, sourceHeight, yuv, mediaMs, damaged, pool });
    if (ready) this.#hold(ready);
  }

  #restart(data: Uint8Array): void {
    this.#pool.give(data);
    if (!this.resized) this.child.kill();
    this.resized = true;
  }

  #hold(ready: Promise<void>): void {
    this.#waiting++;
    this.child.pictures.pause();
    ready.then(() => {
      if (--this.#waiting === 0) this.child.pictures.resume();
    });
  }
}

/** What a file holds where that is nothing, or is meant for people to read. */
async function wordsIn(file: string): Promise<string | null> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES);
    const head = buffer.subarray(0, bytesRead);
    return isWords(head) ? describeContent(head) : null;
  } finally {
    await handle.close();
  }
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(async (error: unknown) => {
    throw await cannotRead('a file', file, error);
  });
  if (found.isDirectory())
    throw SourceError.permanent(`expected a file, got the folder ${file}: for its pictures write images:${file}`);
}
