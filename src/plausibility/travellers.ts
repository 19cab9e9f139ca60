import { TILES, TILES_ACROSS, TILES_DOWN } from './picture-sample.js';

/** Edges of something in tiles: from `left` to before `right`. */
export interface TileBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What moves through the picture on its own way. */
export interface Traveller {
  /** Looks that saw it move, and those of them at which the detector had a box there. */
  readonly looks: number;
  readonly detected: number;
}

/** A vehicle has so many tiles, of a picture of 640 x 360 pixels 20 x 20 each; and is hardly twice as high as wide. */
const LEAST_TILES = 2;
const MOST_TILES = 0.2 * TILES;
const LEAST_ASPECT = 0.6;
/** Tiles from where it is expected to where it is found. */
const REACH = 3.5;
/** Looks for which it may be hidden. */
const HIDDEN = 2;
/** What is no vehicle flickers where it is: a traveller goes so many tiles, in so many looks, nearly straight. */
const LEAST_WAY = 6;
const LEAST_LOOKS = 5;
const STRAIGHT = 0.85;
/** Followed at once. */
const MOST_FOLLOWED = 64;

interface Followed {
  x: number;
  y: number;
  dx: number;
  dy: number;
  box: TileBox;
  readonly fromX: number;
  readonly fromY: number;
  way: number;
  looks: number;
  hidden: number;
  detected: number;
  /** Whether a detection was counted for the last look. */
  isCounted: boolean;
}

/**
 * Follows what moves from look to look, and tells who travelled: went far and straight, as vehicles do and leaves, waves and
 * flicker do not.
 */
export class Travellers {
  #followed: Followed[] = [];
  readonly #visited = new Uint8Array(TILES);

  /** Takes the tiles that move. @returns those who are gone now, having travelled */
  see(moving: Uint8Array): Traveller[] {
    const found = this.#boxes(moving);
    for (const one of this.#followed) {
      one.hidden++;
      one.x += one.dx;
      one.y += one.dy;
    }
    for (const box of found) this.#take(box);
    const gone = this.#followed.filter(({ hidden }) => hidden > HIDDEN);
    this.#followed = this.#followed.filter(({ hidden }) => hidden <= HIDDEN);
    return gone.filter(hasTravelled);
  }

  /** The detector has a box there at this look. */
  detect({ left, top, right, bottom }: TileBox): void {
    for (const one of this.#followed) {
      const { box } = one;
      if (one.isCounted || one.hidden > 0) continue;
      if (left >= box.right || right <= box.left || top >= box.bottom || bottom <= box.top) continue;
      one.detected++;
      one.isCounted = true;
    }
  }

  /** What was followed is not where it was. */
  clear(): void {
    this.#followed = [];
  }

  #take(box: TileBox): void {
    const x = (box.left + box.right) / 2;
    const y = (box.top + box.bottom) / 2;
    let nearest: Followed | null = null;
    let least = REACH;
    for (const one of this.#followed) {
      const distance = Math.hypot(one.x - x, one.y - y);
      if (one.hidden === 0 || distance >= least) continue;
      least = distance;
      nearest = one;
    }
    if (nearest === null) {
      if (this.#followed.length >= MOST_FOLLOWED) return;
      const new_ = { x, y, dx: 0, dy: 0, box, fromX: x, fromY: y, way: 0, looks: 1, hidden: 0, detected: 0 };
      this.#followed.push({ ...new_, isCounted: false });
      return;
    }
    const [lastX, lastY] = [nearest.x - nearest.dx * nearest.hidden, nearest.y - nearest.dy * nearest.hidden];
    const steps = nearest.hidden;
    nearest.way += Math.hypot(x - lastX, y - lastY);
    nearest.dx = (x - lastX) / steps;
    nearest.dy = (y - lastY) / steps;
    Object.assign(nearest, { x, y, box, hidden: 0, isCounted: false });
    nearest.looks++;
  }

  /** What moves together and may be a vehicle. */
  #boxes(moving: Uint8Array): TileBox[] {
    this.#visited.fill(0);
    const boxes: TileBox[] = [];
    for (let tile = 0; tile < TILES; tile++) {
      if (moving[tile] === 0 || this.#visited[tile] !== 0) continue;
      const box = this.#grow(tile, moving);
      if (box !== null) boxes.push(box);
    }
    return boxes;
  }

  #grow(start: number, moving: Uint8Array): TileBox | null {
    const waiting = [start];
    this.#visited[start] = 1;
    let count = 0;
    let [left, top, right, bottom] = [TILES_ACROSS, TILES_DOWN, 0, 0];
    for (let tile = waiting.pop(); tile !== undefined; tile = waiting.pop()) {
      count++;
      const x = tile % TILES_ACROSS;
      const y = (tile - x) / TILES_ACROSS;
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x + 1),
        Math.max(bottom, y + 1),
      ];
      for (let v = Math.max(0, y - 1); v <= Math.min(TILES_DOWN - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(TILES_ACROSS - 1, x + 1); u++) {
          const next = v * TILES_ACROSS + u;
          if (moving[next] === 0 || this.#visited[next] !== 0) continue;
          this.#visited[next] = 1;
          waiting.push(next);
        }
      }
    }
    const isVehicle = count >= LEAST_TILES && count <= MOST_TILES && right - left >= LEAST_ASPECT * (bottom - top);
    return isVehicle ? { left, top, right, bottom } : null;
  }
}

function hasTravelled({ x, y, dx, dy, hidden, fromX, fromY, way, looks }: Followed): boolean {
  const far = Math.hypot(x - dx * hidden - fromX, y - dy * hidden - fromY);
  return looks >= LEAST_LOOKS && far >= LEAST_WAY && far >= STRAIGHT * way;
}
