import type { BlockLesson, BlockPair } from './block-pair.js';
import type { BlockState } from './block-state.js';
import { type Kernels, kernels } from './kernels.js';
import type { LightChange } from './light-change.js';
import { plainCompare, plainFollow } from './plain/blocks.js';

/** Compares pictures block by block, and learns from them. */
export interface BlockWork {
  /**
   * Sets `difference`, `ratio` and `comparable`.
   *
   * @param light from the first to the second
   * @param into 1 where a block differs as a vehicle makes it differ, 0 elsewhere
   * @returns how many do
   */
  compare(state: BlockState, pair: BlockPair, light: Pick<LightChange, 'gain' | 'offset'>, into: Uint8Array): number;
  /**
   * Goes on with what is usual, the noise and the tolerances.
   *
   * @param light in which the picture is, against what is usual
   * @param beyond gets the indices of the followed blocks that are not as usual; as many as there are blocks
   * @returns how many these are
   */
  follow(
    state: BlockState,
    lesson: BlockLesson,
    light: Pick<LightChange, 'gain' | 'offset'>,
    beyond: Int32Array,
  ): number;
}

/** Without WebAssembly. */
export const PLAIN_BLOCK_WORK: BlockWork = { compare: plainCompare, follow: plainFollow };

let inUse: BlockWork | null = null;

/** The fastest that this machine has; each gives the same numbers. */
export function blockWork(): BlockWork {
  if (inUse === null) {
    const { compiled } = kernels();
    inUse = compiled === null ? PLAIN_BLOCK_WORK : compiledBlockWork(compiled);
  }
  return inUse;
}

/** With WebAssembly, of states that lie in the memory of the kernels. */
export function compiledBlockWork({ memory, compareBlocks, followBlocks }: Kernels): BlockWork {
  const bytesAt = new Uint8Array(memory.memory.buffer);
  return {
    compare(state, pair, light, into) {
      const { from, to, known, masked, mayBeOther } = pair;
      const { count, across, levels, other, difference, ratio, comparable } = state;
      if (memory.addressOf(levels) === null) return plainCompare(state, pair, light, into);
      const scratch = memory.scratch();
      const found = scratch.room(count);
      // biome-ignore format: the pictures, the state, the light, and what comes of it
      const differing = compareBlocks(
        scratch.at(from), scratch.at(to), known === null ? 0 : scratch.at(known), scratch.at(masked),
        levels.byteOffset, mayBeOther ? other.byteOffset : 0, count, across, light.gain, light.offset,
        difference.byteOffset, ratio.byteOffset, comparable.byteOffset, found,
      );
      into.set(bytesAt.subarray(found, found + count));
      return differing;
    },
    follow(state, lesson, light, beyond) {
      const { luma, follows, sees, share, kept } = lesson;
      const { count, skip, usual, noise, factor, levels, before, otherFor, difference } = state;
      if (memory.addressOf(levels) === null) return plainFollow(state, lesson, light, beyond);
      const scratch = memory.scratch();
      const found = scratch.room(count * 4);
      // biome-ignore format: as above
      const outside = followBlocks(
        scratch.at(luma), scratch.at(follows), count, sees ? 1 : 0, share, kept, light.gain, light.offset,
        skip.byteOffset, usual.byteOffset, noise.byteOffset, factor.byteOffset, levels.byteOffset, before.byteOffset,
        otherFor.byteOffset, difference.byteOffset, found,
      );
      if (outside > 0) beyond.set(memory.numbersAt(found, outside));
      return outside;
    },
  };
}
