import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { EdgeError } from '../foundation/errors.js';
import type { Dialog } from './ask-site.js';

/** Questions and answers on a terminal; what it takes it gives back with `close`. */
export class TerminalDialog implements Dialog {
  readonly #output: NodeJS.WritableStream;
  readonly #lines: Interface;
  readonly #ended: Promise<never>;
  /** Lines that came before they were asked for: pasted ones. */
  readonly #ahead: string[] = [];
  #answer: ((line: string) => void) | null = null;
  #isSecret = false;
  #isClosed = false;

  /** @param terminal whether the input is one, which shows what is typed */
  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, terminal: boolean) {
    this.#output = output;
    // readline shows what is typed by writing it: this is where a password is held back
    const shown = new Writable({
      write: (bytes, _, done) => {
        if (!this.#isSecret) output.write(bytes);
        done();
      },
    });
    this.#lines = createInterface({ input, output: shown, terminal });
    this.#ended = new Promise((_, reject) =>
      this.#lines.once('close', () => {
        this.#isClosed = true;
        reject(new EdgeError('E_CONFIG', 'no configuration was made: the questions were not answered to the end'));
      }),
    );
    this.#ended.catch(() => undefined);
    this.#lines.on('line', (line) => this.#take(line));
    this.#lines.on('SIGINT', () => this.#lines.close());
  }

  tell(line: string): void {
    this.#output.write(`${line}\n`);
  }

  ask(question: string): Promise<string> {
    if (this.#isClosed) this.#output.write(question);
    else {
      // newer versions of Node throw where it is closed
      this.#lines.setPrompt(question);
      this.#lines.prompt();
    }
    const typed = this.#ahead.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    return Promise.race([this.#ended, new Promise<string>((resolve) => (this.#answer = resolve))]);
  }

  async askSecret(question: string): Promise<string> {
    this.#output.write(question);
    this.#isSecret = true;
    try {
      return await this.ask('');
    } finally {
      this.#isSecret = false;
      this.#output.write('\n');
    }
  }

  close(): void {
    this.#lines.close();
  }

  #take(line: string): void {
    const answer = this.#answer;
    this.#answer = null;
    if (answer === null) this.#ahead.push(line);
    else answer(line);
  }
}
