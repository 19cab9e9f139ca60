import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { ChildPipe } from '../../src/capture/child-pipe.js';
import { ffmpegArguments, PICTURE_FD } from '../../src/capture/ffmpeg-arguments.js';
import { type FfmpegBinary, findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { FfmpegReport } from '../../src/capture/ffmpeg-report.js';
import { FramePool } from '../../src/capture/frame-pool.js';
import { Y4mParser } from '../../src/capture/y4m-parser.js';

/** How the pipes of ffmpeg are read: a new buffer for each read, as streams do, or one buffer again and again. */
export type Way = 'chunks' | 'one buffer';

/** What one process saw that read cameras for a while. */
export interface Reading {
  readonly pictures: number;
  /** Of the pictures of each camera, in hex; the same for the same pictures. */
  readonly sums: readonly string[];
  /** Full collections of garbage. */
  readonly fullCollections: number;
  /** Time in collections of any kind, ms. */
  readonly collectingMs: number;
  /** Time that the event loop was not idle, ms. */
  readonly busyMs: number;
}

/** Reads a film in real time with so many cameras, to its end. @param file of any format that ffmpeg reads */
async function read(way: Way, file: string, cameras: number): Promise<Reading> {
  const binary = await findFfmpeg({ env: process.env });
  let fullCollections = 0;
  let collectingMs = 0;
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  const take = (entries: readonly PerformanceEntry[]): void => {
    for (const { duration, detail } of entries) {
      collectingMs += duration;
      if ((detail as { kind: number }).kind === MAJOR) fullCollections++;
    }
  };
  observer.observe({ entryTypes: ['gc'] });
  const before = performance.eventLoopUtilization();
  const read = await Promise.all(Array.from({ length: cameras }, () => readCamera(way, file, binary)));
  const { active } = performance.eventLoopUtilization(before);
  take(observer.takeRecords());
  observer.disconnect();
  return {
    pictures: read.reduce((sum, { pictures }) => sum + pictures, 0),
    sums: read.map(({ sum }) => sum),
    fullCollections,
    collectingMs,
    busyMs: active,
  };
}

/** `kind` of a full collection in what `gc` entries tell (NODE_PERFORMANCE_GC_MAJOR). */
const MAJOR = 4;
/** Bytes of each picture that go into the sum: all would cost more than the reading. */
const SUMMED_BYTES = 4096;

async function readCamera(way: Way, file: string, binary: FfmpegBinary): Promise<{ pictures: number; sum: string }> {
  const task = {
    url: `file:${file}`,
    live: false,
    realtime: true,
    loop: false,
    maxFps: 0,
    maxWidth: 640,
    inputArgs: [],
    rtspTransport: 'tcp' as const,
  };
  const child = spawn(binary.path, ffmpegArguments(task, binary), { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const hash = createHash('sha256');
  const pool = new FramePool(8);
  let pictures = 0;
  const parser = new Y4mParser(pool, ({ data }) => {
    pictures++;
    const at = (pictures * SUMMED_BYTES) % (data.length - SUMMED_BYTES);
    hash.update(data.subarray(at, at + SUMMED_BYTES));
    pool.give(data);
  });
  const report = new FfmpegReport(() => {});
  const text = new TextDecoder();
  const onMessages = (bytes: Uint8Array) => report.push(text.decode(bytes, { stream: true }));
  const [messages, pixels] = [child.stderr as Readable, child.stdio[PICTURE_FD] as Readable];
  if (way === 'chunks') {
    messages.on('data', onMessages);
    pixels.on('data', (bytes: Uint8Array) => parser.push(bytes));
  } else {
    new ChildPipe(messages).read(onMessages, () => {});
    new ChildPipe(pixels).readInto(parser, () => {});
  }
  await new Promise((resolve) => child.once('close', resolve));
  return { pictures, sum: hash.digest('hex') };
}

const [way, file, cameras] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await read(way as Way, file!, Number(cameras))));
