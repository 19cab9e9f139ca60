import { placedResize } from './compiled-resize.js';
import { type Kernels, kernels } from './kernels.js';
import { plainResize } from './plain/resize.js';
import type { Resize, ResizePlan } from './resize-plan.js';

/** The fastest that this machine has; each gives the same bytes. */
export function createResize(plan: ResizePlan): Resize {
  const { compiled } = kernels();
  return compiled === null ? plainResize(plan) : compiledResize(plan, compiled);
}

/** With WebAssembly. */
export function compiledResize(plan: ResizePlan, { memory, resize }: Kernels): Resize {
  const rowBytes = plan.sourceWidth * 3;
  return placedResize(plan, memory, {
    sourceBytes: rowBytes * plan.sourceHeight,
    // 16 bytes behind the row are read with its last pixel
    rooms: [rowBytes * 2 + 16],
    run: ({ source, rooms, columns, rows, target, stride }) =>
      resize(source, rowBytes, ...rooms, ...columns, ...rows, target, stride),
    plain: () => plainResize(plan),
  });
}
