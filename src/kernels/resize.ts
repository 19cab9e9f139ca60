import { type Kernels, kernels } from './kernels.js';
import { plainResize } from './plain/resize.js';
import type { Resize, ResizePlan } from './resize-plan.js';

/** The fastest that this machine has; each gives the same bytes. */
export function createResize(plan: ResizePlan): Resize {
  const { compiled } = kernels();
  return compiled === null ? plainResize(plan) : compiledResize(plan, compiled);
}

/** With WebAssembly. Pictures that lie in its memory are worked on where they are; others are copied in and out. */
export function compiledResize(plan: ResizePlan, { memory, resize }: Kernels): Resize {
  const { sourceWidth, sourceHeight, columns, rows, stride } = plan;
  const rowBytes = sourceWidth * 3;
  const [width, height] = [columns.from.length, rows.from.length];
  const tables = [columns.from, columns.weights, rows.from, rows.weights];
  let plain: Resize | null = null;
  return (from, to) => {
    const place = memory.scratch();
    // 16 bytes behind the row are read with its last pixel
    const row = place.room(rowBytes * 2 + 16);
    const [columnFrom, columnWeights, rowFrom, rowWeights] = tables.map((table) => place.copyIn(table)) as Four;
    const source = memory.addressOf(from) ?? place.copyIn(from.subarray(0, rowBytes * sourceHeight));
    const target = memory.addressOf(to);
    const packed = target === null ? place.room(width * 3 * height) : null;
    if (!place.fits) {
      plain ??= plainResize(plan);
      plain(from, to);
      return;
    }
    const outStride = packed === null ? stride : width * 3;
    resize(
      ...[source, rowBytes, row],
      ...[columnFrom, columnWeights, columns.width, width],
      ...[rowFrom, rowWeights, rows.width, height],
      ...[target ?? packed!, outStride],
    );
    if (packed !== null) memory.copyOut(packed, width * 3, height, to, stride);
  };
}

type Four = [number, number, number, number];
