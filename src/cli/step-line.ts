import type { Progress } from '../optimize/step-progress.js';
import { timeLeft, workBar } from './progress.js';

const FINE = 1000;

/** Shows how far long work is, on stderr: a bar on a terminal, elsewhere one line per step. */
export class StepLine {
  readonly #bar;
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  #step = '';

  constructor(label: string, isTerminal = process.stderr.isTTY === true, write = writeToStderr) {
    this.#bar = workBar(label);
    this.#isTerminal = isTerminal;
    this.#write = write;
  }

  show({ what, share, leftMs }: Progress): void {
    // a bar needs to know how long it will be
    if (this.#isTerminal && leftMs !== null) {
      this.#bar.update({ done: Math.round(share * FINE), most: FINE, leftMs, current: what });
      return;
    }
    const step = what.split(':')[0]!;
    if (step === this.#step) return;
    this.#step = step;
    const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
    this.#write(`${percent}  ${step}${leftMs === null ? '' : `, ${timeLeft(leftMs)} left`}\n`);
  }

  /** Ends the bar, so that other lines can follow. */
  stop(): void {
    this.#bar.stop();
  }
}

function writeToStderr(text: string): void {
  process.stderr.write(text);
}
