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

/** With WebAssembly. Pictures that lie in its memory are worked on where they are; others are copied in and out. */
export function compiledYuvResize(plan: ResizePlan, colour: YuvColour, { memory, resizeYuv }: Kernels): Resize {
  const { sourceWidth, sourceHeight, columns, rows, stride } = plan;
  const [width, height] = [columns.from.length, rows.from.length];
  const luma = sourceWidth * sourceHeight;
  const { black, lumaGain, redV, greenU, greenV, blueU } = colour;
  let plain: Resize | null = null;
  return (from, to) => {
    const place = memory.scratch();
    // room beside the rows and lines is read and written with their last pixels
    const row = place.room((2 * sourceWidth + 48) * 2);
    const line = place.room((width + 8) * 3 * 2);
    const columnFrom = place.copyIn(columns.from);
    const columnWeights = place.copyIn(columns.weights);
    const rowFrom = place.copyIn(rows.from);
    const rowWeights = place.copyIn(rows.weights);
    const source = memory.addressOf(from) ?? place.copyIn(from.subarray(0, yuvBytes(sourceWidth, sourceHeight)));
    const target = memory.addressOf(to);
    const packed = target === null ? place.room(width * 3 * height) : null;
    if (!place.fits) {
      plain ??= plainYuvResize(plan, colour);
      plain(from, to);
      return;
    }
    resizeYuv(
      ...[source, source + luma, source + luma * 1.25, sourceWidth, row, line],
      ...[columnFrom, columnWeights, columns.width, width, rowFrom, rowWeights, rows.width, height],
      ...[target ?? packed!, packed === null ? stride : width * 3],
      ...[black, lumaGain, redV, greenU, greenV, blueU],
    );
    if (packed !== null) memory.copyOut(packed, width * 3, height, to, stride);
  };
}
