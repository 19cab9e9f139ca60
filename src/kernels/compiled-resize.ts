import type { KernelMemory } from './kernel-memory.js';
import type { Resize, ResizePlan } from './resize-plan.js';

/** Addresses of what a plan says, and of the pictures, for one call. */
export interface PlacedPlan {
  readonly source: number;
  /** Of the rooms that were asked for. */
  readonly rooms: readonly number[];
  /** Of the tables that were handed over. */
  readonly tables: readonly number[];
  readonly target: number;
  readonly stride: number;
}

/** How a kernel resizes. */
export interface CompiledResize {
  /** Of a source picture. */
  readonly sourceBytes: number;
  /** Bytes of each room that it works in. */
  readonly rooms: readonly number[];
  /** What it looks up. */
  readonly tables: readonly (Int32Array | Uint8Array)[];
  readonly run: (placed: PlacedPlan) => void;
  /** What does the same where a picture is too large for the memory. */
  readonly plain: () => Resize;
}

/** Has a kernel resize. Pictures that lie in its memory are worked on where they are; others are copied in and out. */
export function placedResize(
  { columns, rows, stride }: ResizePlan,
  memory: KernelMemory,
  { sourceBytes, rooms, tables, run, plain }: CompiledResize,
): Resize {
  const [width, height] = [columns.from.length, rows.from.length];
  let instead: Resize | null = null;
  return (from, to) => {
    const place = memory.scratch();
    const placed = {
      rooms: rooms.map((bytes) => place.room(bytes)),
      tables: tables.map((table) => place.copyIn(table)),
      source: memory.addressOf(from) ?? place.copyIn(from.subarray(0, sourceBytes)),
    };
    const target = memory.addressOf(to);
    const packed = target === null ? place.room(width * 3 * height) : null;
    if (!place.fits) {
      instead ??= plain();
      instead(from, to);
      return;
    }
    run({ ...placed, target: target ?? packed!, stride: packed === null ? stride : width * 3 });
    if (packed !== null) memory.copyOut(packed, width * 3, height, to, stride);
  };
}
