import {
  encodeMessage,
  HEADER_BYTES,
  MAX_REQUEST_PAYLOAD_BYTES,
  MessageType,
  parseJson,
  readHeader,
} from '../../src/detect/protocol.js';
import { BlockingStream } from '../../src/detect/worker/blocking-stream.js';
import { CURVES, type Curve, type CurveName, takesMs } from './curves.js';

/*
 * An accelerator that is not there: a worker process that speaks the worker protocol, finds nothing in any picture, and
 * takes as long for a batch as the curve says whose name is its argument.
 */

const curve: Curve = CURVES[process.argv[2] as CurveName];
const stream = new BlockingStream(3);
const clock = new Int32Array(new SharedArrayBuffer(4));
let freeAt = 0;

function send(type: (typeof MessageType)[keyof typeof MessageType], id: number, json: object | null): void {
  const message = encodeMessage(type, id, json);
  if (!stream.write(message, message.length)) process.exit(0);
}

/** Until that moment; the last bit without giving the processor away, as a timer wakes too late for a short batch. */
function waitUntil(at: number): void {
  const left = at - performance.now();
  if (left > 1) Atomics.wait(clock, 0, 0, left - 0.5);
  while (performance.now() < at);
}

function answer(type: number, id: number, head: Record<string, unknown>): void {
  switch (type) {
    case MessageType.load: {
      const { model, variant, input, classes } = head as {
        model: string;
        variant: string;
        input: { width: number; height: number };
        classes: string[];
      };
      const { width: inputWidth, height: inputHeight } = input;
      const loaded = { model, variant, provider: 'emulated', refused: [], inputWidth, inputHeight, classes };
      send(MessageType.loaded, id, { ...loaded, runtime: curve.name, loadMs: 0, warmupMs: 0 });
      return;
    }
    case MessageType.detect: {
      const { count } = head as { count: number };
      const inferMs = takesMs(curve, count);
      // what lies before it in the stream was there already: the accelerator goes on without a pause
      freeAt = Math.max(freeAt, performance.now() - 0.3) + inferMs;
      waitUntil(freeAt);
      send(MessageType.detections, id, { counts: Array(count).fill(0), timings: { fillMs: 0, inferMs, decodeMs: 0 } });
      return;
    }
    case MessageType.ping:
      send(MessageType.pong, id, null);
  }
}

send(MessageType.hello, 0, { protocol: 1, name: 'emulated', pid: process.pid, pictures: 'file' });
const header = Buffer.alloc(HEADER_BYTES);
while (stream.read(header, HEADER_BYTES)) {
  const { type, id, jsonBytes, payloadBytes } = readHeader(header, MAX_REQUEST_PAYLOAD_BYTES);
  const json = Buffer.alloc(jsonBytes);
  if (type === MessageType.close || !stream.read(json, jsonBytes) || !stream.skip(payloadBytes)) break;
  answer(type, id, parseJson(json));
}
process.exit(0);
