import { type Kernels, kernels } from './kernels.js';

/**
 * What is known of the blocks of one camera's picture, row by row. It lies in the memory of the kernels where there is room, so that
 * nothing is copied to them; elsewhere the same work is done in TypeScript.
 */
export interface BlockState {
  readonly count: number;
  /** Blocks of a row. */
  readonly across: number;
  /** Usual luma; nothing where `known` is 0. */
  readonly usual: Float32Array;
  /** Luma of the other usual state; NaN where there is none. */
  readonly other: Float32Array;
  /** ms for which a block has shown it. */
  readonly otherFor: Float32Array;
  /** Running median of how much a block changes from picture to picture, levels. */
  readonly noise: Float32Array;
  /** What widens the tolerance besides, at least 1. */
  readonly factor: Float32Array;
  /** Tolerance, levels. */
  readonly levels: Float32Array;
  /** Of the picture at hand: what it has more or less than is expected. */
  readonly difference: Float32Array;
  /** That as a multiple of the tolerance, where it counts. */
  readonly ratio: Float32Array;
  /** The differences of the last picture learned. */
  readonly before: Float32Array;
  /** 1 where something is usual. */
  readonly known: Uint8Array;
  /** Not 0 where a block is left out when light is compared. */
  readonly skip: Uint8Array;
  /** 1 where a block had a vote in the last comparison. */
  readonly comparable: Uint8Array;
}

const NUMBERS = 9;
const BYTES = 3;

/** Gives the memory back of what nobody holds any more: cameras come and go, a few in a day. */
const lost = new FinalizationRegistry(({ block, memory }: { block: Uint8Array; memory: Kernels['memory'] }) =>
  memory.free(block),
);

/**
 * All zero.
 *
 * @param count blocks, a multiple of four @param across of them in a row
 * @param compiled in whose memory it shall lie; null: in none of the kernels'
 */
export function blockState(count: number, across: number, compiled: Kernels | null = kernels().compiled): BlockState {
  const bytes = count * (NUMBERS * 4 + BYTES);
  const block = compiled?.memory.allocate(bytes) ?? new Uint8Array(bytes);
  const { buffer, byteOffset } = block.fill(0);
  const numbers = (k: number): Float32Array => new Float32Array(buffer, byteOffset + k * count * 4, count);
  const flags = (k: number): Uint8Array => new Uint8Array(buffer, byteOffset + (NUMBERS * 4 + k) * count, count);
  const state: BlockState = {
    count,
    across,
    usual: numbers(0),
    other: numbers(1),
    otherFor: numbers(2),
    noise: numbers(3),
    factor: numbers(4),
    levels: numbers(5),
    difference: numbers(6),
    ratio: numbers(7),
    before: numbers(8),
    known: flags(0),
    skip: flags(1),
    comparable: flags(2),
  };
  if (compiled !== null && compiled.memory.addressOf(block) !== null) {
    lost.register(state, { block, memory: compiled.memory });
  }
  return state;
}
