import type { LiveAnswer } from '../../../api/now.ts';
import { LiveStream } from '../../data/live.ts';

/** Boxes of a track's past, oldest first: middles of lower edges in shares of the picture. */
export type Trail = readonly (readonly [x: number, y: number])[];

/** The latest answer of a camera, with where its vehicles were. */
export interface FedAnswer {
  readonly answer: LiveAnswer;
  readonly trails: ReadonlyMap<number, Trail>;
}

/** Places of a track that are remembered: four seconds of them. */
const LONGEST_TRAIL = 20;

/** One stream of answers for all cameras that are shown. */
export class AnswerFeed {
  readonly #latest = new Map<string, FedAnswer>();
  readonly #listeners = new Map<string, Set<(fed: FedAnswer) => void>>();
  readonly #stream: LiveStream;

  constructor() {
    this.#stream = new LiveStream('/api/v1/cameras/live', (text) => {
      for (const answer of JSON.parse(text) as LiveAnswer[]) this.#take(answer);
    });
  }

  stop(): void {
    this.#stream.stop();
  }

  /** Tells of each new answer of a camera, and of the one that is there. */
  follow(camera: string, listener: (fed: FedAnswer) => void): () => void {
    const listeners = this.#listeners.get(camera) ?? new Set();
    this.#listeners.set(camera, listeners.add(listener));
    const latest = this.#latest.get(camera);
    if (latest !== undefined) listener(latest);
    return () => void listeners.delete(listener);
  }

  #take(answer: LiveAnswer): void {
    const before = this.#latest.get(answer.camera);
    if (before?.answer.seq === answer.seq) return;
    const trails = new Map<number, Trail>();
    for (const [x1, , x2, y2, , , track] of answer.boxes) {
      const place = [(x1 + x2) / 2 / answer.width, y2 / answer.height] as const;
      trails.set(track, [...(before?.trails.get(track) ?? []), place].slice(-LONGEST_TRAIL));
    }
    const fed = { answer, trails };
    this.#latest.set(answer.camera, fed);
    for (const listener of this.#listeners.get(answer.camera) ?? []) listener(fed);
  }
}
