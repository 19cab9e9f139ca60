/** Upright, in pixels; `x2` and `y2` are its far edges. */
export interface Rectangle {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** What is worse than lying on anything else: to be cut off. */
const OUTSIDE = 1e6;

/** Where labels may stand in a drawing: what lies there already, and how large the drawing is. */
export class LabelSpace {
  readonly #within: Rectangle;
  readonly #taken: Rectangle[] = [];

  /** @param within may be endless to a side */
  constructor(within: Rectangle) {
    this.#within = within;
  }

  /** Nothing else should stand here. */
  take(rectangle: Rectangle): void {
    this.#taken.push(rectangle);
  }

  /** Takes the best of the places: that which lies on least, the first of equal ones. @returns its index */
  best(places: readonly Rectangle[]): number {
    const costs = places.map((place) => this.#cost(place));
    const index = costs.indexOf(Math.min(...costs));
    this.take(places[index]!);
    return index;
  }

  /** Takes the first place where nothing lies. @returns its index, null where there is none */
  free(places: readonly Rectangle[]): number | null {
    const index = places.findIndex((place) => this.#cost(place) === 0);
    if (index < 0) return null;
    this.take(places[index]!);
    return index;
  }

  /** Pixels that it shares with others. */
  #cost(place: Rectangle): number {
    const shared = this.#taken.reduce((sum, other) => sum + sharedArea(place, other), 0);
    return shared + (this.#holds(place) ? 0 : OUTSIDE);
  }

  #holds({ x1, y1, x2, y2 }: Rectangle): boolean {
    const within = this.#within;
    return x1 >= within.x1 && y1 >= within.y1 && x2 <= within.x2 && y2 <= within.y2;
  }
}

function sharedArea(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  return width > 0 && height > 0 ? width * height : 0;
}
