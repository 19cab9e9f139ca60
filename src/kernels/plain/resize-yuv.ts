import type { Resize, ResizePlan } from '../resize-plan.js';
import type { Taps } from '../taps.js';
import type { YuvColour } from '../yuv-colour.js';

/** The resize of `createYuvResize` without WebAssembly: the same steps, which ../assembly/resize-yuv.ts describes. */
export function plainYuvResize(plan: ResizePlan, colour: YuvColour): Resize {
  const { sourceWidth, sourceHeight, columns, rows, stride } = plan;
  const [width, half] = [columns.from.length, sourceWidth / 2];
  const row = new Uint16Array(sourceWidth + 1);
  const [luma, chromaU, chromaV] = [new Int16Array(width), new Int16Array(width), new Int16Array(width)];
  const planes = [
    { from: 0, bytes: sourceWidth, halved: 0, line: luma },
    { from: sourceWidth * sourceHeight, bytes: half, halved: 1, line: chromaU },
    { from: (sourceWidth * sourceHeight * 5) / 4, bytes: half, halved: 1, line: chromaV },
  ];
  return (from, to) => {
    for (let y = 0; y < rows.from.length; y++) {
      for (const plane of planes) {
        blendRows(from, plane, rows, y, row);
        blendColumns(row, plane.halved, columns, plane.line);
      }
      convert(luma, chromaU, chromaV, colour, to, y * stride);
    }
  };
}

interface Plane {
  /** First byte in the picture. */
  readonly from: number;
  /** Bytes of a row. */
  readonly bytes: number;
  /** 1 where a value is that of two columns and rows. */
  readonly halved: number;
}

/** Into 8.7 bits. */
function blendRows(from: Uint8Array, plane: Plane, { from: first, weights, width }: Taps, y: number, row: Uint16Array) {
  for (let i = 0; i < plane.bytes; i++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const source = (first[y]! + k) >> plane.halved;
      sum += from[plane.from + source * plane.bytes + i]! * weights[y * width + k]!;
    }
    row[i] = sum >> 1;
  }
}

/** Into 8.6 bits. */
function blendColumns(row: Uint16Array, halved: number, { from, weights, width }: Taps, line: Int16Array): void {
  for (let x = 0; x < line.length; x++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += row[(from[x]! + k) >> halved]! * weights[x * width + k]!;
    line[x] = sum >> 9;
  }
}

/** A product with 32768ths, rounded. */
const times = (value: number, factor: number): number => (value * factor + 0x4000) >> 15;
/** Of 8.6 bits. */
const byte = (value: number): number => Math.min(255, Math.max(0, value >> 6));

function convert(
  luma: Int16Array,
  chromaU: Int16Array,
  chromaV: Int16Array,
  { black, lumaGain, redV, greenU, greenV, blueU }: YuvColour,
  to: Uint8Array,
  start: number,
): void {
  for (let x = 0, out = start; x < luma.length; x++, out += 3) {
    const dry = luma[x]! - black * 64;
    const y = dry + times(dry, lumaGain);
    const u = chromaU[x]! - 128 * 64;
    const v = chromaV[x]! - 128 * 64;
    to[out] = byte(y + v + times(v, redV));
    to[out + 1] = byte(y + times(u, greenU) + times(v, greenV));
    to[out + 2] = byte(y + 2 * u + times(u, blueU));
  }
}
