import { PROVIDERS } from '../../config/sections/detector.js';
import { DetectorError, ProtocolError } from '../../foundation/errors.js';
import { z } from '../../foundation/validate.js';
import { type Detections, NO_DETECTIONS, STRIDE } from '../../frame/detections.js';
import type { LossCause } from '../../frame/loss-cause.js';
import { type DetectReply, type DetectTimings, type ModelInfo, SCORE_TOLERANCE } from '../detector.js';
import { type ErrorHead, MAX_BATCH, MAX_BOXES, PROTOCOL_VERSION, parseJson } from '../protocol.js';
import type { Message } from './message-reader.js';

/* What a worker says, checked: it may be anybody's program. */

const shortText = z.string().min(1).max(500);
const milliseconds = z.number().min(0);

const hello = z.looseObject({
  protocol: z.int(),
  name: shortText,
  pid: z.int().min(0),
  pictures: shortText.optional(),
});
/**
 * What a worker says first. `pid` is the process that answers, which may be a child of the command; `pictures` is `file`
 * where it reads them from the descriptor that `EDGE_PICTURES_FD` names, too.
 */
export type Hello = z.infer<typeof hello>;

const loaded = z.looseObject({
  model: shortText,
  variant: shortText,
  provider: shortText,
  refused: z.array(z.object({ provider: z.enum(PROVIDERS), reason: z.string().max(2000) })).max(PROVIDERS.length * 4),
  inputWidth: z.int().min(1),
  inputHeight: z.int().min(1),
  classes: z.array(z.string()).min(1).max(10_000),
  batchSizes: z.array(z.int().min(1).max(MAX_BATCH)).min(1).max(MAX_BATCH).optional(),
  runtime: shortText,
  loadMs: milliseconds,
  warmupMs: milliseconds,
});

const error = z.looseObject({
  code: shortText,
  message: z.string().max(20_000),
  fatal: z.boolean().default(false),
  permanent: z.boolean().default(true),
});

/** @throws ProtocolError */
export function readHello(message: Message): Hello {
  const value = checked(hello, message, 'hello');
  if (value.protocol !== PROTOCOL_VERSION) {
    throw new ProtocolError(
      `worker ${value.name} speaks version ${value.protocol} of the worker protocol, this program version ${PROTOCOL_VERSION}: install matching versions of both`,
    );
  }
  return value;
}

/** @throws ProtocolError */
export function readLoaded(message: Message): ModelInfo {
  return checked(loaded, message, 'loaded');
}

/** @throws ProtocolError */
export function readError(message: Message): ErrorHead {
  return checked(error, message, 'error');
}

function checked<T>(schema: z.ZodType<T>, message: Message, name: string): T {
  const result = schema.safeParse(parseJson(message.json));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the message'}: ${issue.message}`);
  throw new ProtocolError(`the worker's ${name} message is wrong: ${problems.slice(0, 5).join('; ')}`);
}

export interface DetectionsReply extends DetectReply {
  /** Resident memory of the worker, null where it does not say. */
  readonly rssBytes: number | null;
}

/**
 * The answer to a `detect` of `pictures` pictures. The boxes are views into the message's payload, not copies.
 * @param classes how many classes the loaded model has
 * @throws ProtocolError where they cannot be told apart; DetectorError, cause `refused`, where numbers in them cannot be
 *   boxes or scores: a model may give such for one picture, and starting its worker again would not change it
 */
export function readDetections(message: Message, pictures: number, classes: number): DetectionsReply {
  const head = parseJson(message.json);
  const counts = readCounts(head['counts'], pictures);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (message.payload.length !== total * STRIDE * 4) {
    throw new ProtocolError(
      `the worker answered ${total} boxes with ${message.payload.length} payload bytes; expected ${total * STRIDE * 4} (24 per box)`,
    );
  }
  const rows = new Float32Array(message.payload.buffer, message.payload.byteOffset, total * STRIDE);
  checkRows(rows, classes);
  return {
    detections: split(rows, counts),
    peakScores: readPeakScores(head['peakScores'], pictures),
    timings: readTimings(head['timings']),
    rssBytes: Number.isFinite(head['rssBytes']) ? (head['rssBytes'] as number) : null,
  };
}

function readTimings(value: unknown): DetectTimings {
  const { fillMs, inferMs, decodeMs } = (value ?? {}) as DetectTimings;
  if (fillMs >= 0 && inferMs >= 0 && decodeMs >= 0) return { fillMs, inferMs, decodeMs };
  throw new ProtocolError(
    `the worker's detections.timings must be {fillMs, inferMs, decodeMs} in milliseconds, got ${JSON.stringify(value)?.slice(0, 120)}`,
  );
}

function readCounts(value: unknown, pictures: number): number[] {
  const usable = Array.isArray(value) && value.length === pictures && value.every(isCount);
  if (usable) return value;
  throw new ProtocolError(
    `the worker's detections.counts must be ${pictures} whole number(s) of 0 to ${MAX_BOXES}, got ${JSON.stringify(value)?.slice(0, 80)}`,
  );
}

const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_BOXES;

function readPeakScores(value: unknown, pictures: number): (number | null)[] {
  if (value === undefined) return Array<null>(pictures).fill(null);
  if (!Array.isArray(value) || value.length !== pictures || !value.every(isNumberOrNull)) {
    throw new ProtocolError(
      `the worker's detections.peakScores must be ${pictures} number(s) or null, got ${JSON.stringify(value)?.slice(0, 80)}`,
    );
  }
  return value.map((score: number | null) => (score === null ? null : scoreOf(score)));
}

const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';

/** What rounding brought a little above 1 is 1. @throws DetectorError where it is no score */
function scoreOf(score: number): number {
  if (score >= 0 && score <= 1 + SCORE_TOLERANCE) return Math.min(1, score);
  throw refused(`the worker answered a score of ${score}, expected 0 to 1: the model's numbers are no scores`);
}

function refused(message: string): DetectorError {
  return new DetectorError(message, { cause: 'refused' satisfies LossCause, exitCode: null, signal: null });
}

/** Scores that rounding brought above 1 become 1. */
function checkRows(rows: Float32Array, classes: number): void {
  for (let i = 0; i < rows.length; i += STRIDE) {
    const size = rows[i + 2]! - rows[i]! + (rows[i + 3]! - rows[i + 1]!);
    const score = rows[i + 4]!;
    const index = rows[i + 5]!;
    const good =
      Number.isFinite(size) &&
      score >= 0 &&
      score <= 1 + SCORE_TOLERANCE &&
      index >= 0 &&
      index < classes &&
      Number.isInteger(index);
    if (!good) {
      throw refused(
        `the worker answered an impossible box [${rows.subarray(i, i + STRIDE).join(', ')}]: expected finite x1, y1, x2, y2, a score of 0..1 and a class of 0..${classes - 1}`,
      );
    }
    if (score > 1) rows[i + 4] = 1;
  }
}

function split(rows: Float32Array, counts: readonly number[]): Detections[] {
  const detections: Detections[] = [];
  let at = 0;
  for (const count of counts) {
    const data = rows.subarray(at, (at += count * STRIDE));
    detections.push(count === 0 ? NO_DETECTIONS : { count, data });
  }
  return detections;
}
