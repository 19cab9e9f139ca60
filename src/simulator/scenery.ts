import type { SimulatedPlace } from './layout.js';
import { hash, smoothNoise, smoothStep } from './random.js';

/** Red, green, blue, 0..255; the scenery's functions leave their answer here. */
type Colour = Float64Array;

/** Paints the road without vehicles and trees into RGB24, two by two samples to a pixel; pauses between stretches of rows. */
export function* paintScenery(place: SimulatedPlace, seed: number, rain: number, out: Uint8Array): Generator<void> {
  const { width, height } = place.view;
  const sum = new Float64Array(3);
  const colour: Colour = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    if (y % 32 === 31) yield;
    for (let x = 0; x < width; x++) {
      sum.fill(0);
      for (let s = 0; s < 4; s++) {
        const px = x + 0.25 + 0.5 * (s & 1);
        const py = y + 0.25 + 0.25 * (s & 2);
        sample(place, seed, rain, px, py, colour);
        for (let c = 0; c < 3; c++) sum[c] = sum[c]! + colour[c]! / 4;
      }
      const o = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) out[o + c] = Math.min(255, Math.max(0, sum[c]!));
    }
  }
}

function sample(place: SimulatedPlace, seed: number, rain: number, px: number, py: number, out: Colour): void {
  const { view, haze, light } = place;
  if (!view.groundAt(px, py) || view.groundZ > 900) {
    sky(place, seed, px, py, out);
    return;
  }
  const { groundX, groundZ } = view;
  ground(place, seed, rain, groundX, groundZ, out);
  const lit = Math.min(1.15, light.ambient + light.sunStrength * light.sun[1]);
  const lamp = light.lamps === 0 ? 0 : light.lamps * streetLight(groundX, groundZ, place.layout.halfWidth);
  const veil = 1 - Math.exp(-groundZ / 320);
  for (let c = 0; c < 3; c++) {
    const own = out[c]! * (lit * light.tint[c]! + lamp * (c === 2 ? 0.26 : 0.36));
    out[c] = own * (1 - veil) + haze.colour[c]! * veil;
  }
}

function sky(place: SimulatedPlace, seed: number, px: number, py: number, out: Colour): void {
  const { view, light, haze } = place;
  const above = view.horizon - py;
  // Woods along the horizon, taller to the sides, where the road does not run.
  const aside = Math.abs(px - vanishingX(place)) / view.width;
  const scale = view.height / 360;
  const crest = (3 + 26 * smoothStep(0.02, 0.4, aside)) * (0.6 + 0.7 * smoothNoise(px / (30 * scale), 0, seed + 5));
  const crown = crest + 3 * smoothNoise(px / (5 * scale), above / (3 * scale), seed + 6);
  if (above < crown * scale) {
    const leaf = 0.62 + 0.6 * smoothNoise(px / (4 * scale), above / (3 * scale), seed + 7);
    const lit = light.ambient + 0.6 * light.sunStrength;
    for (let c = 0; c < 3; c++) {
      const green = c === 1 ? 84 : c === 0 ? 66 : 52;
      out[c] = green * leaf * lit * 0.62 + haze.colour[c]! * 0.38;
    }
    return;
  }
  const rise = (above / view.height) * 5;
  const cloud = smoothNoise(px / 90, rise * 5, seed + 3) * 0.6 + smoothNoise(px / 34, rise * 11, seed + 4) * 0.4;
  const white = smoothStep(0.42, 0.75, cloud) * 0.6;
  const bright = 0.12 + 0.88 * Math.min(1, light.sky);
  const blue = Math.min(1, rise * 1.2);
  out[0] = (214 - 60 * blue * (1 - white)) * bright;
  out[1] = (222 - 36 * blue * (1 - white)) * bright;
  out[2] = (230 - 4 * blue * (1 - white)) * bright;
}

function vanishingX(place: SimulatedPlace): number {
  const { pose, width } = place.view;
  return width / 2 - pose.focal * Math.tan(pose.yaw);
}

/** Light of the lamp posts on the ground, 0..1. */
function streetLight(x: number, z: number, halfWidth: number): number {
  const beside = Math.min(Math.abs(x - halfWidth), Math.abs(x + halfWidth));
  const along = Math.abs((((z - 12) % 30) + 30) % 30) - 15;
  return Math.exp(-(beside * beside) / 70 - (along * along) / 90);
}

function ground(place: SimulatedPlace, seed: number, rain: number, x: number, z: number, out: Colour): void {
  const { layout } = place;
  const edge = layout.halfWidth;
  const ax = Math.abs(x);
  if (ax > edge + 1.5) verge(seed, x, z, ax - edge, out);
  else if (layout.median > 1 && ax < layout.median / 2 - 0.25) strip(seed, x, z, out);
  else {
    asphalt(place, seed, rain, x, z, out);
    const marked = marking(place, x, z);
    const paint = marked === 0 ? 0 : marked * (0.78 + 0.22 * smoothNoise(x * 4, z * 1.5, seed + 8));
    const kerb =
      Math.abs(ax - (edge + 1.4)) < 0.12 || (layout.median > 1 && Math.abs(ax - layout.median / 2 + 0.2) < 0.1);
    if (kerb) out.fill(150);
    else for (let c = 0; c < 3; c++) out[c] = out[c]! * (1 - paint) + (c === 2 ? 204 : 212) * paint;
  }
}

/** Grain finer than a pixel must not flicker: it fades with the distance. */
function grain(x: number, z: number, perMetre: number, seed: number): number {
  const fade = Math.min(1, 40 / (z * perMetre * 0.5));
  return (smoothNoise(x * perMetre, z * perMetre * 0.5, seed) - 0.5) * fade;
}

function asphalt(place: SimulatedPlace, seed: number, rain: number, x: number, z: number, out: Colour): void {
  const { layout } = place;
  const inLane = (((Math.abs(x) - layout.median / 2) % layout.laneWidth) + layout.laneWidth) % layout.laneWidth;
  const fromMiddle = Math.abs(inLane - layout.laneWidth / 2);
  const worn = Math.exp(-((fromMiddle - 0.85) ** 2) / 0.12);
  const oil = Math.exp(-(fromMiddle ** 2) / 0.25);
  const patch = hash(Math.floor(x / layout.laneWidth), Math.floor(z / 23), seed + 11) < 0.12 ? -9 : 0;
  let grey = 112 + 5 * worn - 9 * oil + patch;
  grey += 16 * (smoothNoise(x / 3.1, z / 11, seed + 12) - 0.5);
  grey += 15 * grain(x, z, 5, seed + 13) + 20 * grain(x, z, 22, seed + 14);
  if (z < 70) {
    const crack = Math.abs(x * 0.7 + 2.2 * smoothNoise(x / 2, z / 3, seed + 15) + Math.floor(z / 31) * 3.3) % 5;
    if (crack < 0.035) grey -= 26;
  }
  grey *= 1 - 0.3 * rain;
  const wet = rain === 0 ? 0 : rain * 34 * smoothStep(15, 90, z) + rain * 20 * smoothNoise(x / 1.4, z / 9, seed + 16);
  out[0] = grey + wet;
  out[1] = grey + wet + 1;
  out[2] = grey + wet + 4;
}

/** 1 on a painted line, 0 beside it. */
function marking(place: SimulatedPlace, x: number, z: number): number {
  const { layout } = place;
  const ax = Math.abs(x);
  const half = 0.075;
  if (Math.abs(ax - layout.halfWidth) < half) return 1;
  if (Math.abs(ax - layout.median / 2) < half) return 1;
  if (x < 0 && ax > layout.median / 2 && ax < layout.halfWidth && Math.abs(z - layout.stopTowards + 1.4) < 0.2)
    return 1;
  if (x > 0 && ax > layout.median / 2 && ax < layout.halfWidth && Math.abs(z - layout.stopAway - 1.4) < 0.25) return 1;
  for (let k = 1; k < layout.lanesPerDirection; k++) {
    if (Math.abs(ax - layout.median / 2 - k * layout.laneWidth) < half) return ((z % 9) + 9) % 9 < 3 ? 1 : 0;
  }
  return 0;
}

function verge(seed: number, x: number, z: number, beyond: number, out: Colour): void {
  const tuft = grain(x, z, 6, seed + 21) * 44 + grain(x, z, 1.4, seed + 22) * 36;
  const patch = smoothNoise(x / 6, z / 9, seed + 23);
  const dry = smoothStep(0.55, 0.8, patch);
  const path = beyond > 3.2 && beyond < 4.8 ? 1 : 0;
  out[0] = (78 + 40 * dry + tuft) * (1 - path) + (142 + tuft * 0.4) * path;
  out[1] = (94 + 18 * dry + tuft) * (1 - path) + (138 + tuft * 0.4) * path;
  out[2] = (56 + 12 * dry + tuft * 0.7) * (1 - path) + (130 + tuft * 0.4) * path;
}

function strip(seed: number, x: number, z: number, out: Colour): void {
  const tuft = grain(x, z, 5, seed + 25) * 40 + grain(x, z, 1.2, seed + 26) * 30;
  out[0] = 84 + tuft;
  out[1] = 98 + tuft;
  out[2] = 60 + tuft * 0.7;
}
