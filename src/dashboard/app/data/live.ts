import { contact } from './contact.ts';
import { tokenHeaders } from './token.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** The device says something every 15 s at least. */
const SILENT_MS = 40_000;

/**
 * A stream of server-sent events, for as long as it is wanted: `fetch` in place of `EventSource`, which cannot carry a token. One that ends
 * or falls silent is opened again with back-off, at once when the page is seen again; hidden pages listen to nothing.
 */
export class LiveStream {
  readonly #path: string;
  readonly #onData: (data: string) => void;
  #waitMs = FIRST_WAIT_MS;
  #timer = 0;
  #silence = 0;
  #open: AbortController | null = null;
  #stopped = false;

  constructor(path: string, onData: (data: string) => void) {
    this.#path = path;
    this.#onData = onData;
    document.addEventListener('visibilitychange', this.#seen);
    void this.#listen();
  }

  stop(): void {
    this.#stopped = true;
    document.removeEventListener('visibilitychange', this.#seen);
    this.#end();
  }

  readonly #seen = (): void => {
    this.#end();
    this.#waitMs = FIRST_WAIT_MS;
    if (!document.hidden) void this.#listen();
  };

  async #listen(): Promise<void> {
    if (this.#stopped || document.hidden) return;
    const open = new AbortController();
    this.#open = open;
    this.#awaitNews(open);
    try {
      const reply = await fetch(this.#path, { headers: tokenHeaders(), signal: open.signal, cache: 'no-store' });
      contact.made();
      if (!reply.ok || reply.body === null) throw new Error(`HTTP ${reply.status}`);
      await this.#read(reply.body.pipeThrough(new TextDecoderStream()), open);
    } catch (error) {
      if (open.signal.aborted && open !== this.#open) return;
      if (error instanceof TypeError) contact.lost();
    }
    if (this.#stopped || open !== this.#open) return;
    this.#timer = window.setTimeout(() => void this.#listen(), this.#waitMs * (0.75 + Math.random() / 2));
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  async #read(stream: ReadableStream<string>, open: AbortController): Promise<void> {
    const reader = stream.getReader();
    let text = '';
    for (;;) {
      this.#awaitNews(open);
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split('\n\n');
      text = events.pop()!;
      for (const event of events) this.#take(event);
    }
  }

  /** One that neither answers nor says anything is ended, and opened again. */
  #awaitNews(open: AbortController): void {
    clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => open.abort(), SILENT_MS);
  }

  #take(event: string): void {
    const lines = event.split('\n').filter((line) => line.startsWith('data:'));
    if (lines.length === 0) return;
    this.#waitMs = FIRST_WAIT_MS;
    this.#onData(lines.map((line) => line.slice(5).trimStart()).join('\n'));
  }

  #end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const open = this.#open;
    this.#open = null;
    open?.abort();
  }
}
