import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import type { RuntimeStatus } from '../runtime/status.js';
import { liveLines } from './live-lines.js';

const REDRAW_MS = 500;
/** Of a terminal that does not tell. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** A terminal, as far as the view uses it. */
export type Terminal = NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'isTTY'>>;

/** Shows a running runtime to a person at a terminal: redrawn in place, beneath the lines of the log. */
export class LiveView {
  /**
   * For whole lines that stay, above the view: what is written to the terminal past it is wiped out by the next drawing.
   */
  readonly above = new Writable({
    write: (lines, _encoding, done) => {
      this.#writeAbove(String(lines));
      done();
    },
  });
  readonly #terminal: Terminal;
  readonly #redraw: ReturnType<typeof createLogUpdate>;
  readonly #resized = (): void => this.#afterResize();
  #status: (() => RuntimeStatus) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #shown: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#redraw = createLogUpdate(terminal as NodeJS.WriteStream);
  }

  start(status: () => RuntimeStatus): void {
    this.#status = status;
    this.#terminal.on('resize', this.#resized);
    this.#timer = setInterval(() => this.draw(), REDRAW_MS);
  }

  /** Leaves what is shown where it is; lines that are written from now on follow. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#status = null;
    this.#terminal.off('resize', this.#resized);
    this.#redraw.done();
  }

  /** Shows how the runtime is doing now. */
  draw(): void {
    if (this.#status === null) return;
    this.#shown = liveLines(this.#status(), this.#size());
    this.#redraw(this.#shown.join('\n'));
  }

  #writeAbove(lines: string): void {
    if (this.#status !== null) this.#redraw.clear();
    this.#terminal.write(lines);
    this.draw();
  }

  /** One letter less than it is wide: some terminals go to the next line as soon as one is full. */
  #size(): { columns: number; rows: number } {
    const { columns = USUAL_SIZE.columns, rows = USUAL_SIZE.rows } = this.#terminal;
    return { columns: columns - 1, rows };
  }

  /** A terminal that became narrower has broken the lines anew: they take more lines than were written. */
  #afterResize(): void {
    const { columns = USUAL_SIZE.columns } = this.#terminal;
    const added = this.#shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)) - 1, 0);
    if (added > 0) this.#terminal.write('\u001b[2K\u001b[1A'.repeat(added));
    this.#redraw.clear();
    this.draw();
  }
}
