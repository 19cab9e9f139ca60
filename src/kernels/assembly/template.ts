/*
 * Sampling, alignment and search of templates: the same numbers, to the last bit, as ../plain/template.ts, which names what is declared
 * here too. Positions are 128ths of a pixel, scales 4096ths, levels eighths. A block lies as `TemplateBlock` of ../template-block.ts says.
 */

const ITERATIONS: i32 = 5;
const SMALLEST: f64 = 0.6;
const LARGEST: f64 = 1.6;
const MAX_SCALE_STEP: f64 = 0.05;
const STILL: f64 = 0.0025;
const LEAST_GAIN: f64 = 0.5;
const MOST_GAIN: f64 = 2;
const DISTANCE_COST: f64 = 0.002;

/** Byte offsets in the facts of a block. */
const POINTS: usize = 0, ENERGY: usize = 8, INVERSE: usize = 16, UNIT: usize = 64, SUM: usize = 88, BASE: usize = 112;
const LIMIT: usize = 136, LOOK_SUM: usize = 144, LOOK_UNIT: usize = 152, OFFSETS: usize = 160;

// @ts-ignore: decorator of AssemblyScript
@inline
function positionOf(pixels: f64): i32 {
  return <i32>Math.floor(pixels * 128 + 0.5);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function scaleOf(scale: f64): i32 {
  return <i32>Math.floor(scale * 4096 + 0.5);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function clamp(value: f64, low: f64, high: f64): f64 {
  return value < low ? low : value > high ? high : value;
}

/** Two neighbours of four places, as 16-bit lanes. */
// @ts-ignore: decorator of AssemblyScript
@inline
function neighbours(a: usize, b: usize, c: usize, d: usize, step: usize): v128 {
  let bytes = i64x2.splat(0);
  if (step == 1) {
    bytes = v128.load16_lane(a, bytes, 0);
    bytes = v128.load16_lane(b, bytes, 1);
    bytes = v128.load16_lane(c, bytes, 2);
    bytes = v128.load16_lane(d, bytes, 3);
  } else {
    bytes = v128.load8_lane(a + step, v128.load8_lane(a, bytes, 0), 1);
    bytes = v128.load8_lane(b + step, v128.load8_lane(b, bytes, 2), 3);
    bytes = v128.load8_lane(c + step, v128.load8_lane(c, bytes, 4), 5);
    bytes = v128.load8_lane(d + step, v128.load8_lane(d, bytes, 6), 7);
  }
  return i16x8.extend_low_i8x16_u(bytes);
}

/** Weights of two neighbours, of 128, as 16-bit lanes. */
// @ts-ignore: decorator of AssemblyScript
@inline
function weightsOf(position: v128): v128 {
  const second = v128.and(position, i32x4.splat(127));
  return v128.or(i32x4.sub(i32x4.splat(128), second), i32x4.shl(second, 16));
}

/** Between two rows of four places. */
// @ts-ignore: decorator of AssemblyScript
@inline
function between(above: v128, below: v128, across: v128, down: v128): v128 {
  const rows = v128.or(i32x4.dot_i16x8_s(above, across), i32x4.shl(i32x4.dot_i16x8_s(below, across), 16));
  return i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(rows, down), i32x4.splat(1024)), 11);
}

/** Of four places, whatever is beyond the edge as at the edge; as 32-bit lanes. */
// @ts-ignore: decorator of AssemblyScript
@inline
function valuesAt(plane: usize, row: i32, step: i32, mostX: i32, mostY: i32, x: v128, y: v128): v128 {
  const none = i32x4.splat(0);
  const px = i32x4.max_s(i32x4.min_s(x, i32x4.splat(mostX)), none);
  const py = i32x4.max_s(i32x4.min_s(y, i32x4.splat(mostY)), none);
  const at = i32x4.add(
    i32x4.mul(i32x4.shr_s(py, 7), i32x4.splat(row)), i32x4.mul(i32x4.shr_s(px, 7), i32x4.splat(step)));
  const a = plane + <usize>i32x4.extract_lane(at, 0), b = plane + <usize>i32x4.extract_lane(at, 1);
  const c = plane + <usize>i32x4.extract_lane(at, 2), d = plane + <usize>i32x4.extract_lane(at, 3);
  const next = <usize>row, pixel = <usize>step;
  return between(
    neighbours(a, b, c, d, pixel), neighbours(a + next, b + next, c + next, d + next, pixel), weightsOf(px), weightsOf(py));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function offsetOf(offsets: usize, scale: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.mul(v128.load(offsets), scale), i32x4.splat(2048)), 12);
}

/** Of eight points from `at`, an address among the offsets across, on. */
// @ts-ignore: decorator of AssemblyScript
@inline
function eightAt(
  plane: usize, row: i32, step: i32, mostX: i32, mostY: i32, at: usize, bytes: usize, x: v128, y: v128, scale: v128,
): v128 {
  return i16x8.narrow_i32x4_s(
    valuesAt(plane, row, step, mostX, mostY, i32x4.add(x, offsetOf(at, scale)), i32x4.add(y, offsetOf(at + bytes, scale))),
    valuesAt(
      plane, row, step, mostX, mostY,
      i32x4.add(x, offsetOf(at + 16, scale)), i32x4.add(y, offsetOf(at + bytes + 16, scale))));
}

/**
 * @param plane its first value @param row, step bytes from value to value down and across
 * @param mostX, mostY the last position that has a neighbour behind it
 * @param block see above @param count points of it with padding @param to room for so many 16-bit numbers
 */
export function sampleTemplate(
  plane: usize, row: i32, step: i32, mostX: i32, mostY: i32,
  block: usize, count: i32, x: f64, y: f64, scale: f64, to: usize,
): void {
  const middleX = i32x4.splat(positionOf(x)), middleY = i32x4.splat(positionOf(y)), size = i32x4.splat(scaleOf(scale));
  const bytes = <usize>count << 2;
  for (let k = 0; k < count; k += 8) {
    const at = block + OFFSETS + (<usize>k << 2);
    v128.store(to + (<usize>k << 1), eightAt(plane, row, step, mostX, mostY, at, bytes, middleX, middleY, size));
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
function sum(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

/** Of what was seen last: the values, their squares, their products with slopes and look. */
let values: i32 = 0, squares: i32 = 0, across: i32 = 0, down: i32 = 0, growing: i32 = 0, looks: i32 = 0;

function sums(
  plane: usize, row: i32, step: i32, mostX: i32, mostY: i32, block: usize, count: i32, x: f64, y: f64, scale: f64,
): void {
  const middleX = i32x4.splat(positionOf(x)), middleY = i32x4.splat(positionOf(y)), size = i32x4.splat(scaleOf(scale));
  const bytes = <usize>count << 2, half = <usize>count << 1, ones = i16x8.splat(1);
  const offsets = block + OFFSETS, mask = offsets + (bytes << 1);
  let v = i32x4.splat(0), s = i32x4.splat(0), a = i32x4.splat(0), d = i32x4.splat(0), g = i32x4.splat(0), l = i32x4.splat(0);
  for (let k: usize = 0; k < half; k += 16) {
    const at = mask + k;
    const all = eightAt(plane, row, step, mostX, mostY, offsets + (k << 1), bytes, middleX, middleY, size);
    const eight = v128.and(all, v128.load(at));
    v = i32x4.add(v, i32x4.dot_i16x8_s(eight, ones));
    s = i32x4.add(s, i32x4.dot_i16x8_s(eight, eight));
    l = i32x4.add(l, i32x4.dot_i16x8_s(eight, v128.load(at + half)));
    a = i32x4.add(a, i32x4.dot_i16x8_s(eight, v128.load(at + half * 2)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(eight, v128.load(at + half * 3)));
    g = i32x4.add(g, i32x4.dot_i16x8_s(eight, v128.load(at + half * 4)));
  }
  values = sum(v), squares = sum(s), across = sum(a), down = sum(d), growing = sum(g), looks = sum(l);
}

/** @param fromX … where it should be near @param lumaUnit levels per part of a level @param to room for x, y, scale and correlation, f64 */
export function alignTemplate(
  plane: usize, row: i32, step: i32, mostX: i32, mostY: i32, lumaUnit: f64,
  block: usize, count: i32, fromX: f64, fromY: f64, fromScale: f64, to: usize,
): void {
  const points = load<f64>(block + POINTS), own = load<f64>(block + ENERGY), limit = load<f64>(block + LIMIT);
  const inverse = block + INVERSE, unit = block + UNIT, all = block + SUM, base = block + BASE;
  const i00 = load<f64>(inverse), i01 = load<f64>(inverse, 8), i02 = load<f64>(inverse, 16);
  const i11 = load<f64>(inverse, 24), i12 = load<f64>(inverse, 32), i22 = load<f64>(inverse, 40);
  let x = fromX, y = fromY, scale = clamp(fromScale, SMALLEST, LARGEST);
  for (let i = 0; i < ITERATIONS; i++) {
    sums(plane, row, step, mostX, mostY, block, count, x, y, scale);
    const mean = <f64>values / points;
    const energy = (<f64>squares - <f64>values * mean) * (lumaUnit * lumaUnit);
    const gain = clamp(Math.sqrt((own + points) / (energy + points)), LEAST_GAIN, MOST_GAIN) * lumaUnit;
    const b0 = ((<f64>across - mean * load<f64>(all)) * gain - load<f64>(base)) * load<f64>(unit);
    const b1 = ((<f64>down - mean * load<f64>(all, 8)) * gain - load<f64>(base, 8)) * load<f64>(unit, 8);
    const b2 = ((<f64>growing - mean * load<f64>(all, 16)) * gain - load<f64>(base, 16)) * load<f64>(unit, 16);
    const dx = clamp(i00 * b0 + i01 * b1 + i02 * b2, -limit, limit);
    const dy = clamp(i01 * b0 + i11 * b1 + i12 * b2, -limit, limit);
    const grow = clamp(i02 * b0 + i12 * b1 + i22 * b2, -MAX_SCALE_STEP, MAX_SCALE_STEP);
    const next = scale / (1 + grow);
    x -= next * dx;
    y -= next * dy;
    scale = clamp(next, SMALLEST, LARGEST);
    if (i > 0 && dx * dx + dy * dy < STILL) break;
  }
  sums(plane, row, step, mostX, mostY, block, count, x, y, scale);
  const mean = <f64>values / points;
  const energy = (<f64>squares - <f64>values * mean) * (lumaUnit * lumaUnit);
  const both = (<f64>looks - mean * load<f64>(block + LOOK_SUM)) * (lumaUnit * load<f64>(block + LOOK_UNIT));
  store<f64>(to, x);
  store<f64>(to, y, 8);
  store<f64>(to, scale, 16);
  store<f64>(to, both / Math.sqrt(energy * own + 1), 24);
}

/** The best place so far of a search. */
let best: f64 = 0, bestX: f64 = 0, bestY: f64 = 0;

/**
 * @param table offsets across, down, and the look, `count` int32 each, a multiple of four
 * @param own, lookSum, lookUnit as `SearchPoints` says
 * @param rangeX, rangeY, every whole pixels to both sides, and from place to place
 * @param room for `count` times 16 bytes and 48 more @param to as of `alignTemplate`
 */
export function searchTemplate(
  plane: usize, row: i32, step: i32, mostX: i32, mostY: i32, lumaUnit: f64,
  table: usize, count: i32, own: f64, lookSum: f64, lookUnit: f64,
  x: f64, y: f64, scale: f64, rangeX: i32, rangeY: i32, every: i32, room: usize, to: usize,
): void {
  best = -Infinity, bestX = x, bestY = y;
  const middleX = i32x4.splat(positionOf(x)), middleY = i32x4.splat(positionOf(y)), size = i32x4.splat(scaleOf(scale));
  const bytes = <usize>count << 2;
  let least = i32x4.splat(i32.MAX_VALUE), most = i32x4.splat(i32.MIN_VALUE), leastY = least, greatestY = most;
  for (let k: usize = 0; k < bytes; k += 16) {
    const px = i32x4.add(middleX, offsetOf(table + k, size)), py = i32x4.add(middleY, offsetOf(table + bytes + k, size));
    v128.store(room + k, px);
    v128.store(room + bytes + k, py);
    least = i32x4.min_s(least, px), most = i32x4.max_s(most, px);
    leastY = i32x4.min_s(leastY, py), greatestY = i32x4.max_s(greatestY, py);
  }
  // places are looked at four at a time: those behind the last too
  const width = ((2 * rangeX) / every + 1 + 3) / 4 * 4 * every;
  const isInside = step == 1 && all(i32x4.ge_s(least, i32x4.splat(rangeX << 7)))
    && all(i32x4.le_s(most, i32x4.splat(mostX - ((width - rangeX) << 7))))
    && all(i32x4.ge_s(leastY, i32x4.splat(rangeY << 7)))
    && all(i32x4.le_s(greatestY, i32x4.splat(mostY - (rangeY << 7))));
  const reach = Math.max(<f64>rangeX, 1);
  const looks = table + bytes * 2;
  if (isInside) prepare(room, bytes, row, plane);
  for (let dy = -rangeY; dy <= rangeY; dy += every) {
    if (isInside) {
      for (let dx = -rangeX; dx <= rangeX; dx += 4 * every) {
        fourPlaces(room, bytes, looks, dy * row + dx, row, every);
        for (let i = 0; i < 4 && dx + i * every <= rangeX; i++) {
          const at = room + (<usize>i << 2);
          judge(
            load<i32>(sumsOf(at, bytes)), load<i32>(sumsOf(at, bytes), 16), load<i32>(sumsOf(at, bytes), 32), <f64>count,
            lumaUnit, own, lookSum, lookUnit, x, y, dx + i * every, dy, reach);
        }
      }
    } else {
      for (let dx = -rangeX; dx <= rangeX; dx += every) {
        onePlace(plane, row, step, mostX, mostY, room, bytes, looks, dx << 7, dy << 7);
        const at = sumsOf(room, bytes);
        judge(
          load<i32>(at), load<i32>(at, 16), load<i32>(at, 32), <f64>count,
          lumaUnit, own, lookSum, lookUnit, x, y, dx, dy, reach);
      }
    }
  }
  store<f64>(to, bestX);
  store<f64>(to, bestY, 8);
  store<f64>(to, scale, 16);
  store<f64>(to, best, 24);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function all(lanes: v128): bool {
  return i32x4.all_true(lanes);
}

/** Where the sums of places are told, behind what is known of the points. */
// @ts-ignore: decorator of AssemblyScript
@inline
function sumsOf(room: usize, bytes: usize): usize {
  return room + bytes * 4;
}

// @ts-ignore: decorator of AssemblyScript
@inline
function judge(
  values: i32, squares: i32, looks: i32, count: f64, lumaUnit: f64, own: f64, lookSum: f64, lookUnit: f64,
  x: f64, y: f64, dx: i32, dy: i32, reach: f64,
): void {
  const mean = <f64>values / count;
  const energy = (<f64>squares - <f64>values * mean) * (lumaUnit * lumaUnit);
  const both = (<f64>looks - mean * lookSum) * (lumaUnit * lookUnit);
  const cost = (DISTANCE_COST * (Math.abs(<f64>dx) + Math.abs(<f64>dy))) / reach;
  const match = both / Math.sqrt(energy * own + 1) - cost;
  if (!(match > best)) return;
  best = match, bestX = x + <f64>dx, bestY = y + <f64>dy;
}

/** Makes of the points' positions: addresses, weights across, weights down. */
function prepare(room: usize, bytes: usize, row: i32, plane: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    const px = v128.load(room + k), py = v128.load(room + bytes + k);
    const at = i32x4.add(i32x4.mul(i32x4.shr_s(py, 7), i32x4.splat(row)), i32x4.shr_s(px, 7));
    v128.store(room + k, i32x4.add(at, i32x4.splat(<i32>plane)));
    v128.store(room + bytes + k, weightsOf(px));
    v128.store(room + bytes * 2 + k, weightsOf(py));
  }
}

/** Of one point in four places, from an address on. */
// @ts-ignore: decorator of AssemblyScript
@inline
function pointIn(at: usize, row: usize, every: usize, mask: v128, across: v128, down: v128): v128 {
  let above: v128, below: v128;
  if (every <= 4) {
    above = i16x8.extend_low_i8x16_u(i8x16.swizzle(v128.load(at), mask));
    below = i16x8.extend_low_i8x16_u(i8x16.swizzle(v128.load(at + row), mask));
  } else {
    above = neighbours(at, at + every, at + every * 2, at + every * 3, 1);
    below = neighbours(at + row, at + row + every, at + row + every * 2, at + row + every * 3, 1);
  }
  return between(above, below, across, down);
}

/** Sums of all points in four places, a lane each. @param shift bytes from the middle to the first */
function fourPlaces(room: usize, bytes: usize, looks: usize, shift: i32, row: i32, every: i32): void {
  const step = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(every));
  const pair = v128.or(step, i32x4.shl(i32x4.add(step, i32x4.splat(1)), 8));
  // the two bytes of each place, close together
  const mask = i8x16.shuffle(pair, pair, 0, 1, 4, 5, 8, 9, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0);
  const next = <usize>row, gap = <usize>every, ones = i16x8.splat(1);
  let values = i32x4.splat(0), squares = i32x4.splat(0), products = i32x4.splat(0);
  for (let k: usize = 0; k < bytes; k += 8) {
    const at = room + k, across = at + bytes, down = across + bytes, look = looks + k;
    const first = pointIn(
      <usize>(load<i32>(at) + shift), next, gap, mask, v128.load32_splat(across), v128.load32_splat(down));
    const second = pointIn(
      <usize>(load<i32>(at, 4) + shift), next, gap, mask, v128.load32_splat(across, 4), v128.load32_splat(down, 4));
    const both = v128.or(first, i32x4.shl(second, 16));
    values = i32x4.add(values, i32x4.dot_i16x8_s(both, ones));
    squares = i32x4.add(squares, i32x4.dot_i16x8_s(both, both));
    products = i32x4.add(products, i32x4.dot_i16x8_s(both, i32x4.splat(load<i32>(look) | (load<i32>(look, 4) << 16))));
  }
  const to = sumsOf(room, bytes);
  v128.store(to, values);
  v128.store(to, squares, 16);
  v128.store(to, products, 32);
}

/** The same of one place, wherever it is, in the first lane. */
function onePlace(
  plane: usize, row: i32, step: i32, mostX: i32, mostY: i32, room: usize, bytes: usize, looks: usize, shiftX: i32, shiftY: i32,
): void {
  const moreX = i32x4.splat(shiftX), moreY = i32x4.splat(shiftY);
  let values = i32x4.splat(0), squares = i32x4.splat(0), products = i32x4.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) {
    const x = i32x4.add(v128.load(room + k), moreX), y = i32x4.add(v128.load(room + bytes + k), moreY);
    const four = valuesAt(plane, row, step, mostX, mostY, x, y);
    values = i32x4.add(values, four);
    squares = i32x4.add(squares, i32x4.mul(four, four));
    products = i32x4.add(products, i32x4.mul(four, v128.load(looks + k)));
  }
  const to = sumsOf(room, bytes);
  store<i32>(to, sum(values));
  store<i32>(to, sum(squares), 16);
  store<i32>(to, sum(products), 32);
}
