/** A record, as far as it takes room and grows old. */
export interface KeptSize {
  readonly n: number;
  /** Unix ms. */
  readonly at: number;
  /** Bytes on the disk with its pictures. */
  readonly bytes: number;
}

export interface EvidenceBounds {
  readonly maxBytes: number;
  readonly keepMs: number;
}

/** How many of the oldest records go, and for what reason. */
export interface Pruning {
  readonly age: number;
  readonly quota: number;
}

/** Of a file on the disk. */
const BLOCK = 4096;

/** Bytes that files of these sizes take on a disk. */
export function bytesOnDisk(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + Math.ceil(size / BLOCK) * BLOCK, 0);
}

/**
 * Which of the oldest records must go: those that are too old, and then as many as it takes for the others, and what is to come, to
 * have room. A chain loses its oldest end only.
 *
 * @param kept oldest first
 * @param now Unix ms; null where the clock is not believed: then none is too old
 * @param coming bytes of what is to be written
 */
export function pruningOf(
  kept: readonly KeptSize[],
  { maxBytes, keepMs }: EvidenceBounds,
  now: number | null,
  coming = 0,
): Pruning {
  let age = 0;
  while (now !== null && age < kept.length && now - kept[age]!.at > keepMs) age++;
  let left = kept.slice(age).reduce((sum, { bytes }) => sum + bytes, coming);
  let quota = 0;
  for (; left > maxBytes && age + quota < kept.length; quota++) left -= kept[age + quota]!.bytes;
  return { age, quota };
}

/** Blocks that a record takes on a full disk besides its own: of the spare anchor, and of the head before it takes the place of the last. */
const BESIDES = 2 * BLOCK;

/**
 * How many of the oldest records must go for one to be written on a full disk; 0 where all of them would not be enough: nothing goes
 * for what cannot be kept.
 *
 * @param kept oldest first
 * @param free bytes that the disk has left
 * @param needed bytes of what is to be written
 */
export function reliefOf(kept: readonly KeptSize[], free: number, needed: number): number {
  let freed = free;
  for (const [at, { bytes }] of kept.entries()) {
    freed += bytes;
    if (freed >= needed + BESIDES) return at + 1;
  }
  return 0;
}
