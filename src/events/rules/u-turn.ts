import { FORESHORTENED, type PathStep } from './vehicle-path.js';

/** Directions are taken over stretches of so many sizes: a box that wavers has none. */
const STRETCH_SIZES = 0.6;
/** Ways before and after the turn, and the distance between them, in sizes: who waits to turn is often seen late before it. */
const LEG_BEFORE_SIZES = 0.55;
const LEG_AFTER_SIZES = 1.2;
const APART_SIZES = 0.7;
/** A turn from one stretch to the next by more than this, in degrees, is no vehicle's: two were taken for one, or it backs up. */
const SHARPEST_DEG = 100;

/** Smaller vehicles waver more than they turn, widths of the picture. */
const LEAST_SIZE = 0.032;
/** The turn takes so many stretches at least, each of so many degrees. */
const LEAST_BENDS = 3;
const BEND_DEG = 8;

/** A vehicle that turned round. */
export interface Turn {
  readonly turnedDeg: number;
  /** When it began to turn and when it was done, ms. */
  readonly from: number;
  readonly until: number;
  /** The farthest place of the turn, as a step of the path. */
  readonly middle: PathStep;
  /** How evenly it turned, 0..1. */
  readonly evenness: number;
}

/**
 * Finds a turn of at least `leastDeg` in a path: a way, an even turn to one side, a way back beside the first.
 *
 * @returns null where there is none
 */
export function findTurn(steps: readonly PathStep[], leastDeg: number): Turn | null {
  const nodes = stretched(steps);
  const turns = nodes.slice(1, -1).map((node, i) => turnAt(nodes[i]!, node, nodes[i + 2]!));
  for (let first = 0; first < turns.length; first++) {
    let turned = 0;
    let against = 0;
    let bends = 0;
    const side = Math.sign(turns[first]!);
    for (let last = first; last < turns.length; last++) {
      const turn = turns[last]!;
      if (Math.abs(turn) > SHARPEST_DEG) break;
      turned += turn * side;
      if (turn * side < 0) against -= turn * side;
      if (turn * side > BEND_DEG) bends++;
      if (turned < leastDeg || bends < LEAST_BENDS) continue;
      const found = legsOf(nodes, first, last + 2);
      if (found) return { turnedDeg: Math.min(360, turned), ...found, evenness: turned / (turned + 2 * against) };
    }
  }
  return null;
}

/** Whether there is a straight part before and after, apart from each other. Nodes by index: the turn is between them. */
function legsOf(nodes: readonly PathStep[], from: number, until: number): Omit<Turn, 'turnedDeg' | 'evenness'> | null {
  const [start, before, after, end] = [nodes[0]!, nodes[from + 1]!, nodes[until - 1]!, nodes.at(-1)!];
  const scale = Math.max(before.size, after.size);
  if (nodes.slice(from + 1, until).some(({ size }) => size < LEAST_SIZE)) return null;
  const [legX, legY] = [before.x - start.x, before.y - start.y];
  const leg = Math.hypot(legX, legY);
  const [backX, backY] = [end.x - after.x, end.y - after.y];
  const back = Math.hypot(backX, backY);
  if (leg < LEG_BEFORE_SIZES * scale || back < LEG_AFTER_SIZES * scale) return null;
  if ((legX * backX + legY * backY) / (leg * back) > -0.5) return null;
  const apart = Math.abs(legX * (end.y - before.y) - legY * (end.x - before.x)) / leg;
  if (apart < APART_SIZES * scale) return null;
  const { at, x, y, size } = nodes[(from + until) >> 1]!;
  return { from: before.at, until: after.at, middle: { at, x, y: y / FORESHORTENED, size } };
}

/** The path averaged over three steps, in stretches, as the road would look from above. */
function stretched(steps: readonly PathStep[]): PathStep[] {
  const nodes: PathStep[] = [];
  for (let i = 0; i < steps.length; i++) {
    const [a, b, c] = [steps[Math.max(0, i - 1)]!, steps[i]!, steps[Math.min(steps.length - 1, i + 1)]!];
    const node = {
      at: b.at,
      x: (a.x + b.x + c.x) / 3,
      y: ((a.y + b.y + c.y) / 3) * FORESHORTENED,
      size: b.size,
    };
    const last = nodes.at(-1);
    if (last && Math.hypot(node.x - last.x, node.y - last.y) < STRETCH_SIZES * Math.max(node.size, last.size)) continue;
    nodes.push(node);
  }
  return nodes;
}

/** By how much the way turns at b, degrees, above 0 to one side and below 0 to the other. */
function turnAt(a: PathStep, b: PathStep, c: PathStep): number {
  const [inX, inY] = [b.x - a.x, b.y - a.y];
  const [outX, outY] = [c.x - b.x, c.y - b.y];
  return (Math.atan2(inX * outY - inY * outX, inX * outX + inY * outY) * 180) / Math.PI;
}
