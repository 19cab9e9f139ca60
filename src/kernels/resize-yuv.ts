import { type ColumnLanes, columnLanes } from './column-lanes.js';
import { placedResize } from './compiled-resize.js';
import { type Kernels, kernels } from './kernels.js';
import { plainYuvResize } from './plain/resize-yuv.js';
import type { Resize, ResizePlan } from './resize-plan.js';
import { halvedTaps } from './taps.js';
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
  const { sourceWidth, sourceHeight, columns, rows } = plan;
  const luma = sourceWidth * sourceHeight;
  const { black, lumaGain, redV, greenU, greenV, blueU } = colour;
  const chromaRows = halvedTaps(rows, sourceHeight);
  const lumaLanes = columnLanes(columns);
  const chromaLanes = columnLanes(halvedTaps(columns, sourceWidth));
  return placedResize(plan, memory, {
    sourceBytes: yuvBytes(sourceWidth, sourceHeight),
    // room beside the rows and lines is read and written with their last pixels
    rooms: [(2 * sourceWidth + 3 * roomBeside(lumaLanes)) * 2, (columns.from.length + 8) * 3 * 2],
    tables: [
      ...[rows.from, rows.weights, chromaRows.from, chromaRows.weights],
      ...tablesOf(lumaLanes),
      ...tablesOf(chromaLanes),
    ],
    run: ({ source, rooms, tables, target, stride }) => {
      const [rowFrom, rowWeights, chromaRowFrom, chromaRowWeights, ...lanes] = tables as [
        number,
        number,
        number,
        number,
      ];
      resizeYuv(
        ...[source, source + luma, source + luma * 1.25, sourceWidth],
        ...[...rooms, roomBeside(lumaLanes)],
        ...[rowFrom, rowWeights, rows.width, chromaRowFrom, chromaRowWeights, chromaRows.width, rows.from.length],
        ...lanesAt(lumaLanes, lanes.slice(0, 3)),
        ...lanesAt(chromaLanes, lanes.slice(3)),
        ...[columns.from.length, target, stride],
        ...[black, lumaGain, redV, greenU, greenV, blueU],
      );
    },
    plain: () => plainYuvResize(plan, colour),
  });
}

/** 16-bit numbers that are read behind the last of a row. */
const roomBeside = ({ pairs }: ColumnLanes): number => 16 + 2 * pairs;

const NO_MASKS = new Uint8Array(0);

const tablesOf = ({ offsets, masks, weights }: ColumnLanes) => [offsets, masks ?? NO_MASKS, weights];

/** Where the kernel finds them; without masks it has 0 there. */
function lanesAt({ masks, pairs }: ColumnLanes, [offsets, maskAt, weights]: readonly number[]): readonly number[] {
  return [offsets!, masks === null ? 0 : maskAt!, weights!, pairs];
}
