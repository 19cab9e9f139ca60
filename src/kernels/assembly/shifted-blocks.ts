// @ts-ignore: decorator of AssemblyScript
@inline
function sum(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

/**
 * Means of blocks that lie where a scene has gone: the same numbers, to the last bit, as ../plain/shifted-blocks.ts.
 *
 * @param plane as of `blockSums`, as are the ends; no block more than 128 rows high, and none without a pixel
 * @param x, y, turn, growth of the scene, see `BlockShift` @param to `across * down` f32
 */
export function shiftedBlocks(
  plane: usize, width: i32, height: i32, columnEnds: usize, across: i32, rowEnds: usize, down: i32,
  x: f64, y: f64, turn: f64, growth: f64, to: usize,
): void {
  let top = 0, at = to;
  for (let row = 0; row < down; row++) {
    const bottom = load<i32>(rowEnds + (<usize>row << 2)), below = <f64>(top + bottom) / 2 - <f64>height / 2;
    let left = 0;
    for (let column = 0; column < across; column++) {
      const end = load<i32>(columnEnds + (<usize>column << 2)), right = <f64>(left + end) / 2 - <f64>width / 2;
      const farX = x + growth * right - turn * below, farY = y + growth * below + turn * right;
      const wholeX = Math.floor(farX), wholeY = Math.floor(farY);
      const dx = <i32>Math.max(<f64>-left, Math.min(<f64>(width - 1 - end), wholeX));
      const dy = <i32>Math.max(<f64>-top, Math.min(<f64>(height - 1 - bottom), wholeY));
      const value = meanOf(
        plane + <usize>((top + dy) * width + left + dx), <usize>width, end - left, bottom - top, farX - wholeX, farY - wholeY);
      store<f32>(at, <f32>value);
      at += 4;
      left = end;
    }
    top = bottom;
  }
}

function meanOf(from: usize, stride: usize, wide: i32, high: i32, fx: f64, fy: f64): f64 {
  const ones = i16x8.splat(1), lanes = i16x8(0, 1, 2, 3, 4, 5, 6, 7), behind = from + stride * <usize>high;
  let all = i32x4.splat(0), beside = all, under = all, firstColumn = 0;
  // the column behind the last one too
  for (let k = 0; k <= wide; k += 16) {
    let low = i16x8.splat(0), rest = low;
    for (let p = from + <usize>k, last = behind + <usize>k; p < last; p += stride) {
      const sixteen = v128.load(p);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(sixteen));
      rest = i16x8.add(rest, i16x8.extend_high_i8x16_u(sixteen));
    }
    if (k == 0) firstColumn = i16x8.extract_lane_s(low, 0);
    const left = i16x8.splat(<i16>(wide - k)), leftOfRest = i16x8.splat(<i16>(wide - k - 8));
    const inLow = v128.and(i16x8.lt_s(lanes, left), ones), inRest = v128.and(i16x8.lt_s(lanes, leftOfRest), ones);
    all = i32x4.add(all, i32x4.add(i32x4.dot_i16x8_s(low, inLow), i32x4.dot_i16x8_s(rest, inRest)));
    const atEnd = v128.and(i16x8.eq(lanes, left), ones), atEndOfRest = v128.and(i16x8.eq(lanes, leftOfRest), ones);
    beside = i32x4.add(beside, i32x4.add(i32x4.dot_i16x8_s(low, atEnd), i32x4.dot_i16x8_s(rest, atEndOfRest)));
    const first = v128.load(from + <usize>k), next = v128.load(behind + <usize>k);
    const moreLow = i16x8.sub(i16x8.extend_low_i8x16_u(next), i16x8.extend_low_i8x16_u(first));
    const moreRest = i16x8.sub(i16x8.extend_high_i8x16_u(next), i16x8.extend_high_i8x16_u(first));
    under = i32x4.add(under, i32x4.add(i32x4.dot_i16x8_s(moreLow, inLow), i32x4.dot_i16x8_s(moreRest, inRest)));
  }
  return (<f64>sum(all) + fx * <f64>(sum(beside) - firstColumn) + fy * <f64>sum(under)) / <f64>(wide * high);
}
