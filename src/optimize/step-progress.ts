/** How far long work is. */
export interface Progress {
  /** What is being done, for a person. */
  readonly what: string;
  /** 0..1 */
  readonly share: number;
  /** Milliseconds still to go, guessed from the pace so far; null before there is one. */
  readonly leftMs: number | null;
}

/** Too little to guess from. */
const LEAST_SHARE = 0.03;

/** Adds up steps of unlike length, announced one after the other. Steps may turn out to be fewer than announced. */
export class StepProgress {
  readonly #total: number;
  readonly #now: () => number;
  readonly #tell: (progress: Progress) => void;
  readonly #began: number;
  #done = 0;
  #weight = 0;
  #what = '';

  /** @param total weight of all steps @param now in milliseconds */
  constructor(total: number, now: () => number, tell: (progress: Progress) => void) {
    this.#total = total;
    this.#now = now;
    this.#tell = tell;
    this.#began = now();
  }

  /** The step before is over. @param weight about how long this one takes, in the unit of `total` */
  begin(what: string, weight: number): void {
    this.#done += this.#weight;
    this.#weight = weight;
    this.#what = what;
    this.#report(0, '');
  }

  /** @param detail what the step is at, after its name */
  within(done: number, total: number, detail = ''): void {
    this.#report(total > 0 ? Math.min(1, done / total) : 0, detail);
  }

  #report(fraction: number, detail: string): void {
    const share = Math.min(1, (this.#done + this.#weight * fraction) / this.#total);
    const elapsed = this.#now() - this.#began;
    const leftMs = share < LEAST_SHARE ? null : (elapsed * (1 - share)) / share;
    this.#tell({ what: detail === '' ? this.#what : `${this.#what}: ${detail}`, share, leftMs });
  }
}
