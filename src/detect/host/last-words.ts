import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type Log, maskCredentials } from '../../foundation/log.js';

const LINES = 8;
const LINE_LENGTH = 300;
/** A worker that warns about every frame must not fill the log. */
const MAX_WARNINGS = 20;

/**
 * What a worker prints: its last lines are kept, for the reason of its end; lines that begin with `warning:` are logged
 * as warnings (the first 20), every other one for debugging. Long lines are cut.
 */
export class LastWords {
  readonly #log: Log;
  readonly #lines: string[] = [];
  #warnings = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Follows stdout or stderr until it ends. */
  listen(output: Readable): void {
    let line = '';
    output.setEncoding('utf8');
    output.on('data', (text: string) => {
      const parts = text.split('\n');
      const rest = parts.pop()!;
      for (const part of parts) {
        this.#say(line + part);
        line = '';
      }
      line = (line + rest).slice(0, LINE_LENGTH);
    });
    output.on('end', () => this.#say(line));
    output.on('error', () => undefined);
  }

  /** The kept lines, oldest first, in one line; empty where nothing was printed. */
  toString(): string {
    return this.#lines.join(' | ');
  }

  #say(raw: string): void {
    const line = maskCredentials(stripVTControlCharacters(raw.slice(0, LINE_LENGTH))).trim();
    if (line === '') return;
    if (this.#lines.push(line) > LINES) this.#lines.shift();
    if (line.startsWith('warning:') && this.#warnings++ < MAX_WARNINGS) this.#log.warn(line.slice(8).trim());
    else this.#log.debug(line);
  }
}
