import { placedResize } from './compiled-resize.js';
import { type Kernels, kernels } from './kernels.js';
import { plainYuvResize } from './plain/resize-yuv.js';
import type { Resize, ResizePlan } from './resize-plan.js';
import { YUV_COLOURS, type YuvColour, type YuvFormat, yuvBytes } from './yuv-colour.js';

/** As `createResize`, of a picture in I420, into RGB24. @throws RangeError where the picture has an odd side */
export function createYuvResize(plan: ResizePlan, format: YuvFormat): Resize {
  if (plan.sourceWidth % 2 !== 0 || plan.sourceHeight % 2 !== 0) {
    throw new RangeError(`expected even sides of a picture in I420, got ${plan.sourceWidth}x${plan.sourceHeight}`);
  }
  const { compiled } = kernels();
  const colour = YUV_COLOURS[format];
  return compiled === null ? plainYuvResize(plan, colour) : compiledYuvResize(plan, colour, compiled);
}

/** With WebAssembly. */
export function compiledYuvResize(plan: ResizePlan, colour: YuvColour, { memory, resizeYuv }: Kernels): Resize {
  const { sourceWidth, sourceHeight, columns } = plan;
  const luma = sourceWidth * sourceHeight;
  const { black, lumaGain, redV, greenU, greenV, blueU } = colour;
  return placedResize(plan, memory, {
    sourceBytes: yuvBytes(sourceWidth, sourceHeight),
    // room beside the rows and lines is read and written with their last pixels
    rooms: [(2 * sourceWidth + 48) * 2, (columns.from.length + 8) * 3 * 2],
    run: ({ source, rooms, columns, rows, target, stride }) =>
      resizeYuv(
        ...[source, source + luma, source + luma * 1.25, sourceWidth],
        ...[...rooms, ...columns, ...rows, target, stride],
        ...[black, lumaGain, redV, greenU, greenV, blueU],
      ),
    plain: () => plainYuvResize(plan, colour),
  });
}
