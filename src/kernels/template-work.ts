import { type Kernels, kernels } from './kernels.js';
import type { LumaPlane } from './luma-plane.js';
import { plainAlign, plainSample, plainSearch } from './plain/template.js';
import {
  PARTS_OF_LEVEL,
  PARTS_OF_PIXEL,
  type SearchPlaces,
  type SearchPoints,
  type TemplateBlock,
  type TemplatePlace,
} from './template-block.js';

/** Looks for templates in pictures, whose sides are at least 2 pixels. */
export interface TemplateWork {
  /** What a picture shows at a template's points, in parts of a level. @param into a number per point of the block, padding included */
  sample(plane: LumaPlane, block: TemplateBlock, x: number, y: number, scale: number, into: Int16Array): void;
  /**
   * Where a template is now.
   *
   * @param lumaScale what a level of the plane is worth
   * @param from where it should be near
   */
  align(
    plane: LumaPlane,
    lumaScale: number,
    block: TemplateBlock,
    from: Pick<TemplatePlace, 'x' | 'y' | 'scale'>,
  ): TemplatePlace;
  /** The best of the places of a grid; of equals, the nearest. */
  search(plane: LumaPlane, lumaScale: number, points: SearchPoints, places: SearchPlaces): TemplatePlace;
}

/** Without WebAssembly. */
export const PLAIN_TEMPLATE_WORK: TemplateWork = { sample: plainSample, align: plainAlign, search: plainSearch };

let inUse: TemplateWork | null = null;

/** The fastest that this machine has; each gives the same numbers. */
export function templateWork(): TemplateWork {
  if (inUse === null) {
    const { compiled } = kernels();
    inUse = compiled === null ? PLAIN_TEMPLATE_WORK : compiledTemplateWork(compiled);
  }
  return inUse;
}

/**
 * With WebAssembly, of pictures that lie in the memory of the kernels: a template takes less time than to copy another. It is called for
 * every vehicle of every frame, and makes nothing that would have to be collected but what it gives back.
 */
export function compiledTemplateWork({ memory, sampleTemplate, alignTemplate, searchTemplate }: Kernels): TemplateWork {
  const placeAt = (at: number): TemplatePlace => ({
    x: memory.doubleAt(at),
    y: memory.doubleAt(at + 8),
    scale: memory.doubleAt(at + 16),
    correlation: memory.doubleAt(at + 24),
  });
  return {
    sample(plane, block, x, y, scale, into) {
      const at = memory.addressOf(plane.data);
      if (at === null) return plainSample(plane, block, x, y, scale, into);
      const { width, height, first, step } = plane;
      const scratch = memory.scratch();
      const to = scratch.room(block.count * 2);
      const from = scratch.copyIn(block.bytes);
      // biome-ignore format: the plane, the template, and where it is
      sampleTemplate(
        at + first, width * step, step, most(width), most(height),
        from, block.count, x, y, scale, to,
      );
      into.set(memory.shortsAt(to, block.count));
    },
    align(plane, lumaScale, block, { x, y, scale }) {
      const at = memory.addressOf(plane.data);
      if (at === null) return plainAlign(plane, lumaScale, block, { x, y, scale });
      const { width, height, first, step } = plane;
      const scratch = memory.scratch();
      const to = scratch.room(32);
      const from = scratch.copyIn(block.bytes);
      // biome-ignore format: as above
      alignTemplate(
        at + first, width * step, step, most(width), most(height), lumaScale / PARTS_OF_LEVEL,
        from, block.count, x, y, scale, to,
      );
      return placeAt(to);
    },
    search(plane, lumaScale, points, places) {
      const at = memory.addressOf(plane.data);
      if (at === null) return plainSearch(plane, lumaScale, points, places);
      const { width, height, first, step } = plane;
      const { count, table, energy, lookSum, lookUnit } = points;
      const { x, y, scale, rangeX, rangeY, step: every } = places;
      const scratch = memory.scratch();
      const to = scratch.room(32);
      const room = scratch.room(count * 16 + 48);
      const from = scratch.copyIn(table);
      // biome-ignore format: as above
      searchTemplate(
        at + first, width * step, step, most(width), most(height), lumaScale / PARTS_OF_LEVEL,
        from, count, energy, lookSum, lookUnit, x, y, scale, rangeX, rangeY, every, room, to,
      );
      return placeAt(to);
    },
  };
}

/** The last position that has a neighbour behind it. */
const most = (pixels: number): number => (pixels - 1) * PARTS_OF_PIXEL - 1;
