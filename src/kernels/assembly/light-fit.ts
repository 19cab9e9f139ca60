/*
 * How the light of a picture changed, from its blocks: the same numbers, to the last bit, as ../plain/light-fit.ts, which says what is
 * done, and names what is declared here too.
 */

const STEPS_PER_LEVEL: f64 = 8;
const LEVELS: i32 = 2048, DIFFERENCES: i32 = 4096;
const DARKEST: f32 = 3, BRIGHTEST: f32 = 250;
const FEWEST: i32 = 60;
const LEAST_SPREAD: f64 = 8, AGREEMENT: f64 = 3, LEAST_GAIN: f64 = 0.2, MOST_GAIN: f64 = 5;

/**
 * Counts that are left out go into four bins behind each histogram, one per lane: one bin would wait for itself.
 *
 * @param from, to float32 per block, `count` of them, a multiple of four @param skip a byte per block; left out where it is not 0
 * @param bins room for 2052 and twice 4100 16-bit numbers @param out room for gain and offset, f64
 */
export function fitLight(from: usize, to: usize, skip: usize, count: i32, bins: usize, out: usize): void {
  const low = bins + (<usize>(LEVELS + 4) << 1), high = low + (<usize>(DIFFERENCES + 4) << 1);
  memory.fill(bins, 0, <usize>(LEVELS + 4 + 2 * (DIFFERENCES + 4)) << 1);
  store<f64>(out, 1);
  store<f64>(out, 0, 8);
  const usable = countLevels(from, to, skip, count, bins);
  if (usable == 0) return;
  const lowTop = <f64>(rank(bins, LEVELS, <f64>usable / 3) + 1) / STEPS_PER_LEVEL;
  const highBottom = <f64>rank(bins, LEVELS, (2 * <f64>usable) / 3) / STEPS_PER_LEVEL;
  countChanges(from, to, skip, count, <f32>lowTop, <f32>highBottom, low, high);
  const lowLevel = (<f64>rank(bins, LEVELS, <f64>lows / 2) + 0.5) / STEPS_PER_LEVEL;
  const highLevel = (<f64>rank(bins, LEVELS, <f64>usable - <f64>highs / 2) + 0.5) / STEPS_PER_LEVEL;
  const lowChange = middle(low, lows), highChange = middle(high, highs);
  let gain: f64 = 1;
  const spread = highLevel - lowLevel;
  if (usable >= FEWEST && spread >= LEAST_SPREAD) {
    gain = Math.min(MOST_GAIN, Math.max(LEAST_GAIN, 1 + (highChange - lowChange) / spread));
  }
  const offset = (lowChange + highChange) / 2 + ((1 - gain) * (lowLevel + highLevel)) / 2;
  if (agreeing(from, to, skip, count, 1, 0) > agreeing(from, to, skip, count, gain, offset)) return;
  store<f64>(out, gain);
  store<f64>(out, offset, 8);
}

/** Set where a block is not left out, of four. */
// @ts-ignore: decorator of AssemblyScript
@inline
function kept(skip: usize): v128 {
  return i32x4.eq(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(skip))), i32x4.splat(0));
}

/** Set where its luma is neither cut off nor left out. */
// @ts-ignore: decorator of AssemblyScript
@inline
function usableOf(luma: v128, skip: usize): v128 {
  const cut = v128.or(f32x4.le(luma, f32x4.splat(DARKEST)), f32x4.ge(luma, f32x4.splat(BRIGHTEST)));
  return v128.andnot(kept(skip), cut);
}

/** Counts four bins; what is not among `most`, or not `wanted`, goes behind them. */
// @ts-ignore: decorator of AssemblyScript
@inline
function countFour(bins: usize, four: v128, wanted: v128, most: i32): void {
  const inside = v128.and(wanted, i32x4.lt_u(four, i32x4.splat(most)));
  const at = i32x4.shl(v128.bitselect(four, i32x4.add(i32x4.splat(most), i32x4(0, 1, 2, 3)), inside), 1);
  count(bins + <usize>i32x4.extract_lane(at, 0));
  count(bins + <usize>i32x4.extract_lane(at, 1));
  count(bins + <usize>i32x4.extract_lane(at, 2));
  count(bins + <usize>i32x4.extract_lane(at, 3));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function count(bin: usize): void {
  store<u16>(bin, load<u16>(bin) + 1);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function sum(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

function countLevels(from: usize, to: usize, skip: usize, count: i32, bins: usize): i32 {
  let found = i32x4.splat(0);
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const usable = usableOf(v128.load(to + (i << 2)), skip + i);
    const four = i32x4.trunc_sat_f32x4_s(f32x4.mul(v128.load(from + (i << 2)), f32x4.splat(8)));
    countFour(bins, four, usable, LEVELS);
    found = i32x4.sub(found, usable);
  }
  return sum(found);
}

/** Of the darker and of the brighter third. */
let lows: i32 = 0, highs: i32 = 0;

function countChanges(
  from: usize, to: usize, skip: usize, count: i32, lowTop: f32, highBottom: f32, low: usize, high: usize,
): void {
  const top = f32x4.splat(lowTop), bottom = f32x4.splat(highBottom);
  let dark = i32x4.splat(0), bright = i32x4.splat(0);
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const level = v128.load(from + (i << 2)), luma = v128.load(to + (i << 2));
    const usable = usableOf(luma, skip + i);
    const four = i8x16.shuffle(
      binsOf(luma, level), binsOf(i8x16.shuffle(luma, luma, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0),
        i8x16.shuffle(level, level, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0)),
      0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const isLow = v128.and(usable, f32x4.lt(level, top)), isHigh = v128.and(usable, f32x4.ge(level, bottom));
    countFour(low, four, isLow, DIFFERENCES);
    countFour(high, four, isHigh, DIFFERENCES);
    dark = i32x4.sub(dark, isLow);
    bright = i32x4.sub(bright, isHigh);
  }
  lows = sum(dark);
  highs = sum(bright);
}

/** Of the first two of four, in the first two lanes. */
// @ts-ignore: decorator of AssemblyScript
@inline
function binsOf(luma: v128, level: v128): v128 {
  const change = f64x2.sub(f64x2.promote_low_f32x4(luma), f64x2.promote_low_f32x4(level));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.add(change, f64x2.splat(256)), f64x2.splat(STEPS_PER_LEVEL)));
}

/** Blocks that a line explains. */
function agreeing(from: usize, to: usize, skip: usize, count: i32, gain: f64, offset: f64): i32 {
  const gains = f64x2.splat(gain), offsets = f64x2.splat(offset);
  let found = i32x4.splat(0);
  for (let i: usize = 0; i < <usize>count; i += 4) {
    const level = from + (i << 2), luma = to + (i << 2);
    const first = explained(v128.load64_zero(level), v128.load64_zero(luma), gains, offsets);
    const second = explained(v128.load64_zero(level, 8), v128.load64_zero(luma, 8), gains, offsets);
    const four = i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    found = i32x4.sub(found, v128.and(kept(skip + i), four));
  }
  return sum(found);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function explained(level: v128, luma: v128, gain: v128, offset: v128): v128 {
  const rest = f64x2.sub(
    f64x2.sub(f64x2.promote_low_f32x4(luma), f64x2.mul(f64x2.promote_low_f32x4(level), gain)), offset);
  return f64x2.le(f64x2.abs(rest), f64x2.splat(AGREEMENT));
}

/** First bin up to which there are at least `wanted`. @param length a multiple of eight */
function rank(bins: usize, length: i32, wanted: f64): i32 {
  let seen = 0;
  for (let bin = 0; bin < length; bin += 8) {
    const eight = v128.load(bins + (<usize>bin << 1));
    const all = seen + sum(i32x4.extadd_pairwise_i16x8_u(eight));
    if (<f64>all < wanted) {
      seen = all;
      continue;
    }
    for (let k = bin; ; k++) {
      seen += load<u16>(bins + (<usize>k << 1));
      if (<f64>seen >= wanted) return k;
    }
  }
  return length - 1;
}

/** Median of the differences counted in a histogram, levels. */
function middle(bins: usize, count: i32): f64 {
  return (<f64>rank(bins, DIFFERENCES, <f64>count / 2) + 0.5) / STEPS_PER_LEVEL - 256;
}
