import { explain } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import type { LoadRequest } from '../detector.js';
import { encodeMessage, HEADER_BYTES, MessageType, writeHeader } from '../protocol.js';
import { readDetections, readError, readHello } from './replies.js';
import type { WorkerOptions } from './worker-process.js';
import { expect, WorkerUnderTest } from './worker-under-test.js';

/** What one check found; `reason` is null where it passed. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string | null;
}

export interface ConformanceOptions {
  /** What the worker is asked to load. Its first batch size is used, and its second, if it has one. */
  readonly request: LoadRequest;
  /** Milliseconds a worker may take for one answer; a load may take ten times as long. */
  readonly answerMs?: number;
}

type Check = (worker: WorkerUnderTest, options: ConformanceOptions) => Promise<void>;

const UNKNOWN_TYPE = 0x7e;
const ON_A_BATCH = 'detects on a batch';

/** In the order in which they are run; each gets a fresh worker. That on a batch is left out where only one size is loaded. */
const CHECKS: Readonly<Record<string, Check>> = {
  'says hello with its protocol version': async (worker) => {
    readHello(await worker.next(MessageType.hello));
  },
  'answers a ping': async (worker) => {
    await worker.hello();
    worker.send(encodeMessage(MessageType.ping, 7));
    await worker.next(MessageType.pong, 7);
  },
  'loads the model and tells what it loaded': async (worker, { request }) => {
    const info = await worker.load(request);
    const { width, height } = request.input;
    expect(
      info.inputWidth === width && info.inputHeight === height,
      `loaded ${info.inputWidth}×${info.inputHeight}, asked for ${width}×${height}`,
    );
    expect(
      info.classes.length === request.classes.length,
      `loaded ${info.classes.length} classes, asked for ${request.classes.length}`,
    );
  },
  'answers a missing model file with E_MODEL and lives on': async (worker, { request }) => {
    await worker.hello();
    worker.send(encodeMessage(MessageType.load, 3, { ...request, file: `${request.file}.does-not-exist` }));
    const error = readError(await worker.next(MessageType.error, 3));
    expect(error.code === 'E_MODEL', `the error's code is ${error.code}, expected E_MODEL`);
    expect(!error.fatal, 'the error is fatal; a host could not try another model');
    await worker.alive();
  },
  'detects on one picture': (worker, options) => detectOnce(worker, options.request, options.request.batchSizes[0]!),
  [ON_A_BATCH]: (worker, { request }) => detectOnce(worker, request, request.batchSizes[1]!),
  'repeats the ids and keeps the order': async (worker, { request }) => {
    await worker.load(request);
    const count = request.batchSizes[0]!;
    const ids = [101, 102, 4_000_000_000, 5];
    for (const id of ids) worker.send(detectMessage(request, id, count));
    for (const id of ids) await worker.next(MessageType.detections, id);
  },
  'reads pictures in the shared file, where it says so, as it does on the stream': async (worker, { request }) => {
    await worker.load(request);
    const { width, height } = request.input;
    const count = request.batchSizes[0]!;
    const pixels = noise(request, count);
    const place = worker.put(pixels);
    if (place === null) return;
    worker.send(detectMessage(request, 61, count));
    worker.send(encodeMessage(MessageType.detect, 62, { count, width, height, at: place.at }));
    const onStream = await worker.next(MessageType.detections, 61);
    const inFile = await worker.next(MessageType.detections, 62);
    expect(Buffer.compare(onStream.payload, inFile.payload) === 0, 'it found other boxes than in the same pictures');
  },
  'takes messages in pieces': async (worker, { request }) => {
    await worker.load(request);
    const message = detectMessage(request, 21, request.batchSizes[0]!);
    const cuts = [1, 3, 4, 19, HEADER_BYTES, HEADER_BYTES + 5, message.length - 1, message.length];
    let at = 0;
    for (const cut of cuts) {
      worker.send(message.subarray(at, cut));
      at = cut;
      await pause(20);
    }
    await worker.next(MessageType.detections, 21);
  },
  'answers pictures of the wrong size with an error and lives on': async (worker, { request }) => {
    await worker.load(request);
    worker.send(encodeMessage(MessageType.detect, 31, { count: 1, width: 8, height: 8 }, 192), new Uint8Array(192));
    const error = readError(await worker.next(MessageType.error, 31));
    expect(!error.fatal, 'the error is fatal');
    await worker.alive();
  },
  'answers an unknown message type with an error and lives on': async (worker) => {
    await worker.hello();
    worker.send(encodeMessage(UNKNOWN_TYPE, 41, { anything: true }, 3), Buffer.from([1, 2, 3]));
    const error = readError(await worker.next(MessageType.error, 41));
    expect(!error.fatal, 'the error is fatal');
    await worker.alive();
  },
  'refuses a length over the limit': async (worker) => {
    await worker.hello();
    const header = Buffer.alloc(HEADER_BYTES);
    writeHeader(header, MessageType.detect, 51, 2, 0xffff_fff0);
    worker.send(header);
    await worker.refusal();
  },
  'refuses bytes that are no message': async (worker) => {
    await worker.hello();
    worker.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    await worker.refusal();
  },
  'ends when told to close': async (worker) => {
    await worker.hello();
    worker.send(encodeMessage(MessageType.close, 0));
    await worker.gone();
  },
  'ends when the stream closes': async (worker) => {
    await worker.hello();
    worker.hangUp();
    await worker.gone();
  },
};

/**
 * Runs a worker through every rule of the protocol, each in a fresh worker.
 * @param worker how it is started
 * @param report told after every check
 */
export async function runConformance(
  worker: WorkerOptions,
  options: ConformanceOptions,
  report: (result: CheckResult) => void = () => undefined,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const batched = options.request.batchSizes.length > 1;
  for (const [name, check] of Object.entries(CHECKS).filter(([name]) => batched || name !== ON_A_BATCH)) {
    const underTest = new WorkerUnderTest(worker, options.answerMs ?? 5000);
    let reason: string | null = null;
    try {
      await check(underTest, options);
    } catch (error) {
      reason = explain(error);
    }
    await underTest.stop();
    const result = { name, ok: reason === null, reason };
    results.push(result);
    report(result);
  }
  return results;
}

async function detectOnce(worker: WorkerUnderTest, request: LoadRequest, count: number): Promise<void> {
  const info = await worker.load(request);
  worker.send(detectMessage(request, 11, count));
  const reply = readDetections(await worker.next(MessageType.detections, 11), count, info.classes.length);
  const { width, height } = request.input;
  for (const [picture, { count: boxes, data }] of reply.detections.entries()) {
    const peak = reply.peakScores[picture]!;
    const strongest = boxes === 0 ? 0 : data[4]!;
    // told with few decimals
    expect(peak === null || peak > strongest - 1e-3, `peakScores says ${peak}, a box has the score ${strongest}`);
    for (let i = 0; i < boxes * STRIDE; i += STRIDE) {
      const [x1, y1, x2, y2] = data.subarray(i, i + 4) as unknown as [number, number, number, number];
      const inside = x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height && x1 <= x2 && y1 <= y2;
      expect(inside, `box [${[x1, y1, x2, y2].join(', ')}] is not inside the picture of ${width}×${height}`);
      expect(i === 0 || data[i + 4]! <= data[i - 2]!, 'the boxes are not sorted by score, strongest first');
    }
  }
}

function detectMessage(request: LoadRequest, id: number, count: number): Buffer {
  const { width, height } = request.input;
  const pixels = noise(request, count);
  return Buffer.concat([encodeMessage(MessageType.detect, id, { count, width, height }, pixels.length), pixels]);
}

/** `count` pictures of noise, always the same. */
function noise({ input: { width, height } }: LoadRequest, count: number): Buffer {
  const pixels = Buffer.alloc(count * width * height * 3);
  for (let i = 0, state = 1; i < pixels.length; i++) {
    state = (state * 1_103_515_245 + 12_345) % 0x8000_0000;
    pixels[i] = state >> 16;
  }
  return pixels;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
