import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';

/** What a journal keeps of a message: what a check needs of it. */
export interface JournalEntry {
  readonly topic: string;
  readonly payload: string;
  /** The broker had kept it for whoever subscribes. */
  readonly retained?: boolean;
}

/**
 * What was received, a JSON line each, written before the broker hears that it arrived: a receiver that is killed finds
 * everything again that it will not get a second time. Of bodies only numbers and what delivery reports tell are kept.
 */
export class Journal {
  readonly #handle: number;

  private constructor(handle: number) {
    this.#handle = handle;
  }

  /** @param replay called with each entry of earlier runs; half a line at the end, of a kill, is left out */
  static open(file: string, replay: (entry: JournalEntry) => void): Journal {
    if (existsSync(file)) {
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        const entry = entryOf(line);
        if (entry) replay(entry);
      }
    }
    const journal = new Journal(openSync(file, 'a'));
    // ends the half line
    appendFileSync(journal.#handle, '\n');
    return journal;
  }

  write({ topic, payload, retained }: JournalEntry): void {
    const entry: JournalEntry = { topic, payload: shortened(payload), ...(retained && { retained }) };
    appendFileSync(this.#handle, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#handle);
  }
}

function entryOf(line: string): JournalEntry | null {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return null;
  }
}

function shortened(payload: string): string {
  const { stream, n, historical, streams, dropped } = JSON.parse(payload) as Record<string, unknown>;
  return JSON.stringify({ stream, n, historical, streams, dropped });
}
