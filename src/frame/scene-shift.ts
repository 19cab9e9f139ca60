/**
 * How far what a camera shows lies from where it lay, as it does when the camera moves: so many pixels to the right and down in the
 * middle of the picture, turned about it, and larger.
 */
export interface SceneShift {
  readonly x: number;
  readonly y: number;
  /** Radians, clockwise as seen; small. */
  readonly turn: number;
  /** Share by which it is larger; small. */
  readonly growth: number;
}

/** Everything lies where it lay. */
export const NO_SHIFT: SceneShift = { x: 0, y: 0, turn: 0, growth: 0 };

/** Whether nothing has moved at all. */
export const isNoShift = ({ x, y, turn, growth }: SceneShift): boolean =>
  x === 0 && y === 0 && turn === 0 && growth === 0;

/** Pixels to the right by which a place has moved. @param right of it from the middle of the picture, pixels, as `below` */
export const shiftRight = ({ x, turn, growth }: SceneShift, right: number, below: number): number =>
  x + growth * right - turn * below;

/** The same downwards. */
export const shiftDown = ({ y, turn, growth }: SceneShift, right: number, below: number): number =>
  y + growth * below + turn * right;

/** How far it has gone from one to the other. */
export const shiftBetween = (from: SceneShift, to: SceneShift): SceneShift => ({
  x: to.x - from.x,
  y: to.y - from.y,
  turn: to.turn - from.turn,
  growth: to.growth - from.growth,
});
