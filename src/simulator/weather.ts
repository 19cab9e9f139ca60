import { hash, Random, smoothNoise } from './random.js';

/** Levels of noise in the tile, and bytes of the tile: a power of two, far longer than a row. */
const LEVELS = 32;
const TILE = 1 << 18;

/**
 * What the sensor makes of the scene, in one pass over the bytes of a frame: slow changes of light and noise, both in
 * one table of LEVELS × 256 bytes that is made anew per frame.
 */
export class Sensor {
  readonly #tile = new Uint8Array(TILE);
  readonly #table = new Uint8Array(LEVELS * 256);
  readonly #seed: number;
  readonly #noise: number;
  readonly #drift: number;
  readonly #night: number;

  /**
   * @param noise standard deviation in grey levels
   * @param drift largest change of light, as a share
   * @param night 0..1: a darker scene has more noise
   */
  constructor(seed: number, noise: number, drift: number, night: number) {
    this.#seed = seed;
    this.#noise = noise;
    this.#drift = drift;
    this.#night = night;
    const random = new Random(seed * 7 + 3);
    for (let i = 0; i < TILE; i++) {
      // The sum of four uniform numbers is near enough to a normal one: its deviation is a seventh of its range.
      const sum = (random.next() + random.next() + random.next() + random.next()) / 4;
      this.#tile[i] = Math.min(LEVELS - 1, Math.floor(sum * LEVELS));
    }
  }

  /** Factor on all light at a moment: clouds over minutes, the camera's exposure over seconds. */
  gainAt(sceneMs: number): number {
    const slow = smoothNoise(sceneMs / 45_000, 0, this.#seed + 51) - 0.5;
    const quick = smoothNoise(sceneMs / 6000, 0, this.#seed + 52) - 0.5;
    return 1 + this.#drift * (1.7 * slow + 0.3 * quick);
  }

  /** Applies light and noise of a frame to its `bytes` bytes in place. */
  expose(index: number, sceneMs: number, out: Uint8Array, bytes: number): void {
    const table = this.#table;
    const tile = this.#tile;
    this.#fillTable(this.gainAt(sceneMs));
    const start = Math.floor(hash(index, 1, this.#seed + 53) * (TILE / 4)) * 4;
    const whole = bytes & ~3;
    // Four bytes a turn: three times as fast as one.
    for (let i = 0; i < whole; i += 4) {
      const n = (start + i) & (TILE - 1);
      out[i] = table[(tile[n]! << 8) | out[i]!]!;
      out[i + 1] = table[(tile[n + 1]! << 8) | out[i + 1]!]!;
      out[i + 2] = table[(tile[n + 2]! << 8) | out[i + 2]!]!;
      out[i + 3] = table[(tile[n + 3]! << 8) | out[i + 3]!]!;
    }
    for (let i = whole; i < bytes; i++) out[i] = table[(tile[(start + i) & (TILE - 1)]! << 8) | out[i]!]!;
  }

  #fillTable(gain: number): void {
    const table = this.#table;
    // One level of the tile in standard deviations: 32 levels span 4 · sqrt(3) of them.
    const level = 6.93 / LEVELS;
    for (let n = 0; n < LEVELS; n++) {
      const deviations = (n + 0.5 - LEVELS / 2) * level;
      for (let v = 0; v < 256; v++) {
        const spread = this.#noise * (0.7 + 0.3 * Math.sqrt(v / 128)) * (1 + 0.6 * this.#night);
        const value = v * gain + deviations * spread;
        table[(n << 8) | v] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
      }
    }
  }
}

/** Streaks of rain between the camera and the road; new ones in every frame. */
export function drawRain(
  out: Uint8Array,
  width: number,
  height: number,
  rain: number,
  index: number,
  seed: number,
  light: number,
): void {
  const streaks = Math.round(rain * 260 * (width / 640));
  const scale = height / 360;
  const bright = 60 + 130 * light;
  for (let s = 0; s < streaks; s++) {
    const near = hash(index, s * 3, seed + 61);
    const length = Math.floor((7 + 16 * near) * scale);
    const x0 = hash(index, s * 3 + 1, seed + 61) * width;
    const y0 = Math.floor(hash(index, s * 3 + 2, seed + 61) * (height + length)) - length;
    const keep = 256 - Math.floor(rain * (26 + 38 * near));
    const add = (256 - keep) * bright;
    for (let k = Math.max(0, -y0); k < length && y0 + k < height; k++) {
      const x = Math.floor(x0 + k * 0.14);
      if (x >= width) break;
      const o = ((y0 + k) * width + x) * 3;
      out[o] = (out[o]! * keep + add) >> 8;
      out[o + 1] = (out[o + 1]! * keep + add) >> 8;
      out[o + 2] = (out[o + 2]! * keep + add) >> 8;
    }
  }
}
