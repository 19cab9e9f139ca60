/** Of the picture that is compared, pixels; its other side follows. */
const HEIGHT = 100;
/** Levels that a pixel must differ by, and pixels that a region must have. */
const THRESHOLD = 30;
const LEAST_AREA = 10;
/** Shares of the pixels between which contrast is stretched, as the mean of so many pictures. */
const DARKEST = 0.04;
const BRIGHTEST = 0.96;
const CONTRASTS = 50;
/** How fast the mean picture follows: as it is learned first, and later. */
const LEARNING = 0.2;
const FOLLOWING = 0.01;
/** Share of the picture: under this it is learned, over that it is learned anew. */
const LEARNT_BELOW = 0.05;
const ANEW_ABOVE = 0.8;
const MOST_REGIONS_LEARNT = 4;
/** Looks with motion in a row after which the mean follows nevertheless. */
const PERSISTS = 10;
/** A Gaussian of sigma 1, one pixel to each side. */
const SIDE = 0.2741;
const MIDDLE = 0.4518;

/**
 * Motion as Frigate documents it (`motion` of its configuration): luma 100 pixels high, contrast stretched, blurred, against a running
 * mean; what differs is dilated, and a region of more than ten pixels is motion. Its contours' areas are the pixels of regions here.
 */
export class MotionPicture {
  readonly #width: number;
  readonly #sourceWidth: number;
  readonly #sourceHeight: number;
  readonly #picture: Float32Array;
  readonly #blurred: Float32Array;
  readonly #mean: Float32Array;
  readonly #marks: Uint8Array;
  readonly #dilated: Uint8Array;
  readonly #contrasts: (readonly [low: number, high: number])[] = Array.from({ length: CONTRASTS }, () => [0, 255]);
  #looks = 0;
  #movedFor = 0;
  #isLearning = true;

  constructor({ width, height }: { readonly width: number; readonly height: number }) {
    this.#sourceWidth = width;
    this.#sourceHeight = height;
    this.#width = Math.max(1, Math.floor((HEIGHT * width) / height));
    const pixels = this.#width * HEIGHT;
    [this.#picture, this.#blurred, this.#mean] = [
      new Float32Array(pixels),
      new Float32Array(pixels),
      new Float32Array(pixels),
    ];
    [this.#marks, this.#dilated] = [new Uint8Array(pixels), new Uint8Array(pixels)];
  }

  /** Whether something moves in the next picture. @param luma level at a pixel, 0..255 */
  moves(luma: (x: number, y: number) => number): boolean {
    this.#take(luma);
    this.#stretch();
    this.#blur();
    // the mean begins as the first picture, not as black: a film is over before black is forgotten
    if (this.#looks === 1) this.#mean.set(this.#picture);
    this.#compare();
    const { regions, area } = this.#regions();
    const share = area / this.#marks.length;
    if (share < LEARNT_BELOW && regions <= MOST_REGIONS_LEARNT) this.#isLearning = false;
    if (share > ANEW_ABOVE) this.#isLearning = true;
    this.#movedFor = regions > 0 ? this.#movedFor + 1 : 0;
    if (regions === 0 || this.#movedFor >= PERSISTS) this.#follow(this.#isLearning ? LEARNING : FOLLOWING);
    return regions > 0;
  }

  #take(luma: (x: number, y: number) => number): void {
    for (let y = 0, at = 0; y < HEIGHT; y++) {
      const from = Math.floor((y * this.#sourceHeight) / HEIGHT);
      for (let x = 0; x < this.#width; x++, at++) {
        this.#picture[at] = luma(Math.floor((x * this.#sourceWidth) / this.#width), from);
      }
    }
  }

  #stretch(): void {
    const look = this.#looks++;
    const sorted = this.#picture.slice().sort();
    const low = Math.trunc(sorted[Math.floor(DARKEST * (sorted.length - 1))]!);
    const high = Math.trunc(sorted[Math.floor(BRIGHTEST * (sorted.length - 1))]!);
    if (low >= high) return;
    this.#contrasts[look % CONTRASTS] = [low, high];
    const mean = (side: 0 | 1) => this.#contrasts.reduce((sum, contrast) => sum + contrast[side], 0) / CONTRASTS;
    const [from, to] = [mean(0), mean(1)];
    for (const [at, value] of this.#picture.entries()) {
      this.#picture[at] = Math.trunc(((Math.min(to, Math.max(from, value)) - from) / (to - from)) * 255);
    }
  }

  #blur(): void {
    const width = this.#width;
    const across = this.#blurred;
    for (const [at, value] of this.#picture.entries()) {
      const x = at % width;
      const [left, right] = [this.#picture[x > 0 ? at - 1 : at]!, this.#picture[x < width - 1 ? at + 1 : at]!];
      across[at] = MIDDLE * value + SIDE * (left + right);
    }
    const last = (HEIGHT - 1) * width;
    for (const [at, value] of across.entries()) {
      const [above, below] = [across[at >= width ? at - width : at]!, across[at < last ? at + width : at]!];
      this.#picture[at] = MIDDLE * value + SIDE * (above + below);
    }
  }

  /** Marks what differs from the mean, and what is beside that. */
  #compare(): void {
    const width = this.#width;
    for (const [at, value] of this.#picture.entries()) {
      this.#marks[at] = Math.abs(value - this.#mean[at]!) > THRESHOLD ? 1 : 0;
    }
    this.#dilated.fill(0);
    for (const [at, mark] of this.#marks.entries()) {
      if (mark === 0) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let j = Math.max(0, y - 1); j <= Math.min(HEIGHT - 1, y + 1); j++) {
        this.#dilated.fill(1, j * width + Math.max(0, x - 1), j * width + Math.min(width - 1, x + 1) + 1);
      }
    }
  }

  #regions(): { readonly regions: number; readonly area: number } {
    const width = this.#width;
    let [regions, area] = [0, 0];
    for (const [start, mark] of this.#dilated.entries()) {
      if (mark === 0) continue;
      const waiting = [start];
      let size = 0;
      this.#dilated[start] = 0;
      while (waiting.length > 0) {
        const at = waiting.pop()!;
        size++;
        const [x, y] = [at % width, Math.floor(at / width)];
        for (let j = Math.max(0, y - 1); j <= Math.min(HEIGHT - 1, y + 1); j++) {
          for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
            const next = j * width + i;
            if (this.#dilated[next] === 0) continue;
            this.#dilated[next] = 0;
            waiting.push(next);
          }
        }
      }
      area += size;
      if (size > LEAST_AREA) regions++;
    }
    return { regions, area };
  }

  #follow(share: number): void {
    for (const [at, value] of this.#picture.entries()) this.#mean[at]! += share * (value - this.#mean[at]!);
  }
}
