type Point = readonly [x: number, y: number];

/** Per edge of the picture: the axis, its value there, and on which side of it the picture is. */
const EDGES = [
  [0, 0, 1],
  [0, 1, -1],
  [1, 0, 1],
  [1, 1, -1],
] as const;

/** The part of a polygon that is in the picture (Sutherland and Hodgman), in shares of the picture; empty: none is. */
export function clippedPolygon(polygon: readonly Point[]): Point[] {
  return EDGES.reduce<readonly Point[]>((ring, [axis, limit, side]) => {
    const room = (point: Point) => side * (point[axis] - limit);
    return ring.flatMap((to, i): Point[] => {
      const from = ring.at(i - 1)!;
      const [before, here] = [room(from), room(to)];
      if (before >= 0 === here >= 0) return here >= 0 ? [to] : [];
      const share = before / (before - here);
      const over: [number, number] = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
      over[axis] = limit;
      return here >= 0 ? [over, to] : [over];
    });
  }, polygon) as Point[];
}
