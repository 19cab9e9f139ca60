import { Surface } from './mesh.js';
import type { Details, Lamps, Pane, Shape } from './vehicles.js';

/** The light of the scene; strengths are relative to full daylight, 1. */
export interface Light {
  /** Unit vector towards the sun (or the street lamps). */
  readonly sun: readonly [number, number, number];
  readonly sunStrength: number;
  readonly ambient: number;
  /** Brightness of what shiny surfaces mirror. */
  readonly sky: number;
  /** 0 by day, 1 at night: how brightly lamps shine. */
  readonly lamps: number;
  /** RGB factor of the whole light. */
  readonly tint: readonly [number, number, number];
}

/**
 * The look of one point of a vehicle, as `at` leaves it: own colour (`r`, `g`, `b`, 0..255) plus `paint` (0..1) times
 * the colour of the vehicle's paint, which differs between vehicles of a shape.
 */
export class Shader {
  r = 0;
  g = 0;
  b = 0;
  paint = 0;
  readonly #light: Light;

  constructor(light: Light) {
    this.#light = light;
  }

  /**
   * @param x, y, z the point on the vehicle, metres; z from its front
   * @param nx, ny, nz its normal in the same axes, unit length, towards the viewer
   * @param vx, vy, vz unit vector from the viewer to the point, same axes
   * @param sx, sz the sun's across and lengthways parts in the vehicle's axes
   */
  at(
    shape: Shape,
    surface: Surface,
    x: number,
    y: number,
    z: number,
    nx: number,
    ny: number,
    nz: number,
    vx: number,
    vy: number,
    vz: number,
    sx: number,
    sz: number,
  ): void {
    const light = this.#light;
    const facing = Math.max(0, nx * sx + ny * light.sun[1] + nz * sz);
    // Less sky reaches what faces down, and what is low above the road.
    const open = (0.62 + 0.38 * ny) * (y < 0.8 ? 0.6 + 0.5 * y : 1);
    const shade = light.ambient * open + light.sunStrength * facing;
    const along = -(vx * nx + vy * ny + vz * nz);
    const upward = vy + 2 * along * ny;
    const mirrored = (upward > 0 ? 0.55 + 0.45 * Math.min(1, upward * 3) : 0.22 + 0.1 * upward) * 235 * light.sky;
    const grazing = along > 0 ? 1 - along : 1;
    const glance = grazing * grazing * grazing * grazing;

    this.r = this.g = this.b = this.paint = 0;
    if (surface === Surface.Body || surface === Surface.Cargo)
      this.#skin(shape, surface, x, y, z, nx, ny, nz, shade, mirrored, glance);
    else if (surface === Surface.Tyre) this.#tyre(shape, y, z, nx, shade);
    else if (surface === Surface.Rider) this.#plain(46, 48, 56, shade);
    else if (surface === Surface.Helmet) this.#plain(90 + glance * mirrored, 90 + glance * mirrored, 96, shade);
    else this.#plain(34, 35, 37, shade);
    this.r *= light.tint[0];
    this.g *= light.tint[1];
    this.b *= light.tint[2];
    this.#lamps(shape, surface, x, y, z, nz);
  }

  /** Bodywork and all that is set into it, by where the point lies. */
  #skin(
    shape: Shape,
    surface: Surface,
    x: number,
    y: number,
    z: number,
    nx: number,
    ny: number,
    nz: number,
    shade: number,
    mirrored: number,
    glance: number,
  ): void {
    const d = shape.details;
    const ax = Math.abs(x);
    const aside = Math.abs(nx);
    if (aside > 0.55 && nearWheel(d, y, z)) this.#plain(14, 14, 15, shade);
    else if (surface === Surface.Cargo) this.#cargo(ax, z, aside, nz, shade, glance * 0.12 * mirrored);
    else if (d.board !== null && nz < -0.5 && ax < 0.8 && y > d.board[0] && y < d.board[1])
      this.#board(d.board[0], ax, y);
    else if (d.board !== null && nz < -0.5 && ax < 0.035) this.#plain(30, 30, 32, shade);
    else if (glazed(d, ax, y, z, aside, ny, nz)) this.#glass(shade, mirrored, glance);
    else if (d.band !== null && y > d.band[0] && y < d.band[1] && aside > 0.5) this.#plain(40, 74, 130, shade);
    else if (nz < -0.25 && z < 0.6 && this.#end(d, ax, y, d.plateY[0], shade)) return;
    else if (nz > 0.25 && z > shape.length - 0.7 && this.#end(d, ax, y, d.plateY[1], shade)) return;
    else if (nz < -0.25 && z < 0.6 && ax < d.grille.x && y > d.grille.y0 && y < d.grille.y1)
      this.#plain(24, 24, 26, shade);
    else if (aside > 0.6 && doorSeam(d, y, z)) this.#paint(shade * 0.45, 0);
    else this.#paint(shade, (0.05 + 0.5 * glance) * mirrored);
  }

  /** Bumper and number plate of either end; false where there is neither. */
  #end(d: Details, ax: number, y: number, plateY: number, shade: number): boolean {
    if (y < d.sillY) this.#plain(38, 38, 40, shade);
    else if (ax < 0.26 && Math.abs(y - plateY) < 0.07) this.#plain(225, 225, 215, shade);
    else return false;
    return true;
  }

  /** A load area: doors at the back, seams along the sides. */
  #cargo(ax: number, z: number, aside: number, nz: number, shade: number, gloss: number): void {
    if (nz > 0.5 && (ax < 0.03 || Math.abs(ax - 1.16) < 0.03)) this.#plain(70, 70, 70, shade);
    else if (aside > 0.5 && Math.abs(((z * 1.25) % 1) - 0.5) < 0.03) this.#paint(shade * 0.85, 0);
    else this.#paint(shade, gloss);
  }

  /** The lit letters of a destination board. */
  #board(bottom: number, ax: number, y: number): void {
    const gap = ((y - bottom) / 0.09) % 2 < 1 || Math.floor(ax * 9) % 3 === 0;
    if (gap) this.#plain(30, 28, 24, 0.8);
    else this.#plain(230, 170, 60, 1);
  }

  #paint(shade: number, gloss: number): void {
    this.paint = Math.min(1, shade);
    this.r = this.g = this.b = gloss;
  }

  #plain(r: number, g: number, b: number, shade: number): void {
    const s = Math.min(1, shade);
    this.r = r * s;
    this.g = g * s;
    this.b = b * s;
  }

  #glass(shade: number, mirrored: number, glance: number): void {
    const mirror = (0.17 + 0.6 * glance) * mirrored;
    const s = Math.min(1, shade);
    this.r = 20 * s + mirror * 0.95;
    this.g = 24 * s + mirror;
    this.b = 28 * s + mirror * 1.04;
  }

  #tyre(shape: Shape, y: number, z: number, nx: number, shade: number): void {
    const { wheels, wheelRadius } = shape.details;
    let hub = false;
    if (Math.abs(nx) > 0.5) {
      for (const w of wheels) hub ||= (z - w) ** 2 + (y - wheelRadius) ** 2 < (wheelRadius * 0.62) ** 2;
    }
    if (hub) this.#plain(120, 122, 126, shade);
    else this.#plain(24, 24, 25, shade);
  }

  #lamps(shape: Shape, surface: Surface, x: number, y: number, z: number, nz: number): void {
    if (surface !== Surface.Body && surface !== Surface.Cargo) return;
    const d = shape.details;
    const on = this.#light.lamps;
    const ax = Math.abs(x);
    if (nz < -0.2 && z < 0.6 && within(d.head, ax, y)) {
      this.paint = 0;
      this.r = Math.max(this.r, (150 + 60 * this.#light.sky) * (1 - on) + 255 * on);
      this.g = Math.max(this.g, (152 + 60 * this.#light.sky) * (1 - on) + 252 * on);
      this.b = Math.max(this.b, (155 + 60 * this.#light.sky) * (1 - on) + 235 * on);
    } else if (nz > 0.2 && z > shape.length - 0.6 && within(d.tail, ax, y)) {
      this.paint = 0;
      this.r = 130 * (1 - on) + 235 * on;
      this.g = 18 * (1 - on) + 50 * on;
      this.b = 16 * (1 - on) + 34 * on;
    }
  }
}

function within(lamps: Lamps, ax: number, y: number): boolean {
  return ax >= lamps.x0 && ax <= lamps.x1 && y >= lamps.y0 && y <= lamps.y1;
}

/** Doors: thin dark seams below the pillars. */
function doorSeam(d: Details, y: number, z: number): boolean {
  if (d.side === null || y < d.sillY + 0.1 || y > d.side.y0) return false;
  for (const p of d.side.pillars) if (Math.abs(z - p) < 0.025) return true;
  return false;
}

function nearWheel(d: Details, y: number, z: number): boolean {
  const reach = (d.wheelRadius * 1.18) ** 2;
  for (const w of d.wheels) if ((z - w) ** 2 + (y - d.wheelRadius) ** 2 < reach) return true;
  return false;
}

function inside(pane: Pane, y: number, z: number): boolean {
  return z > pane.z0 && z < pane.z1 && y > pane.y0 && y < pane.y1;
}

function glazed(d: Details, ax: number, y: number, z: number, aside: number, ny: number, nz: number): boolean {
  if (aside < 0.62 && inside(d.windscreen, y, z) && (nz < -0.15 || ny > 0.3) && ax < 1.1) return true;
  if (d.rearWindow !== null && aside < 0.62 && inside(d.rearWindow, y, z) && ax < 0.95) return true;
  const side = d.side;
  if (side === null || aside < 0.5 || y < side.y0 || y > side.y1) return false;
  const slope = (y - side.y0) / (side.y1 - side.y0);
  if (z < side.z0 + d.rake * slope || z > side.z1 - 0.3 * slope * (d.rake > 0 ? 1 : 0)) return false;
  for (const p of side.pillars) if (Math.abs(z - p) < 0.06) return false;
  return true;
}
