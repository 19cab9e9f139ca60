import { type Kernels, kernels } from './kernels.js';
import type { LumaPlane } from './luma-plane.js';
import type { PatchTable } from './patch-table.js';
import { plainPatches } from './plain/patches.js';

/**
 * Finds patches again, each near where it is expected: Lucas and Kanade's alignment for a shift alone, in its inverse compositional form.
 *
 * @param into two numbers a patch: how far it has gone from where it was taken, pixels to the right and down; NaN where it is not there
 */
export type PatchWork = (plane: LumaPlane, table: PatchTable, into: Float64Array) => void;

let inUse: PatchWork | null = null;

/** The fastest that this machine has; each gives the same numbers. */
export function patchWork(): PatchWork {
  if (inUse === null) {
    const { compiled } = kernels();
    inUse = compiled === null ? plainPatches : compiledPatchWork(compiled);
  }
  return inUse;
}

/** A plane of so many bytes takes less time to copy than its patches to find. */
const COPIED = 65_536;

/** With WebAssembly, of planes of luma that lie in the memory of the kernels or are small. */
export function compiledPatchWork({ memory, findPatches }: Kernels): PatchWork {
  return (plane, table, into) => {
    const inPlace = memory.addressOf(plane.data);
    const isHere = inPlace !== null || plane.data.length <= COPIED;
    if (!isHere || plane.step !== 1) return plainPatches(plane, table, into);
    const scratch = memory.scratch();
    const found = scratch.room(table.count * 16);
    const patches = scratch.copyIn(table.bytes);
    const at = inPlace ?? scratch.copyIn(plane.data);
    // vectors are read beyond the last pixel
    scratch.room(64);
    if (!scratch.fits) return plainPatches(plane, table, into);
    findPatches(at + plane.first, plane.width, plane.height, patches, table.count, found);
    for (let i = 0; i < 2 * table.count; i++) into[i] = memory.doubleAt(found + 8 * i);
  };
}
