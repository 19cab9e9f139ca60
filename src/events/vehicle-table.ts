/** Numbers per slot of `boxes` and `firstBoxes`: x1, y1, x2, y2. */
const BOX = 4;

/** The vehicles before one camera, each in a slot of flat arrays that are allocated once. */
export class VehicleTable {
  readonly capacity: number;
  readonly trackIds: Int32Array;
  /** Index of the class. */
  readonly classes: Int32Array;
  readonly scores: Float32Array;
  /** Latest and first box, 4 numbers per slot, in pixels of the camera's own picture. */
  readonly boxes: Float32Array;
  readonly firstBoxes: Float32Array;
  /** ms on the caller's clock. */
  readonly firstSeen: Float64Array;
  readonly lastSeen: Float64Array;
  /** Number of the frame in which it was last seen. */
  readonly lastFrame: Float64Array;
  /** Middle of the lower edge, in widths of the picture. */
  readonly footX: Float64Array;
  readonly footY: Float64Array;
  /** Root of the latest box's area, in widths of the picture. */
  readonly sizes: Float64Array;
  readonly #slots = new Map<number, number>();
  readonly #free: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.trackIds = new Int32Array(capacity);
    this.classes = new Int32Array(capacity);
    this.scores = new Float32Array(capacity);
    this.boxes = new Float32Array(capacity * BOX);
    this.firstBoxes = new Float32Array(capacity * BOX);
    this.firstSeen = new Float64Array(capacity);
    this.lastSeen = new Float64Array(capacity);
    this.lastFrame = new Float64Array(capacity);
    this.footX = new Float64Array(capacity);
    this.footY = new Float64Array(capacity);
    this.sizes = new Float64Array(capacity);
    this.#free = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
  }

  /** Vehicles in it. */
  get size(): number {
    return this.#slots.size;
  }

  /** Slots in use, longest known first; the one just given may be removed. */
  slots(): IterableIterator<number> {
    return this.#slots.values();
  }

  /** -1 where the track is not in it. */
  slotOf(trackId: number): number {
    return this.#slots.get(trackId) ?? -1;
  }

  /** To be called with a free slot left. @returns the slot, whose numbers are still those of an earlier vehicle */
  add(trackId: number): number {
    const slot = this.#free[this.capacity - this.#slots.size - 1]!;
    this.trackIds[slot] = trackId;
    this.#slots.set(trackId, slot);
    return slot;
  }

  remove(slot: number): void {
    this.#slots.delete(this.trackIds[slot]!);
    this.#free[this.capacity - this.#slots.size - 1] = slot;
  }

  /** The slot of the vehicle that was not seen for longest. */
  stalest(): number {
    let stalest = -1;
    for (const slot of this.#slots.values()) {
      if (stalest < 0 || this.lastFrame[slot]! < this.lastFrame[stalest]!) stalest = slot;
    }
    return stalest;
  }
}
