import type { FileHandle } from 'node:fs/promises';

/** Read at a time, and held for each who reads. */
const PIECE = 64 * 1024;

export interface FileStreamsOptions {
  /** Files that are sent at a time: who reads slowly holds one of the server's connections. */
  readonly most: number;
  /** Of these, those of one asker: nobody keeps all others out. */
  readonly mostOfOne: number;
}

/** Files that are sent as fast as they are read, a piece in memory each. */
export class FileStreams {
  readonly #options: FileStreamsOptions;
  readonly #open = new Map<string, number>();
  /** That were refused since the start because there were too many. */
  refused = 0;

  constructor(options: FileStreamsOptions) {
    this.#options = options;
  }

  /** Files that are being sent. */
  get size(): number {
    return [...this.#open.values()].reduce((sum, one) => sum + one, 0);
  }

  /** Whether one more may be asked for now; counts it as refused where not. */
  hasRoom(who: string): boolean {
    const { most, mostOfOne } = this.#options;
    const isFree = this.size < most && (this.#open.get(who) ?? 0) < mostOfOne;
    if (!isFree) this.refused++;
    return isFree;
  }

  /**
   * A file from its beginning; it is closed once it is read or nobody reads any more, whatever becomes of its name meanwhile.
   *
   * @param who asks
   * @param signal aborted when they are gone
   */
  open(who: string, file: FileHandle, signal: AbortSignal): ReadableStream<Uint8Array> {
    this.#open.set(who, (this.#open.get(who) ?? 0) + 1);
    let isOpen = true;
    const end = (): void => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.#open.get(who) ?? 1) - 1;
      if (left === 0) this.#open.delete(who);
      else this.#open.set(who, left);
      void file.close().catch(() => undefined);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE), 0, PIECE).catch((error: unknown) => {
            end();
            throw error;
          });
          if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
          else {
            end();
            controller.close();
          }
        },
        cancel: end,
      },
      { highWaterMark: 0 },
    );
  }
}
