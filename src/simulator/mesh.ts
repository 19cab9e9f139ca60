/** What a surface is made of; `shade.ts` gives each its look. */
export enum Surface {
  Body = 0,
  Tyre = 1,
  Cargo = 2,
  Dark = 3,
  Rider = 4,
  Helmet = 5,
}

/** One cross-section of a lofted body, symmetric about x = 0; metres. */
export interface Station {
  /** Distance from the front end. */
  readonly z: number;
  /** Half width at the waist. */
  readonly w: number;
  /** Underside, belt line and top. */
  readonly low: number;
  readonly belt: number;
  readonly top: number;
  /** Half width at the top. */
  readonly wTop: number;
}

/**
 * Triangles of a vehicle. x to its left and right of the middle, y up from the road, z from its front end backwards;
 * metres. `vertices` has 6 numbers each: position and unit normal.
 */
export class Mesh {
  readonly vertices: number[] = [];
  /** Three vertex numbers per triangle. */
  readonly triangles: number[] = [];
  /** One per triangle. */
  readonly surfaces: Surface[] = [];

  /** A net of points, `columns` to a row, with smooth normals. */
  net(points: readonly (readonly [number, number, number])[], columns: number, surface: Surface): void {
    const rows = points.length / columns;
    const first = this.vertices.length / 6;
    const normals = netNormals(points, rows, columns);
    for (let i = 0; i < points.length; i++) {
      const [x, y, z] = points[i]!;
      this.vertices.push(x, y, z, normals[i * 3]!, normals[i * 3 + 1]!, normals[i * 3 + 2]!);
    }
    for (let r = 0; r + 1 < rows; r++) {
      for (let c = 0; c + 1 < columns; c++) {
        const a = first + r * columns + c;
        this.triangles.push(a, a + 1, a + columns, a + 1, a + columns + 1, a + columns);
        this.surfaces.push(surface, surface);
      }
    }
  }

  /** A body through its cross-sections, closed at both ends. */
  loft(stations: readonly Station[], surface: Surface): void {
    const rings = stations.map(ring);
    const columns = rings[0]!.length;
    this.net(rings.flat(), columns, surface);
    this.#cap(rings[0]!, surface, -1);
    this.#cap(rings[rings.length - 1]!, surface, 1);
  }

  /** A box with its edges a little rounded. */
  box(x: number, y0: number, y1: number, z0: number, z1: number, surface: Surface): void {
    const edge = Math.min(0.06, (y1 - y0) / 4);
    const at = (z: number, shrink: number): Station => ({
      z,
      w: x - shrink,
      low: y0,
      belt: y1 - edge,
      top: y1 - shrink / 2,
      wTop: x - edge - shrink,
    });
    this.loft([at(z0, edge), at(z0 + edge, 0), at(z1 - edge, 0), at(z1, edge)], surface);
  }

  /** A small box beside the body, such as a mirror. */
  box3(cx: number, half: number, y0: number, y1: number, z0: number, z1: number, surface: Surface): void {
    const first = this.vertices.length / 6;
    this.box(half, y0, y1, z0, z1, surface);
    for (let i = first * 6; i < this.vertices.length; i += 6) this.vertices[i] = this.vertices[i]! + cx;
  }

  /** An ellipsoid by its middle and half axes. */
  ellipsoid(cx: number, cy: number, cz: number, rx: number, ry: number, rz: number, surface: Surface): void {
    const points: [number, number, number][] = [];
    for (let i = 0; i <= 4; i++) {
      const v = (Math.PI * i) / 4;
      for (let j = 0; j <= 8; j++) {
        const u = (2 * Math.PI * j) / 8;
        points.push([cx + rx * Math.sin(v) * Math.cos(u), cy + ry * Math.cos(v), cz - rz * Math.sin(v) * Math.sin(u)]);
      }
    }
    this.net(points, 9, surface);
  }

  /** A wheel standing on the road: tread and both side faces. */
  wheel(cx: number, halfWidth: number, cz: number, radius: number): void {
    const points: [number, number, number][] = [];
    for (const [x, r] of [
      [cx - halfWidth, 0],
      [cx - halfWidth, radius],
      [cx + halfWidth, radius],
      [cx + halfWidth, 0],
    ] as const) {
      for (let j = 0; j <= 10; j++) {
        const u = (2 * Math.PI * j) / 10;
        points.push([x, radius + r * Math.sin(u), cz + r * Math.cos(u)]);
      }
    }
    this.net(points, 11, Surface.Tyre);
  }

  /** Closes one end with a fan around its middle; `facing` is -1 for the front. */
  #cap(outline: readonly (readonly [number, number, number])[], surface: Surface, facing: number): void {
    const first = this.vertices.length / 6;
    let y = 0;
    for (const p of outline) y += p[1] / outline.length;
    this.vertices.push(0, y, outline[0]![2], 0, 0, facing);
    for (const [px, py, pz] of outline) this.vertices.push(px, py, pz, 0, 0, facing);
    for (let i = 1; i <= outline.length; i++) {
      this.triangles.push(first, first + i, first + (i % outline.length) + 1);
      this.surfaces.push(surface);
    }
  }
}

/** The outline of one cross-section, from the sill on one side over the top to the other sill. */
function ring(s: Station): [number, number, number][] {
  const half: [number, number][] = [
    [s.w * 0.9, s.low],
    [s.w * 0.985, s.low + (s.belt - s.low) * 0.2],
    [s.w, s.low + (s.belt - s.low) * 0.6],
    [s.w * 0.97, s.belt],
    [s.w * 0.97 + (s.wTop - s.w * 0.97) * 0.55, s.belt + (s.top - s.belt) * 0.55],
    [s.wTop, s.top - (s.top - s.belt) * 0.07],
    [s.wTop * 0.75, s.top],
    [0, s.top + 0.02],
  ];
  const left = half.map(([x, y]): [number, number, number] => [-x, y, s.z]);
  const right = half
    .slice(0, -1)
    .reverse()
    .map(([x, y]): [number, number, number] => [x, y, s.z]);
  return [...left, ...right];
}

/** Normals of a net's points from the differences to their neighbours, outwards. */
function netNormals(
  points: readonly (readonly [number, number, number])[],
  rows: number,
  columns: number,
): Float32Array {
  const normals = new Float32Array(points.length * 3);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const left = points[r * columns + Math.max(0, c - 1)]!;
      const right = points[r * columns + Math.min(columns - 1, c + 1)]!;
      const before = points[Math.max(0, r - 1) * columns + c]!;
      const after = points[Math.min(rows - 1, r + 1) * columns + c]!;
      const ax = right[0] - left[0];
      const ay = right[1] - left[1];
      const az = right[2] - left[2];
      const bx = after[0] - before[0];
      const by = after[1] - before[1];
      const bz = after[2] - before[2];
      const nx = by * az - bz * ay;
      const ny = bz * ax - bx * az;
      const nz = bx * ay - by * ax;
      const length = Math.hypot(nx, ny, nz) || 1;
      normals.set([nx / length, ny / length, nz / length], (r * columns + c) * 3);
    }
  }
  return normals;
}
