/*
 * Patches found again: the same numbers, to the last bit, as ../plain/patches.ts, which names what is declared here too. A patch lies as
 * `PatchTable` of ../patch-table.ts says.
 */

const ITERATIONS: i32 = 5;
const STILL: f64 = 0.0016;
const LONGEST_STEP: f64 = 2;
const REACH: f64 = 4;
const NOISE: f64 = 4096;
const LEAST_GAIN: f64 = 0.5;
const MOST_GAIN: f64 = 2;
const UNLIKE: f64 = 0.6;

/** Byte offsets in a patch. */
const LEFT: usize = 0, TOP: usize = 8, INVERSE: usize = 16, ENERGY: usize = 40, SUM: usize = 48, BASE: usize = 64;
const LOOK_SUM: usize = 80, LIKELY: usize = 88, LOOK: usize = 128, SLOPES: usize = 256, BYTES: usize = 512;

/** Of what was seen last: the values, their squares, their products with slopes and look. */
let values: i32 = 0, squares: i32 = 0, across: i32 = 0, down: i32 = 0, looks: i32 = 0;

/** Eight points of a row, between the pixels, in 128ths of a level. */
// @ts-ignore: decorator of AssemblyScript
@inline
function eightOf(at: usize, first: v128, second: v128): v128 {
  const a = v128.load64_zero(at), b = v128.load64_zero(at, 1);
  return i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(a), first), i16x8.mul(i16x8.extend_low_i8x16_u(b), second));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function sum(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

function sums(plane: usize, row: i32, patch: usize, left: i32, top: i32): void {
  const right = left & 127, second = i16x8.splat(<i16>right), first = i16x8.splat(<i16>(128 - right));
  const lower = i16x8.splat(<i16>((top & 127) << 8)), ones = i16x8.splat(1), half = i16x8.splat(8);
  let at = plane + <usize>((top >> 7) * row + (left >> 7));
  let v = i32x4.splat(0), s = v, l = v, a = v, d = v;
  for (let k: usize = 0; k < 128; k += 16) {
    const above = eightOf(at, first, second);
    const below = eightOf(at + <usize>row, first, second);
    const between = i16x8.add(above, i16x8.q15mulr_sat_s(i16x8.sub(below, above), lower));
    const eight = i16x8.shr_s(i16x8.add(between, half), 4);
    v = i32x4.add(v, i32x4.dot_i16x8_s(eight, ones));
    s = i32x4.add(s, i32x4.dot_i16x8_s(eight, eight));
    l = i32x4.add(l, i32x4.dot_i16x8_s(eight, v128.load(patch + k, LOOK)));
    a = i32x4.add(a, i32x4.dot_i16x8_s(eight, v128.load(patch + k, SLOPES)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(eight, v128.load(patch + k, SLOPES + 128)));
    at += <usize>row;
  }
  values = sum(v), squares = sum(s), looks = sum(l), across = sum(a), down = sum(d);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function clamp(value: f64, most: f64): f64 {
  return value < -most ? -most : value > most ? most : value;
}

// @ts-ignore: decorator of AssemblyScript
@inline
function clampGain(gain: f64): f64 {
  return gain < LEAST_GAIN ? LEAST_GAIN : gain > MOST_GAIN ? MOST_GAIN : gain;
}

/**
 * @param plane its first value, rows of `width` bytes
 * @param table `count` patches @param to two f64 each: how far from where it was taken, right and down; NaN where it is not found
 */
export function findPatches(plane: usize, width: i32, height: i32, table: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    const patch = table + <usize>i * BYTES, found = to + (<usize>i << 4), own = load<f64>(patch, ENERGY);
    store<f64>(found, NaN);
    store<f64>(found, NaN, 8);
    if (own < 0) continue;
    const ixx = load<f64>(patch, INVERSE), ixy = load<f64>(patch, INVERSE + 8), iyy = load<f64>(patch, INVERSE + 16);
    const likelyX = load<f64>(patch, LIKELY), likelyY = load<f64>(patch, LIKELY + 8);
    let x = likelyX, y = likelyY, missed: f64 = NaN;
    for (let step = 0; step < ITERATIONS; step++) {
      const farX = Math.floor((load<f64>(patch, LEFT) + x) * 128 + 0.5), farY = Math.floor((load<f64>(patch, TOP) + y) * 128 + 0.5);
      missed = NaN;
      if (!(farX >= 0 && farY >= 0 && farX < 1e7 && farY < 1e7)) break;
      const left = <i32>farX, top = <i32>farY;
      if (!((left >> 7) + 8 < width && (top >> 7) + 8 < height)) break;
      sums(plane, width, patch, left, top);
      const mean = <f64>values / 64;
      const energy = <f64>squares - <f64>values * mean;
      const gain = clampGain(Math.sqrt((own + NOISE) / (energy + NOISE)));
      missed = gain * (gain * energy - 2 * (<f64>looks - mean * load<f64>(patch, LOOK_SUM))) + own;
      const bx = (<f64>across - mean * load<f64>(patch, SUM)) * gain - load<f64>(patch, BASE);
      const by = (<f64>down - mean * load<f64>(patch, SUM + 8)) * gain - load<f64>(patch, BASE + 8);
      const dx = clamp(ixx * bx + ixy * by, LONGEST_STEP), dy = clamp(ixy * bx + iyy * by, LONGEST_STEP);
      x -= dx;
      y -= dy;
      if (Math.abs(x - likelyX) > REACH || Math.abs(y - likelyY) > REACH) {
        missed = NaN;
        break;
      }
      if (dx * dx + dy * dy < STILL) break;
    }
    if (!(missed <= UNLIKE * own)) continue;
    store<f64>(found, x);
    store<f64>(found, y, 8);
  }
}
