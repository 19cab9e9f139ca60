import { smoothStep } from './random.js';
import type { Light } from './shade.js';
import { type Bounds, NEAR_Z } from './sprite.js';
import type { Shape } from './vehicles.js';
import type { View } from './view.js';

/* What a vehicle casts on its surroundings: shadow on the road, and at night the glow of its lamps. */

/** What lies between the camera and far things. */
export interface Haze {
  /** Things fade from here on and are gone at `end`, metres. */
  readonly start: number;
  readonly end: number;
  readonly colour: readonly [number, number, number];
}

/** A place on the road to draw a shape at. */
export interface Placement {
  readonly shape: Shape;
  /** Driving towards the camera. */
  readonly towards: boolean;
  /** Middle of the lane across the road and nearest end along it, metres. */
  readonly x: number;
  readonly z: number;
  /** Of one that turns round: by how much it is turned about its middle, radians; absent: not at all. */
  readonly turn?: number;
}

/** Where and in what light vehicles are drawn. */
export interface Scene {
  readonly view: View;
  readonly light: Light;
  readonly haze: Haze;
}

/** Texels being made, five numbers each (r, g, b, coverage, paint), and where the first lies in the picture. */
export interface Canvas {
  readonly colours: Float32Array;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The road around the vehicle that its shadow may darken, in pixels. */
export function groundBounds({ view, light }: Scene, place: Placement): Bounds {
  const [sunX, sunY, sunZ] = light.sun;
  const reach = Math.min(5, place.shape.height / Math.max(0.3, sunY)) * Math.min(1, light.sunStrength * 4);
  const shiftX = -sunX * reach;
  const shiftZ = -sunZ * reach;
  let x1 = Infinity;
  let y1 = Infinity;
  let x2 = -Infinity;
  let y2 = -Infinity;
  // whatever way it is turned, it reaches no farther from its middle than half its length
  const swing = place.turn === undefined ? 0 : place.shape.length / 2 - 1;
  for (const x of [place.x - 1.7 - swing + Math.min(0, shiftX), place.x + 1.7 + swing + Math.max(0, shiftX)]) {
    for (const z of [place.z - 0.6 + Math.min(0, shiftZ), place.z + place.shape.length + 0.6 + Math.max(0, shiftZ)]) {
      view.project(x, 0, Math.max(NEAR_Z, z));
      x1 = Math.min(x1, view.px);
      x2 = Math.max(x2, view.px);
      y1 = Math.min(y1, view.py);
      y2 = Math.max(y2, view.py);
    }
  }
  return { x1, y1, x2, y2 };
}

/** Darkens the road under the vehicle and where it stands in the sun, behind what is drawn already. */
export function drawShadow({ view, light, haze }: Scene, place: Placement, canvas: Canvas, bounds: Bounds): void {
  const { colours, left, top, width, height } = canvas;
  const { shape } = place;
  const [sunX, sunY, sunZ] = light.sun;
  const low = 1 / Math.max(0.3, sunY);
  const [sin, cos] = [Math.sin(place.turn ?? 0), Math.cos(place.turn ?? 0)];
  const direct = Math.min(0.5, light.sunStrength * 0.75);
  const fade = 1 - smoothStep(haze.start * 0.6, haze.end, place.z);
  const half = shape.halfWidth - (shape.halfWidth > 0.6 ? 0.2 : 0.1);
  const lastX = Math.min(width, Math.ceil(bounds.x2 - left));
  const lastY = Math.min(height, Math.ceil(bounds.y2 - top));
  for (let y = Math.max(0, Math.floor(bounds.y1 - top)); y < lastY; y++) {
    for (let x = Math.max(0, Math.floor(bounds.x1 - left)); x < lastX; x++) {
      const o = (y * width + x) * 5;
      const cover = colours[o + 3]!;
      if (cover > 0.99 || !view.groundAt(left + x + 0.5, top + y + 0.5)) continue;
      let dx = view.groundX - place.x;
      let dz = view.groundZ - place.z;
      if (place.turn !== undefined) {
        const middle = dz - shape.length / 2;
        dz = -dx * sin + middle * cos + shape.length / 2;
        dx = dx * cos + middle * sin;
      }
      let dark = 0.62 * (1 - smoothStep(-0.35, 0.45, outside(dx, dz, half, shape.length)));
      for (let h = 0.33; h <= 1 && direct > 0; h += 0.33) {
        const reach = Math.min(5, shape.height * low * h);
        const d = outside(
          dx + (sunX * cos + sunZ * sin) * reach,
          dz + (sunZ * cos - sunX * sin) * reach,
          half * (h > 0.7 ? 0.8 : 1),
          shape.length,
        );
        dark = Math.max(dark, direct * (1 - smoothStep(-0.3, 0.3, d)));
      }
      if (dark > 0.01) colours[o + 3] = cover + (1 - cover) * Math.min(0.62, dark) * fade;
    }
  }
}

/** Headlamps and tail lamps at night: a halo around each and, in front, light on the road. */
export function drawGlow({ view, light, haze }: Scene, place: Placement, canvas: Canvas): void {
  const { colours, left, top, width, height } = canvas;
  const { shape, towards } = place;
  const lamps = towards ? shape.details.head : shape.details.tail;
  const colour = towards ? [0.95, 0.9, 0.78] : [0.6, 0.07, 0.05];
  const strength = light.lamps * (towards ? 0.8 : 0.5) * (1 - smoothStep(haze.start, haze.end, place.z));
  for (const side of [-1, 1]) {
    let x = (side * (lamps.x0 + lamps.x1)) / 2;
    let z = 0;
    if (place.turn !== undefined) {
      const [sin, cos] = [Math.sin(place.turn), Math.cos(place.turn)];
      const middle = shape.length / 2;
      z = x * sin - middle * cos + middle;
      x = x * cos + middle * sin;
    }
    view.project(place.x + x, (lamps.y0 + lamps.y1) / 2, Math.max(NEAR_Z, place.z + z));
    const radius = (view.pose.focal * 0.45) / view.depth;
    const cx = view.px - left;
    const cy = view.py - top;
    const reach = Math.ceil(radius * 2);
    for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(height, cy + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(width, cx + reach); x++) {
        const d = Math.sqrt((x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2) / radius;
        const shine = strength * (Math.exp(-d * d * 5) + 0.16 * Math.exp(-d * d));
        if (d > 2) continue;
        const o = (y * width + x) * 5;
        for (let c = 0; c < 3; c++) colours[o + c] = Math.min(1, colours[o + c]! + colour[c]! * shine);
      }
    }
  }
}

/** Distance of a point from a rectangle -half..half × 0..length, negative inside. */
function outside(x: number, z: number, half: number, length: number): number {
  const dx = Math.abs(x) - half;
  const dz = Math.abs(z - length / 2) - length / 2;
  if (dx < 0) return Math.max(dx, dz);
  return dz < 0 ? dx : Math.sqrt(dx * dx + dz * dz);
}
