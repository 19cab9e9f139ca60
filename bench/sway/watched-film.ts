import { existsSync, readFileSync } from 'node:fs';
import { type Answered, type Eye, WatchedScene } from '../../scripts/answering-pictures/answered.js';
import { Agreement, addTally, agreementScores, emptyTally, f1, type Tally } from '../../src/answer/audit/agreement.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import { putWhole } from '../harness/put-whole.js';
import type { Answer } from '../kpi/answers.js';
import { framesOfProgram } from '../path/frames.js';
import { HoldCost } from './hold-cost.js';

/** How a film was answered in one way. */
export interface Answering {
  /** Share of the frames answered without inference, 0..1. */
  readonly without: number;
  /** Against inferring every frame, boxes in the picture as it was filmed. */
  readonly f1: number;
  /** One a frame, for other judges. */
  readonly answers: readonly Answer[];
}

export interface WatchedFilm {
  readonly frames: number;
  /** Every frame inferred. */
  readonly inferred: readonly Answer[];
  readonly held: Answering;
  readonly asItComes: Answering;
  readonly heldShare: number;
  readonly estimateMs: number | null;
  readonly holdingMs: number | null;
}

/**
 * Infers every frame of a film, and answers it twice beside that: by the program as it comes, and by the same that holds nothing still.
 *
 * @param keptBoxes a file with the boxes of a run before, or for those of this one; null: none
 */
export async function watchFilm(film: string, most: number, eye: Eye, keptBoxes: string | null): Promise<WatchedFilm> {
  const known = keptBoxes !== null && existsSync(keptBoxes) ? boxesIn(keptBoxes) : null;
  const boxes: Detections[] = [];
  const [held, plain] = [new Watcher(eye.thresholds, true), new Watcher(eye.thresholds, false)];
  let cost: HoldCost | null = null;
  for await (const frame of framesOfProgram(film, most)) {
    const found = known?.[boxes.length] ?? (await eye.infer(frame));
    boxes.push(found);
    await held.see(frame, found);
    await plain.see(frame, found);
    cost ??= new HoldCost(frame);
    cost.see(frame);
  }
  if (cost === null) throw new Error(`${film} has no frame`);
  if (keptBoxes !== null && known === null) keep(boxes, keptBoxes);
  const { heldShare, estimateMs, holdingMs } = cost;
  const least = Math.min(...eye.thresholds);
  const inferred = boxes.map((found, seq) => answerOf(seq, reported(found, least)));
  return {
    frames: boxes.length,
    inferred,
    held: held.answering(),
    asItComes: plain.answering(),
    heldShare,
    estimateMs,
    holdingMs,
  };
}

/** Answers a film, and compares it with what is inferred of each frame. */
class Watcher {
  readonly #scene: WatchedScene;
  readonly #agreement: Agreement;
  readonly #sum = emptyTally();
  readonly #tally: Tally = emptyTally();
  readonly #answers: Answer[] = [];
  #without = 0;

  constructor(thresholds: readonly number[], isHeld: boolean) {
    this.#scene = new WatchedScene(thresholds, isHeld);
    this.#agreement = new Agreement(agreementScores(Math.min(...thresholds)));
  }

  async see(frame: Frame, boxes: Detections): Promise<void> {
    const { answer, found }: Answered = await this.#scene.answer(frame, async () => boxes);
    if (found === null) this.#without++;
    this.#answers.push(answerOf(this.#answers.length, rowsOf(answer.detections)));
    this.#agreement.compare(answer.detections, boxes, this.#tally);
    addTally(this.#sum, this.#tally);
  }

  answering(): Answering {
    return { without: this.#without / this.#answers.length, f1: f1(this.#sum), answers: this.#answers };
  }
}

const answerOf = (seq: number, detections: Answer['detections']): Answer => ({
  seq,
  capturedAt: 0,
  latencyMs: 0,
  detections,
});

const rowsOf = ({ count, data }: Detections): number[][] =>
  Array.from({ length: count }, (_, row) => [...data.subarray(row * STRIDE, (row + 1) * STRIDE)]);

const reported = (boxes: Detections, least: number): number[][] =>
  rowsOf(boxes).filter(([, , , , score]) => score! >= least);

function keep(boxes: readonly Detections[], file: string): void {
  putWhole(file, JSON.stringify(boxes.map((one) => [...one.data.subarray(0, one.count * STRIDE)])));
}

function boxesIn(file: string): Detections[] {
  const rows = JSON.parse(readFileSync(file, 'utf8')) as number[][];
  return rows.map((row) => ({ count: row.length / STRIDE, data: Float32Array.from(row) }));
}
