import { drawGlow, drawShadow, groundBounds, type Haze, type Placement } from './cast.js';
import { smoothStep } from './random.js';
import { type Light, Shader } from './shade.js';
import { type Bounds, frameAt, NEAR_Z, type Sprite } from './sprite.js';
import type { Shape } from './vehicles.js';
import type { View } from './view.js';

/** How far a sprite may reach beyond the picture, as a share of it. */
const BEYOND = 0.14;

/** Samples per texel in each direction: all count for the coverage; in large sprites one of them is shaded, in small ones all. */
const SAMPLES = 2;
const SMALL = 2500;

/** Draws vehicles into sprites: a z-buffer rasteriser with several samples per texel. Its buffers are reused from sprite to sprite. */
export class Rasteriser {
  readonly #view: View;
  readonly #light: Light;
  readonly #haze: Haze;
  readonly #shader: Shader;
  #colours = new Float32Array(0);
  #depth = new Float32Array(0);
  #triangle = new Int32Array(0);
  #u = new Float32Array(0);
  #v = new Float32Array(0);
  /** Picture x, y and depth of each vertex, and whether it faces away (1) or not (0). */
  #points = new Float32Array(0);
  readonly #frame = new Float64Array(4);
  /** The vehicle being shaded, and where camera and sun are in its axes. */
  #shape: Shape | null = null;
  #eyeX = 0;
  #eyeY = 0;
  #eyeZ = 0;
  #sunX = 0;
  #sunZ = 0;

  constructor(view: View, light: Light, haze: Haze) {
    this.#view = view;
    this.#light = light;
    this.#haze = haze;
    this.#shader = new Shader(light);
  }

  draw(place: Placement): Sprite {
    const tight = this.#project(place);
    const scene = { view: this.#view, light: this.#light, haze: this.#haze };
    const ground = groundBounds(scene, place);
    const view = this.#view;
    const glow = this.#light.lamps > 0 ? (view.pose.focal * 0.9) / Math.max(8, place.z) : 0;
    const left = Math.floor(Math.max(-BEYOND * view.width, Math.min(tight.x1 - glow, ground.x1))) - 2;
    const top = Math.floor(Math.max(-BEYOND * view.height, Math.min(tight.y1 - glow, ground.y1))) - 2;
    const right = Math.ceil(Math.min((1 + BEYOND) * view.width, Math.max(tight.x2 + glow, ground.x2))) + 2;
    const bottom = Math.ceil(Math.min((1 + BEYOND) * view.height, Math.max(tight.y2 + glow, ground.y2))) + 2;
    const width = Math.max(4, right - left);
    const height = Math.max(4, bottom - top);
    this.#fill(place, left, top, width * SAMPLES, height * SAMPLES, SAMPLES);
    if (this.#colours.length < width * height * 5) this.#colours = new Float32Array(width * height * 5);
    const colours = this.#colours.subarray(0, width * height * 5).fill(0);
    this.#shade(colours, width, height);
    this.#fade(place, colours);
    const canvas = { colours, left, top, width, height };
    drawShadow(scene, place, canvas, ground);
    if (this.#light.lamps > 0) drawGlow(scene, place, canvas);
    frameAt(view, place.shape, place.x, place.z, this.#frame, place.turn);
    const [x1, y1, x2, y2] = this.#frame as unknown as [number, number, number, number];
    return {
      left,
      top,
      width,
      height,
      ...pack(colours, width, height),
      frame: { x1, y1, x2, y2 },
      tight,
      area: this.#area(place, tight),
    };
  }

  /** Places the mesh in the world and projects it; answers its bounds. */
  #project(place: Placement): Bounds {
    const { vertices } = place.shape.mesh;
    const count = vertices.length / 6;
    if (this.#points.length < count * 4) this.#points = new Float32Array(count * 4);
    this.#face(place);
    const points = this.#points;
    const [sin, cos] = [Math.sin(place.turn ?? 0), Math.cos(place.turn ?? 0)];
    const middle = place.shape.length / 2;
    let x1 = Infinity;
    let y1 = Infinity;
    let x2 = -Infinity;
    let y2 = -Infinity;
    for (let i = 0; i < count; i++) {
      const z = vertices[i * 6 + 2]!;
      let worldX = place.x + (place.towards ? vertices[i * 6]! : -vertices[i * 6]!);
      let worldZ = place.z + (place.towards ? z : place.shape.length - z);
      if (place.turn !== undefined) {
        const [dx, dz] = [worldX - place.x, worldZ - place.z - middle];
        worldX = place.x + dx * cos - dz * sin;
        worldZ = place.z + middle + dx * sin + dz * cos;
      }
      this.#view.project(worldX, vertices[i * 6 + 1]!, Math.max(NEAR_Z, worldZ));
      points[i * 4] = this.#view.px;
      points[i * 4 + 1] = this.#view.py;
      points[i * 4 + 2] = this.#view.depth;
      points[i * 4 + 3] = this.#facesAway(vertices, i * 6) ? 1 : 0;
      x1 = Math.min(x1, this.#view.px);
      x2 = Math.max(x2, this.#view.px);
      y1 = Math.min(y1, this.#view.py);
      y2 = Math.max(y2, this.#view.py);
    }
    return { x1, y1, x2, y2 };
  }

  #facesAway(vertices: readonly number[], v: number): boolean {
    const x = vertices[v]! - this.#eyeX;
    const y = vertices[v + 1]! - this.#eyeY;
    const z = vertices[v + 2]! - this.#eyeZ;
    const along = vertices[v + 3]! * x + vertices[v + 4]! * y + vertices[v + 5]! * z;
    return along > 0.05 * Math.sqrt(x * x + y * y + z * z);
  }

  /** Finds the nearest triangle of every sample: pixel (left, top) is sample (0, 0), `scale` samples to a pixel. */
  #fill(place: Placement, left: number, top: number, columns: number, rows: number, scale: number): void {
    const size = columns * rows;
    if (this.#depth.length < size) {
      this.#depth = new Float32Array(size);
      this.#triangle = new Int32Array(size);
      this.#u = new Float32Array(size);
      this.#v = new Float32Array(size);
    }
    const depths = this.#depth;
    const owners = this.#triangle;
    const us = this.#u;
    const vs = this.#v;
    owners.fill(-1, 0, size);
    const { triangles } = place.shape.mesh;
    const points = this.#points;
    const count = triangles.length / 3;
    for (let t = 0; t < count; t++) {
      const a = triangles[t * 3]! * 4;
      const b = triangles[t * 3 + 1]! * 4;
      const c = triangles[t * 3 + 2]! * 4;
      // The far side of a closed body is never seen.
      if (points[a + 3]! + points[b + 3]! + points[c + 3]! === 3) continue;
      const ax = (points[a]! - left) * scale;
      const ay = (points[a + 1]! - top) * scale;
      const bx = (points[b]! - left) * scale - ax;
      const by = (points[b + 1]! - top) * scale - ay;
      const cx = (points[c]! - left) * scale - ax;
      const cy = (points[c + 1]! - top) * scale - ay;
      const twice = bx * cy - by * cx;
      if (Math.abs(twice) < 1e-6) continue;
      const x0 = Math.max(0, Math.floor(ax + Math.min(0, bx, cx)));
      const x1 = Math.min(columns - 1, Math.ceil(ax + Math.max(0, bx, cx)));
      const y0 = Math.max(0, Math.floor(ay + Math.min(0, by, cy)));
      const y1 = Math.min(rows - 1, Math.ceil(ay + Math.max(0, by, cy)));
      if (x1 < x0 || y1 < y0) continue;
      const stepU = cy / twice;
      const stepV = -by / twice;
      const da = points[a + 2]!;
      const db = points[b + 2]! - da;
      const dc = points[c + 2]! - da;
      for (let y = y0; y <= y1; y++) {
        const dy = y + 0.5 - ay;
        let dx = x0 + 0.5 - ax;
        let u = (dx * cy - dy * cx) / twice;
        let v = (dy * bx - dx * by) / twice;
        for (let x = x0; x <= x1; x++, dx++, u += stepU, v += stepV) {
          if (u < 0 || v < 0 || u + v > 1) continue;
          const i = y * columns + x;
          const depth = da + db * u + dc * v;
          if (owners[i]! >= 0 && depths[i]! <= depth) continue;
          depths[i] = depth;
          owners[i] = t;
          us[i] = u;
          vs[i] = v;
        }
      }
    }
  }

  /** Shades the samples into texels of five numbers: r, g, b, coverage, paint, all 0..1 premultiplied. */
  #shade(colours: Float32Array, width: number, height: number): void {
    const owners = this.#triangle;
    const columns = width * SAMPLES;
    const every = width * height < SMALL;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const first = y * SAMPLES * columns + x * SAMPLES;
        const a = owners[first]! < 0 ? 0 : 1;
        const b = owners[first + 1]! < 0 ? 0 : 1;
        const c = owners[first + columns]! < 0 ? 0 : 1;
        const d = owners[first + columns + 1]! < 0 ? 0 : 1;
        const covered = a + b + c + d;
        if (covered === 0) continue;
        const o = (y * width + x) * 5;
        if (!every)
          this.#sample(d ? first + columns + 1 : a ? first : b ? first + 1 : first + columns, colours, o, covered / 4);
        else {
          if (a) this.#sample(first, colours, o, 0.25);
          if (b) this.#sample(first + 1, colours, o, 0.25);
          if (c) this.#sample(first + columns, colours, o, 0.25);
          if (d) this.#sample(first + columns + 1, colours, o, 0.25);
        }
      }
    }
  }

  /** Turns the camera and the sun into the vehicle's axes, for `#sample`. */
  #face(place: Placement): void {
    const { pose } = this.#view;
    const turn = place.towards ? 1 : -1;
    this.#shape = place.shape;
    this.#eyeX = (pose.x - place.x) * turn;
    this.#eyeY = pose.height;
    this.#eyeZ = place.towards ? -place.z : place.shape.length + place.z;
    this.#sunX = this.#light.sun[0] * turn;
    this.#sunZ = this.#light.sun[2] * turn;
    if (place.turn === undefined) return;
    const middle = place.shape.length / 2;
    [this.#eyeX, this.#eyeZ] = turnedBack(this.#eyeX, this.#eyeZ - middle, place.turn);
    this.#eyeZ += middle;
    [this.#sunX, this.#sunZ] = turnedBack(this.#sunX, this.#sunZ, place.turn);
  }

  /** Adds `share` of one sample's look to the texel at `o`. */
  #sample(sample: number, colours: Float32Array, o: number, share: number): void {
    const { vertices, triangles, surfaces } = this.#shape!.mesh;
    const t = this.#triangle[sample]!;
    const u = this.#u[sample]!;
    const v = this.#v[sample]!;
    const w = 1 - u - v;
    const a = triangles[t * 3]! * 6;
    const b = triangles[t * 3 + 1]! * 6;
    const c = triangles[t * 3 + 2]! * 6;
    const px = vertices[a]! * w + vertices[b]! * u + vertices[c]! * v;
    const py = vertices[a + 1]! * w + vertices[b + 1]! * u + vertices[c + 1]! * v;
    const pz = vertices[a + 2]! * w + vertices[b + 2]! * u + vertices[c + 2]! * v;
    const nx = vertices[a + 3]! * w + vertices[b + 3]! * u + vertices[c + 3]! * v;
    const ny = vertices[a + 4]! * w + vertices[b + 4]! * u + vertices[c + 4]! * v;
    const nz = vertices[a + 5]! * w + vertices[b + 5]! * u + vertices[c + 5]! * v;
    const vx = px - this.#eyeX;
    const vy = py - this.#eyeY;
    const vz = pz - this.#eyeZ;
    const far = 1 / Math.sqrt(vx * vx + vy * vy + vz * vz);
    // Unit length, and towards the viewer.
    let n = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
    if (nx * vx + ny * vy + nz * vz > 0) n = -n;
    const shader = this.#shader;
    shader.at(
      this.#shape!,
      surfaces[t]!,
      px,
      py,
      pz,
      nx * n,
      ny * n,
      nz * n,
      vx * far,
      vy * far,
      vz * far,
      this.#sunX,
      this.#sunZ,
    );
    const part = share / 255;
    colours[o] = colours[o]! + shader.r * part;
    colours[o + 1] = colours[o + 1]! + shader.g * part;
    colours[o + 2] = colours[o + 2]! + shader.b * part;
    colours[o + 3] = colours[o + 3]! + share;
    colours[o + 4] = colours[o + 4]! + shader.paint * share;
  }

  /** Far vehicles take on the colour of the haze, then fade into it. */
  #fade(place: Placement, colours: Float32Array): void {
    const { start, end, colour } = this.#haze;
    const veil = Math.min(0.6, Math.max(0, place.z) / (end * 2.2));
    const left = 1 - smoothStep(start, end, place.z);
    for (let o = 0; o < colours.length; o += 5) {
      const cover = colours[o + 3]!;
      if (cover === 0) continue;
      for (let c = 0; c < 3; c++) {
        colours[o + c] = (colours[o + c]! * (1 - veil) + (colour[c]! / 255) * veil * cover) * left;
      }
      colours[o + 3] = cover * left;
      colours[o + 4] = colours[o + 4]! * (1 - veil) * left;
    }
  }

  /** Pixels that the whole vehicle covers: counted on a small raster of all of it. Overwrites the sample buffers. */
  #area(place: Placement, tight: Bounds): number {
    const scale = Math.min(2, 64 / Math.max(tight.x2 - tight.x1, tight.y2 - tight.y1));
    const columns = Math.ceil((tight.x2 - tight.x1) * scale);
    const rows = Math.ceil((tight.y2 - tight.y1) * scale);
    this.#fill(place, tight.x1, tight.y1, columns, rows, scale);
    let count = 0;
    for (let i = 0; i < columns * rows; i++) if (this.#triangle[i]! >= 0) count++;
    return count / (scale * scale);
  }
}

function pack(colours: Float32Array, width: number, height: number): Pick<Sprite, 'texels' | 'paint' | 'spans'> {
  const texels = new Uint32Array(width * height);
  const paint = new Uint8Array(width * height);
  const spans = new Uint16Array(height * 2);
  // Nothing on the border: what is drawn between texels must end in empty ones.
  for (let y = 1; y + 1 < height; y++) {
    let first = width;
    let end = 0;
    for (let x = 1; x + 1 < width; x++) {
      const i = y * width + x;
      const o = i * 5;
      const r = Math.min(255, Math.round(colours[o]! * 255));
      const g = Math.min(255, Math.round(colours[o + 1]! * 255));
      const b = Math.min(255, Math.round(colours[o + 2]! * 255));
      const texel = (r | (g << 8) | (b << 16) | (Math.round(colours[o + 3]! * 255) << 24)) >>> 0;
      if (texel === 0) continue;
      texels[i] = texel;
      paint[i] = Math.round(colours[o + 4]! * 255);
      if (x < first) first = x;
      end = x + 1;
    }
    spans[y * 2] = first;
    spans[y * 2 + 1] = end;
  }
  return { texels, paint, spans };
}

/** Along and across in the axes of something that is turned by an angle. */
function turnedBack(x: number, z: number, turn: number): [x: number, z: number] {
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  return [x * cos + z * sin, z * cos - x * sin];
}
