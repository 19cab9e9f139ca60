import type { FileHandle } from 'node:fs/promises';

/** Read at a time, and held for each who reads. */
const PIECE = 64 * 1024;
const NOTHING = new Uint8Array(0);

export interface FileStreamsOptions {
  /** Files that are sent at a time: who reads slowly holds one of the server's connections. */
  readonly most: number;
  /** Of these, those of one asker: nobody keeps all others out. */
  readonly mostOfOne: number;
}

/** Files that are sent as fast as they are read, a piece in memory each. */
export class FileStreams {
  readonly #options: FileStreamsOptions;
  /** Places by who has them. */
  readonly #taken = new Map<string, number>();
  /** That were refused since the start because there were too many. */
  refused = 0;

  constructor(options: FileStreamsOptions) {
    this.#options = options;
  }

  /** Files that are being sent, or are about to be. */
  get size(): number {
    return [...this.#taken.values()].reduce((sum, one) => sum + one, 0);
  }

  /**
   * A place for one more file; null, and counted as refused, where there is none now. It is held from here on: whoever asks for
   * many at once has all of them counted before the first is open.
   *
   * @param who asks
   */
  take(who: string): FilePlace | null {
    const { most, mostOfOne } = this.#options;
    if (this.size >= most || (this.#taken.get(who) ?? 0) >= mostOfOne) {
      this.refused++;
      return null;
    }
    this.#taken.set(who, (this.#taken.get(who) ?? 0) + 1);
    return new FilePlace(() => this.#giveBack(who));
  }

  #giveBack(who: string): void {
    const left = (this.#taken.get(who) ?? 1) - 1;
    if (left === 0) this.#taken.delete(who);
    else this.#taken.set(who, left);
  }
}

/** A place among the files that are sent. */
class FilePlace {
  readonly #giveBack: () => void;
  #state: 'empty' | 'sending' | 'over' = 'empty';

  /** @param giveBack called once */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  get #isOver(): boolean {
    return this.#state === 'over';
  }

  /** Gives it back where no file was sent. */
  leave(): void {
    if (this.#state === 'empty') this.#end();
  }

  /**
   * A file from its beginning; it is closed, and the place given back, once it is read or nobody reads any more, whatever becomes of its
   * name meanwhile.
   *
   * @param signal aborted when they are gone
   */
  send(file: FileHandle, signal: AbortSignal): ReadableStream<Uint8Array> {
    this.#state = 'sending';
    const end = (): void => {
      if (!this.#end()) return;
      void file.close().catch(() => undefined);
    };
    /** Nothing at its end, and where whoever asked has gone meanwhile: that is no error to tell anybody. */
    const read = async (): Promise<Uint8Array> => {
      if (this.#isOver) return NOTHING;
      try {
        const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE), 0, PIECE);
        return buffer.subarray(0, bytesRead);
      } catch (error) {
        if (this.#isOver) return NOTHING;
        end();
        throw error;
      }
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const piece = await read();
          if (piece.length > 0) controller.enqueue(piece);
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

  /** @returns false where it was over already */
  #end(): boolean {
    if (this.#state === 'over') return false;
    this.#state = 'over';
    this.#giveBack();
    return true;
  }
}
