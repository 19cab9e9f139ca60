/*
 * What differs in a picture, block by block, and what is learned of it: the same numbers, to the last bit, as ../plain/blocks.ts and
 * ../plain/vehicle-like.ts, which name what is declared here too. Addresses are those of `BlockState` of ../block-state.ts.
 */

const STANDS_OUT: f64 = 0.25, OF_TOLERANCE: f64 = 0.3, ALONE: f64 = 1.6;
const RING: i32 = 2;
const NOISE_STEP: f64 = 0.02, LEAST_NOISE: f64 = 0.02, LEAST_TOLERANCE: f64 = 4;
const DEVIATIONS: f64 = 5 * (1 / (0.6745 * Math.SQRT2));
const MOST_TOLERANCE: f32 = 60;

/** Of four bytes each, all bits of a lane where it is not 0. */
// @ts-ignore: decorator of AssemblyScript
@inline
function set(bytes: usize): v128 {
  return i32x4.ne(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes))), i32x4.splat(0));
}

/** Two numbers in the light of the later picture, cut off where it is. */
// @ts-ignore: decorator of AssemblyScript
@inline
function lit(two: v128, gain: v128, offset: v128): v128 {
  const level = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(two), gain), offset);
  return f64x2.pmin(f64x2.pmax(level, f64x2.splat(0)), f64x2.splat(255));
}

/** The upper two of four lanes as the lower ones. */
// @ts-ignore: decorator of AssemblyScript
@inline
function upper(four: v128): v128 {
  return i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

/** Two lanes of 64 bits each, as masks, in one of four of 32. */
// @ts-ignore: decorator of AssemblyScript
@inline
function joined(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function differencesOf(from: v128, to: v128, gain: v128, offset: v128): v128 {
  const low = f64x2.sub(f64x2.promote_low_f32x4(to), lit(from, gain, offset));
  const high = f64x2.sub(f64x2.promote_low_f32x4(upper(to)), lit(upper(from), gain, offset));
  return i8x16.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** Whether two lumas are as the other usual state. */
// @ts-ignore: decorator of AssemblyScript
@inline
function shows(other: v128, to: v128, level: v128, gain: v128, offset: v128): v128 {
  const apart = f64x2.abs(f64x2.sub(f64x2.promote_low_f32x4(to), lit(other, gain, offset)));
  return f64x2.le(apart, f64x2.promote_low_f32x4(level));
}

/**
 * @param count blocks, a multiple of four @param across of them in a row
 * @param known a byte per block, or 0: those that are not masked @param other 0 where it is not asked
 * @returns blocks that count
 */
export function compareBlocks(
  from: usize, to: usize, known: usize, masked: usize, levels: usize, other: usize, count: i32, across: i32,
  gain: f64, offset: f64, difference: usize, ratio: usize, comparable: usize, into: usize,
): i32 {
  const gains = f64x2.splat(gain), offsets = f64x2.splat(offset), most = f32x4.splat(MOST_TOLERANCE);
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const at = i << 2;
    const masks = set(masked + i);
    const valid = known == 0 ? v128.not(masks) : set(known + i);
    const luma = v128.load(to + at), level = v128.load(levels + at);
    const d = v128.and(differencesOf(v128.load(from + at), luma, gains, offsets), valid);
    v128.store(difference + at, d);
    const votes = v128.and(v128.andnot(valid, masks), f32x4.lt(level, most));
    const ones = v128.and(votes, i32x4.splat(1));
    v128.store32_lane(comparable + i, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(ones, ones), ones), 0);
    let over = v128.and(votes, f32x4.gt(f32x4.abs(d), level));
    if (!v128.any_true(over)) {
      v128.store(ratio + at, i32x4.splat(0));
      continue;
    }
    if (other != 0) {
      const states = v128.load(other + at);
      const low = shows(states, luma, level, gains, offsets);
      const high = shows(upper(states), upper(luma), upper(level), gains, offsets);
      over = v128.andnot(over, joined(low, high));
    }
    v128.store(ratio + at, v128.and(f32x4.div(f32x4.abs(d), level), over));
  }
  return vehicleLike(difference, ratio, count, across, into);
}

function vehicleLike(difference: usize, ratio: usize, count: i32, across: i32, into: usize): i32 {
  memory.fill(into, 0, <usize>count);
  for (let i = 0; i < count; i += 4) {
    if (!v128.any_true(v128.load(ratio + (<usize>i << 2)))) continue;
    for (let k = i; k < i + 4; k++) {
      const r = <f64>number(ratio, k);
      if (r == 0) continue;
      const d = Math.abs(<f64>number(difference, k));
      if (!standsOut(difference, k, count, across, Math.max((d / r) * OF_TOLERANCE, d * STANDS_OUT))) {
        store<f32>(ratio + (<usize>k << 2), 0);
      }
    }
  }
  let found = 0;
  for (let i = 0; i < count; i += 4) {
    if (!v128.any_true(v128.load(ratio + (<usize>i << 2)))) continue;
    for (let k = i; k < i + 4; k++) {
      const r = <f64>number(ratio, k);
      if (r == 0 || (r < ALONE && !hasNeighbour(ratio, k, count, across))) continue;
      store<u8>(into + <usize>k, 1);
      found++;
    }
  }
  return found;
}

// @ts-ignore: decorator of AssemblyScript
@inline
function number(numbers: usize, i: i32): f32 {
  return load<f32>(numbers + (<usize>i << 2));
}

function standsOut(difference: usize, i: i32, count: i32, across: i32, least: f64): bool {
  const d = <f64>number(difference, i);
  const x = i % across;
  const left = <f64>number(difference, i - min(RING, x));
  const right = <f64>number(difference, i + min(RING, across - 1 - x));
  if (Math.abs(d - (left + right) / 2) > least) return true;
  const up = i >= RING * across ? <f64>number(difference, i - RING * across) : d;
  const down = i < count - RING * across ? <f64>number(difference, i + RING * across) : d;
  return Math.abs(d - (up + down) / 2) > least;
}

function hasNeighbour(ratio: usize, i: i32, count: i32, across: i32): bool {
  const x = i % across;
  return (x > 0 && number(ratio, i - 1) != 0) || (x < across - 1 && number(ratio, i + 1) != 0) ||
    (i >= across && number(ratio, i - across) != 0) || (i < count - across && number(ratio, i + across) != 0);
}

/** Writes two numbers where the mask is set. */
// @ts-ignore: decorator of AssemblyScript
@inline
function keep(at: usize, two: v128, mask: v128): void {
  v128.store64_lane(at, v128.bitselect(two, v128.load64_zero(at), mask), 0);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/** A mask of two lanes of 64 bits as one of 32 each. */
// @ts-ignore: decorator of AssemblyScript
@inline
function narrow(wide: v128): v128 {
  return i8x16.shuffle(wide, wide, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
}

/**
 * Goes on with the blocks whose byte in `follows` is 1.
 *
 * @param sees not 0: what changed since the last picture tells the noise @param beyond room for `count` int32
 * @returns how many are not as usual; their indices are in `beyond`
 */
export function followBlocks(
  luma: usize, follows: usize, count: i32, sees: i32, share: f64, kept: f64, gain: f64, offset: f64, skip: usize, usual: usize,
  noise: usize, factor: usize, levels: usize, before: usize, otherFor: usize, difference: usize, beyond: usize,
): i32 {
  let found = 0;
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const four = load<u32>(follows + i);
    if (four == 0) continue;
    const asked = set(follows + i);
    const seen = sees == 0 ? i32x4.splat(0) : v128.andnot(asked, set(skip + i));
    store<u32>(skip + i, load<u32>(skip + i) & ~(four * 255));
    for (let k: usize = i; k < i + 4; k += 2) {
      const at = k << 2;
      const mine = k == i ? asked : upper(asked);
      sharpen(mine, k == i ? seen : upper(seen), kept, noise + at, factor + at, levels + at, before + at, difference + at);
      const bits = learn(mine, share, gain, offset, luma + at, usual + at, levels + at, otherFor + at, difference + at);
      // the second goes over the first where that is no finding
      store<i32>(beyond + (<usize>found << 2), <i32>k);
      found += bits & 1;
      if (bits < 2) continue;
      store<i32>(beyond + (<usize>found << 2), <i32>k + 1);
      found++;
    }
  }
  return found;
}

/** The noise and the tolerance of two blocks; addresses are theirs. */
// @ts-ignore: decorator of AssemblyScript
@inline
function sharpen(
  asked: v128, seen: v128, kept: f64, noise: usize, factor: usize, levels: usize, before: usize, difference: usize,
): void {
  const n = two(noise);
  const isMore = f64x2.gt(f64x2.abs(f64x2.sub(two(difference), two(before))), n);
  const moved = v128.bitselect(
    f64x2.mul(n, f64x2.splat(1 + NOISE_STEP)), f64x2.mul(n, f64x2.splat(1 - NOISE_STEP)), isMore);
  keep(noise, f32x4.demote_f64x2_zero(f64x2.pmax(moved, f64x2.splat(LEAST_NOISE))), seen);
  keep(before, v128.load64_zero(difference), asked);
  const one = f64x2.splat(1);
  const f = f64x2.add(one, f64x2.mul(f64x2.sub(two(factor), one), f64x2.splat(kept)));
  keep(factor, f32x4.demote_f64x2_zero(f), asked);
  const level = f64x2.mul(f64x2.pmax(f64x2.mul(f64x2.splat(DEVIATIONS), two(noise)), f64x2.splat(LEAST_TOLERANCE)), f);
  keep(levels, f32x4.demote_f64x2_zero(f64x2.pmin(level, f64x2.splat(<f64>MOST_TOLERANCE))), asked);
}

/** Takes two blocks into what is usual. @returns a bit for each that is not as usual */
// @ts-ignore: decorator of AssemblyScript
@inline
function learn(
  asked: v128, share: f64, gain: f64, offset: f64, luma: usize, usual: usize, levels: usize, otherFor: usize, difference: usize,
): i32 {
  const isUsual = narrow(f64x2.le(f64x2.abs(two(difference)), two(levels)));
  let unlit = f64x2.sub(two(luma), f64x2.splat(offset));
  // divisions take longest, and most often the light is as it was
  if (gain != 1) unlit = f64x2.div(unlit, f64x2.splat(gain));
  const u = two(usual);
  const within = v128.and(asked, isUsual);
  keep(usual, f32x4.demote_f64x2_zero(f64x2.add(u, f64x2.mul(f64x2.splat(share), f64x2.sub(unlit, u)))), within);
  keep(otherFor, i32x4.splat(0), within);
  return i32x4.bitmask(v128.andnot(asked, isUsual)) & 3;
}
