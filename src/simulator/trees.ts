import type { SimulatedPlace } from './layout.js';
import { hash, Random, smoothNoise } from './random.js';

/** How many positions of swaying are painted beforehand. */
const PHASES = 8;

/** So far from the middle of a crown, in its radii, there is no leaf however its edge frays. */
const OUTERMOST = 1.16;

/** A part of the picture that moves as a whole. */
interface Patch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** RGB24 of the patch, one per phase; null where the trees did not stand so yet. */
  readonly phases: (Uint8Array | null)[];
}

interface Tree {
  readonly x: number;
  readonly z: number;
  readonly height: number;
  readonly seed: number;
}

/** Trees beside the road in several positions of their swaying, painted when first taken; `draw` copies the one of the moment. */
export class Trees {
  readonly #patches: Patch[] = [];
  readonly #place: SimulatedPlace;
  readonly #seed: number;
  readonly #sway: number;
  #trees: readonly Tree[] = [];
  /** RGB24 of the place without trees, for as long as positions are to be painted. */
  #bare: Uint8Array | null = null;

  /** @param sway 0 still … 1 wind */
  constructor(place: SimulatedPlace, seed: number, sway: number) {
    this.#place = place;
    this.#seed = seed;
    this.#sway = sway;
  }

  /** Paints the trees at rest into `background`, and where they reach in the wind; pauses in between. */
  *paint(background: Uint8Array): Generator<void> {
    const { width, height } = this.#place.view;
    this.#trees = plant(this.#place, this.#seed);
    this.#bare = background.slice();
    for (const tree of this.#trees) paint(this.#place, tree, 0, background);
    if (this.#sway === 0) return;
    yield;
    const first = this.#leaning(0);
    yield;
    const last = this.#leaning(PHASES - 1);
    for (const box of changed(first, last, width, height)) {
      const phases = new Array<Uint8Array | null>(PHASES).fill(null);
      phases[0] = cut(first, width, box);
      phases[PHASES - 1] = cut(last, width, box);
      this.#patches.push({ ...box, phases });
    }
  }

  /** The place with its trees in one position. */
  #leaning(phase: number): Uint8Array {
    const picture = this.#bare!.slice();
    const lean = ((phase / (PHASES - 1)) * 2 - 1) * this.#sway;
    for (const tree of this.#trees) paint(this.#place, tree, lean, picture);
    return picture;
  }

  /** Of all patches: a picture of the whole place is made for the first that asks. */
  #paintPhase(phase: number): void {
    const picture = this.#leaning(phase);
    for (const patch of this.#patches) patch.phases[phase] = cut(picture, this.#place.view.width, patch);
    if (this.#patches.every(({ phases }) => !phases.includes(null))) this.#bare = null;
  }

  /** Copies the trees as they stand at this moment over the background. */
  draw(sceneMs: number, out: Uint8Array): void {
    const t = sceneMs / 1000;
    const stride = this.#place.view.width;
    for (let p = 0; p < this.#patches.length; p++) {
      const { x, y, width, height, phases } = this.#patches[p]!;
      const gust = 0.35 + 0.65 * smoothNoise(t / 7, p, this.#seed + 41);
      const swing = Math.sin(t * 2.1 + p * 1.7) * gust + (smoothNoise(t * 1.3, p, this.#seed + 42) - 0.5) * 0.6;
      const phase = Math.round(((Math.max(-1, Math.min(1, swing)) + 1) / 2) * (PHASES - 1));
      if (phases[phase] === null) this.#paintPhase(phase);
      const pixels = phases[phase]!;
      for (let row = 0; row < height; row++) {
        out.set(pixels.subarray(row * width * 3, (row + 1) * width * 3), ((y + row) * stride + x) * 3);
      }
    }
  }
}

function plant(place: SimulatedPlace, seed: number): Tree[] {
  const random = new Random(seed * 31 + 5);
  const { pose } = place.view;
  const trees: Tree[] = [];
  for (const side of [-1, 1]) {
    // Beyond both the verge and the pole, so that no crown comes between the camera and the road.
    const clear = Math.max(place.layout.halfWidth + 6, side * pose.x + 4);
    for (let z = random.between(24, 34); z < 150; z += random.between(6, 16)) {
      const height = random.between(4, 9);
      trees.push({
        x: side * (clear + height * 0.36 + random.between(0, 9)),
        z,
        height,
        seed: Math.floor(random.next() * 1e6),
      });
    }
  }
  return trees.sort((a, b) => b.z - a.z);
}

/** Paints a tree whose crown leans by `lean` (-1..1). */
function paint(place: SimulatedPlace, tree: Tree, lean: number, out: Uint8Array): void {
  const { view, light, haze } = place;
  view.project(tree.x, 0, tree.z);
  const [footX, footY, scale] = [view.px, view.py, view.pose.focal / view.depth];
  const crownR = tree.height * 0.36 * scale;
  const crownY = footY - tree.height * 0.62 * scale;
  const shift = lean * (0.14 + 0.1 * hash(tree.seed, 1, 9)) * scale;
  const veil = 1 - Math.exp(-tree.z / 320);
  const lit = light.ambient + 0.7 * light.sunStrength;
  const blend = (x: number, y: number, r: number, g: number, b: number, alpha: number) => {
    if (x < 0 || y < 0 || x >= view.width || y >= view.height) return;
    const o = (y * view.width + x) * 3;
    out[o] = out[o]! * (1 - alpha) + (r * lit * (1 - veil) + haze.colour[0] * veil) * alpha;
    out[o + 1] = out[o + 1]! * (1 - alpha) + (g * lit * (1 - veil) + haze.colour[1] * veil) * alpha;
    out[o + 2] = out[o + 2]! * (1 - alpha) + (b * lit * (1 - veil) + haze.colour[2] * veil) * alpha;
  };
  const trunk = Math.max(0.6, 0.14 * scale);
  for (let y = Math.floor(crownY); y < footY; y++) {
    for (let x = Math.floor(footX - trunk); x <= footX + trunk; x++) blend(x, y, 62, 54, 44, 0.9);
  }
  const warm = hash(tree.seed, 2, 9) * 22;
  const fine = Math.max(2, 0.28 * scale);
  const lastY = Math.min(view.height - 1, crownY + crownR * 1.3);
  const lastX = Math.min(view.width - 1, footX + crownR * 1.4);
  for (let y = Math.max(0, Math.floor(crownY - crownR * 1.5)); y <= lastY; y++) {
    // Higher parts of the crown swing further.
    const bend = shift * Math.max(0, 1.2 + (crownY - y) / crownR);
    for (let x = Math.max(0, Math.floor(footX - crownR * 1.4)); x <= lastX; x++) {
      const dx = (x - bend - footX) / crownR;
      const dy = (y - crownY) / (crownR * 1.18);
      const from = Math.hypot(dx, dy);
      if (from > OUTERMOST) continue;
      const u = (x - bend) / fine;
      const edge =
        smoothNoise(u / 2.2, y / fine / 2.2, tree.seed) * 0.5 + smoothNoise(u, y / fine, tree.seed + 1) * 0.3;
      const cover = Math.min(1, Math.max(0, (1.15 - from - (0.8 - edge) * 0.62) * 6));
      if (cover <= 0) continue;
      const leaf = 0.5 + 0.55 * smoothNoise(u * 1.3, (y / fine) * 1.3, tree.seed + 2) - 0.28 * dy - 0.1 * dx;
      blend(x, y, (58 + warm) * leaf, (86 + warm * 0.5) * leaf, 40 * leaf, cover);
    }
  }
}

type Box = Pick<Patch, 'x' | 'y' | 'width' | 'height'>;

/** The parts of the left and the right half in which the pictures differ. */
function changed(first: Uint8Array, last: Uint8Array, width: number, height: number): Box[] {
  const boxes: Box[] = [];
  for (const [from, to] of [
    [0, width >> 1],
    [width >> 1, width],
  ] as const) {
    let [x1, y1, x2, y2] = [to, height, from, 0];
    for (let y = 0; y < height; y++) {
      for (let x = from; x < to; x++) {
        const o = (y * width + x) * 3;
        if (first[o] === last[o] && first[o + 1] === last[o + 1]) continue;
        x1 = Math.min(x1, x);
        x2 = Math.max(x2, x + 1);
        y1 = Math.min(y1, y);
        y2 = Math.max(y2, y + 1);
      }
    }
    if (x2 > x1) boxes.push({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 });
  }
  return boxes;
}

function cut(picture: Uint8Array, width: number, box: Box): Uint8Array {
  const out = new Uint8Array(box.width * box.height * 3);
  for (let row = 0; row < box.height; row++) {
    const from = ((box.y + row) * width + box.x) * 3;
    out.set(picture.subarray(from, from + box.width * 3), row * box.width * 3);
  }
  return out;
}
