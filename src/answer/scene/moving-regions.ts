import { type Detections, STRIDE } from '../../frame/detections.js';
import { CHANGED } from './block-background.js';
import { BLOCKS, GRID_HEIGHT, GRID_WIDTH } from './grid.js';

/** Blocks that changed together, outside all known vehicles. Edges in shares of the picture, 0..1. */
export interface MovingRegion {
  readonly blocks: readonly number[];
  /** That an inference would find a vehicle there, by what earlier ones found in these blocks. */
  readonly chance: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** x1, y1, x2, y2 in shares of the picture, 0..1. */
export type Edges = readonly [x1: number, y1: number, x2: number, y2: number];

/** Where a detection is, for `resolve`. @param size of the picture that the detections refer to */
export function edges({ data }: Detections, row: number, size: { width: number; height: number }): Edges {
  const at = row * STRIDE;
  const { width, height } = size;
  return [data[at]! / width, data[at + 1]! / height, data[at + 2]! / width, data[at + 3]! / height];
}

/** A single block is seldom a vehicle. */
const LEAST_BLOCKS = 2;
/** An inference saw no vehicle in it; grown by so much it is asked about again. */
const GROWTH = 1.5;
/** Beside a known vehicle it is its shadow, its lights or its other end. */
const BESIDE_VEHICLE = 0.3;
/** Of what earlier inferences found in a block, so much counts at the next; and of what they found anywhere. */
const KEEP = 0.9;
const KEEP_ANYWHERE = 0.95;
/**
 * Chance of a region before any inference looked at one so large, by its blocks: a half at so many, and how steeply it rises.
 * Pooled over cameras: of two to four blocks one in fifty is a vehicle that is missed, of forty and more two in three.
 */
const HALF_BLOCKS = 40;
const STEEPNESS = 1.5;
/** How many looks that weighs. */
const FIRST_LOOKS = 3;
/** Sizes are told apart by octaves of blocks: 2 to 3, 4 to 7, and so on up to the whole picture. */
const SIZES = Math.ceil(Math.log2(BLOCKS + 1));
/**
 * Where no inference looked yet the chance stays above this, however small the region is and whatever was found elsewhere: a
 * night of swaying trees says nothing of the road, and its first vehicle must be worth an inference.
 */
const LEAST_WHERE_NEW = 0.12;

/**
 * The new in a picture: regions that changed and are no known vehicle's, each with the chance that it is an unknown one.
 * The chance is learned per block from what inferences found there, and where none looked yet, from what they found in regions
 * so large anywhere: where vehicles enter, regions are vehicles; under trees they are not, and a few blocks seldom are. What an
 * inference did not explain is followed from picture to picture and not asked about again while it keeps its size.
 */
export class MovingRegions {
  /** Inferences that found an unknown vehicle in a region with this block, and all that looked. */
  readonly #found = new Float32Array(BLOCKS);
  readonly #asked = new Float32Array(BLOCKS);
  /** The same over all regions of a size, anywhere. */
  readonly #foundOfSize = Float64Array.from({ length: SIZES }, (_, size) => FIRST_LOOKS * firstChance(1.5 * 2 ** size));
  readonly #askedOfSize = new Float64Array(SIZES).fill(FIRST_LOOKS);
  /** Blocks of the region that an inference did not explain: at the last picture around each block, and now. */
  readonly #explained = new Uint16Array(BLOCKS);
  readonly #explainedNow = new Uint16Array(BLOCKS);
  readonly #visited = new Uint8Array(BLOCKS);
  readonly #stack = new Int32Array(BLOCKS);
  #regions: readonly MovingRegion[] = [];

  /** Of the latest picture. */
  get regions(): readonly MovingRegion[] {
    return this.#regions;
  }

  /**
   * @param changes `CHANGED` per block, as `BlockBackground.changes` says
   * @param covered not 0 under and around known vehicles
   * @returns how many unknown vehicles there are likely to be
   */
  find(changes: Uint8Array, covered: Uint8Array): number {
    const regions: MovingRegion[] = [];
    this.#visited.fill(0);
    this.#explainedNow.fill(0);
    let expected = 0;
    for (let start = changes.indexOf(CHANGED); start >= 0; start = changes.indexOf(CHANGED, start + 1)) {
      if (covered[start] || this.#visited[start]) continue;
      const region = this.#grow(start, changes, covered);
      if (region === null) continue;
      regions.push(region);
      expected += region.chance;
    }
    this.#spreadExplained();
    this.#regions = regions;
    return expected;
  }

  /**
   * An inference looked at the latest picture.
   *
   * @param boxes of the vehicles it found that were not known
   * @returns how many of these no region had announced
   */
  resolve(boxes: readonly Edges[]): number {
    const announced = new Uint8Array(boxes.length);
    for (const region of this.#regions) {
      let hit = 0;
      for (const [k, [x1, y1, x2, y2]] of boxes.entries()) {
        if (x1 >= region.right || x2 <= region.left || y1 >= region.bottom || y2 <= region.top) continue;
        hit = 1;
        announced[k] = 1;
      }
      this.#learnSize(region.blocks.length, hit);
      for (const block of region.blocks) {
        this.#found[block] = this.#found[block]! * KEEP + hit;
        this.#asked[block] = this.#asked[block]! * KEEP + 1;
        this.#explainedNow[block] = region.blocks.length;
      }
    }
    this.#spreadExplained();
    this.#regions = [];
    return announced.reduce((silent, one) => silent - one, boxes.length);
  }

  /** A scene that was recalled says what there is: the regions of the latest picture are no vehicles. Nothing is learned. */
  explain(): void {
    for (const { blocks } of this.#regions) for (const block of blocks) this.#explainedNow[block] = blocks.length;
    this.#spreadExplained();
    this.#regions = [];
  }

  /** The region around a block; null where it is too small or explained already. */
  #grow(start: number, changes: Uint8Array, covered: Uint8Array): MovingRegion | null {
    const blocks: number[] = [];
    let [left, top, right, bottom] = [GRID_WIDTH, GRID_HEIGHT, -1, -1];
    let explained = 0;
    let beside = false;
    let found = 0;
    let asked = 0;
    let waiting = 0;
    this.#stack[waiting++] = start;
    this.#visited[start] = 1;
    while (waiting > 0) {
      const block = this.#stack[--waiting]!;
      const x = block % GRID_WIDTH;
      const y = (block - x) / GRID_WIDTH;
      blocks.push(block);
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
      explained = Math.max(explained, this.#explained[block]!);
      found += this.#found[block]!;
      asked += this.#asked[block]!;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(GRID_HEIGHT - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(GRID_WIDTH - 1, x + 1); nx++) {
          const next = ny * GRID_WIDTH + nx;
          if (covered[next]) beside = true;
          else if (changes[next] === CHANGED && !this.#visited[next]) {
            this.#visited[next] = 1;
            this.#stack[waiting++] = next;
          }
        }
      }
    }
    if (explained > 0 && blocks.length <= explained * GROWTH + 1) {
      for (const block of blocks) this.#explainedNow[block] = explained;
      return null;
    }
    if (blocks.length < LEAST_BLOCKS) return null;
    const chance = this.#chance(blocks.length, found, asked);
    return {
      blocks,
      chance: chance * (beside ? BESIDE_VEHICLE : 1),
      left: left / GRID_WIDTH,
      top: top / GRID_HEIGHT,
      right: (right + 1) / GRID_WIDTH,
      bottom: (bottom + 1) / GRID_HEIGHT,
    };
  }

  /** Of a region of so many blocks, by inferences that found a vehicle in them and that looked, block by block. */
  #chance(blocks: number, found: number, asked: number): number {
    const size = sizeOf(blocks);
    const anywhere = this.#foundOfSize[size]! / this.#askedOfSize[size]!;
    if (asked === 0) return Math.max(LEAST_WHERE_NEW, anywhere);
    // one look's worth of what is so anywhere, per block
    return (found + blocks * anywhere) / (asked + blocks);
  }

  #learnSize(blocks: number, hit: number): void {
    const size = sizeOf(blocks);
    const kept = FIRST_LOOKS * (1 - KEEP_ANYWHERE);
    this.#foundOfSize[size] = this.#foundOfSize[size]! * KEEP_ANYWHERE + hit + kept * firstChance(1.5 * 2 ** size);
    this.#askedOfSize[size] = this.#askedOfSize[size]! * KEEP_ANYWHERE + 1 + kept;
  }

  /** What was explained is explained around it too: it moves. */
  #spreadExplained(): void {
    this.#explained.fill(0);
    const now = this.#explainedNow;
    for (let block = 0; block < BLOCKS; block++) {
      const size = now[block]!;
      if (size === 0) continue;
      const x = block % GRID_WIDTH;
      const y = (block - x) / GRID_WIDTH;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(GRID_HEIGHT - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(GRID_WIDTH - 1, x + 1); nx++) {
          const near = ny * GRID_WIDTH + nx;
          if (this.#explained[near]! < size) this.#explained[near] = size;
        }
      }
    }
  }
}

const sizeOf = (blocks: number): number => Math.floor(Math.log2(blocks));

const firstChance = (blocks: number): number => 1 / (1 + (HALF_BLOCKS / blocks) ** STEEPNESS);
