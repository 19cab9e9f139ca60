/** Of the smallest room, bytes. */
const LEAST = 4096;
/** Bytes of rooms that nobody uses and that are kept for who comes next. */
const MOST_FREE = 4 * 2 ** 20;

/**
 * Room for pixels that goes from one vehicle to the next: new room is filled with zeros first and taken back by the garbage collector
 * later, which costs several times what it costs to copy into it. Rooms have sizes of powers of two.
 */
export class PixelRooms {
  /** By size. */
  readonly #free = new Map<number, Uint8Array[]>();
  #freeBytes = 0;

  /** Bytes of rooms that nobody uses. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** At least so many bytes, with whatever was there before. */
  take(bytes: number): Uint8Array {
    const size = sizeFor(bytes);
    const room = this.#free.get(size)?.pop();
    if (room === undefined) return new Uint8Array(size);
    this.#freeBytes -= size;
    return room;
  }

  /** Takes back a room that came from here; one beyond what is kept is let go. */
  give(room: Uint8Array): void {
    if (room.length === 0 || this.#freeBytes + room.length > MOST_FREE) return;
    const same = this.#free.get(room.length);
    if (same === undefined) this.#free.set(room.length, [room]);
    else same.push(room);
    this.#freeBytes += room.length;
  }
}

const sizeFor = (bytes: number): number => Math.max(LEAST, 2 ** Math.ceil(Math.log2(bytes)));
