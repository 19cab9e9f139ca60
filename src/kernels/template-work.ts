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

/** With WebAssembly, of pictures that lie in the memory of the kernels: a template takes less time than to copy another. */
export function compiledTemplateWork({ memory, sampleTemplate, alignTemplate, searchTemplate }: Kernels): TemplateWork {
  const place = (to: number): TemplatePlace => {
    const [x, y, scale, correlation] = memory.doublesAt(to, 4) as unknown as [number, number, number, number];
    return { x, y, scale, correlation };
  };
  return {
    sample(plane, block, x, y, scale, into) {
      const at = memory.addressOf(plane.data);
      if (at === null) return plainSample(plane, block, x, y, scale, into);
      const scratch = memory.scratch();
      const to = scratch.room(block.count * 2);
      sampleTemplate(...placed(at, plane), scratch.copyIn(block.bytes), block.count, x, y, scale, to);
      into.set(memory.shortsAt(to, block.count));
    },
    align(plane, lumaScale, block, { x, y, scale }) {
      const at = memory.addressOf(plane.data);
      if (at === null) return plainAlign(plane, lumaScale, block, { x, y, scale });
      const scratch = memory.scratch();
      const to = scratch.room(32);
      const unit = lumaScale / PARTS_OF_LEVEL;
      alignTemplate(...placed(at, plane), unit, scratch.copyIn(block.bytes), block.count, x, y, scale, to);
      return place(to);
    },
    search(plane, lumaScale, points, places) {
      const at = memory.addressOf(plane.data);
      if (at === null) return plainSearch(plane, lumaScale, points, places);
      const { count, table, energy, lookSum, lookUnit } = points;
      const { x, y, scale, rangeX, rangeY, step } = places;
      const scratch = memory.scratch();
      const to = scratch.room(32);
      const room = scratch.room(count * 16 + 48);
      searchTemplate(
        ...[...placed(at, plane), lumaScale / PARTS_OF_LEVEL],
        ...[scratch.copyIn(table), count, energy, lookSum, lookUnit],
        ...[x, y, scale, rangeX, rangeY, step, room, to],
      );
      return place(to);
    },
  };
}

/** Address of the first value, bytes from value to value down and across, and the last positions that have a neighbour behind them. */
function placed(address: number, { width, height, first, step }: LumaPlane): readonly number[] {
  const most = (pixels: number): number => (pixels - 1) * PARTS_OF_PIXEL - 1;
  return [address + first, width * step, step, most(width), most(height)];
}
