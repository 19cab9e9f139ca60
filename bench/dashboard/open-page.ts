import { Agent, get, type IncomingMessage } from 'node:http';

const CAMERAS_EVERY_MS = 2000;
const PICTURE_EVERY_MS = 1000;

/** A page as a browser has it open: the stream of answers, the cameras, and a picture of each. */
export class OpenPage {
  readonly #url: string;
  /** As many as a browser opens. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 6 });
  readonly #timers: NodeJS.Timeout[] = [];
  #stream: IncomingMessage | null = null;
  #closed = false;
  replies = 0;
  bytes = 0;

  constructor(url: string) {
    this.#url = url;
    void this.#open();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#stream?.destroy();
    this.#agent.destroy();
  }

  async #open(): Promise<void> {
    const { cameras } = JSON.parse(await this.#ask('api/v1/cameras')) as { cameras: { id: string }[] };
    if (this.#closed) return;
    get(`${this.#url}api/v1/cameras/live`, (reply) => {
      this.#stream = reply;
      reply.on('data', (chunk: Buffer) => {
        this.replies++;
        this.bytes += chunk.length;
      });
      reply.on('error', () => undefined);
    }).on('error', () => undefined);
    this.#every(CAMERAS_EVERY_MS, 'api/v1/cameras');
    for (const { id } of cameras) this.#every(PICTURE_EVERY_MS, `api/v1/cameras/${id}/picture`);
  }

  /** The next is asked for when the last is here, as the page does. */
  #every(everyMs: number, path: string): void {
    let isAsking = false;
    const ask = async (): Promise<void> => {
      if (isAsking || this.#closed) return;
      isAsking = true;
      await this.#ask(path).catch(() => '');
      isAsking = false;
    };
    void ask();
    this.#timers.push(setInterval(() => void ask(), everyMs));
  }

  #ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = get(`${this.#url}${path}`, { agent: this.#agent }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          const body = Buffer.concat(chunks);
          this.replies++;
          this.bytes += body.length;
          resolve(body.toString());
        });
      });
      request.on('error', reject);
    });
  }
}
