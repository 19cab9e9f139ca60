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
  const { columns, rows } = plan;
  const rowBytes = plan.sourceWidth * 3;
  return placedResize(plan, memory, {
    sourceBytes: rowBytes * plan.sourceHeight,
    // 16 bytes behind the row are read with its last pixel
    rooms: [rowBytes * 2 + 16],
    tables: [columns.from, columns.weights, rows.from, rows.weights],
    run: ({ source, rooms, tables, target, stride }) => {
      const [columnFrom, columnWeights, rowFrom, rowWeights] = tables as [number, number, number, number];
      resize(
        ...[source, rowBytes, rooms[0]!],
        ...[columnFrom, columnWeights, columns.width, columns.from.length],
        ...[rowFrom, rowWeights, rows.width, rows.from.length],
        ...[target, stride],
      );
    },
    plain: () => plainResize(plan),
  });
}
