import type { Haze } from './cast.js';
import type { SimulatorOptions } from './options.js';
import { Random, smoothStep } from './random.js';
import type { Light } from './shade.js';
import { type Pose, View } from './view.js';

/** The road under the camera; lanes 0 … n-1 come towards it on the left, n … 2n-1 lead away on the right, the outer one first. */
export interface Layout {
  readonly lanesPerDirection: number;
  readonly laneWidth: number;
  /** Strip between the directions, metres; under 1 it is painted lines. */
  readonly median: number;
  /** Middle of each lane across the road, metres. */
  readonly laneX: readonly number[];
  /** From the centre line to the edge of the outer lane, metres. */
  readonly halfWidth: number;
  /** Where vehicles stop at a red signal, metres along the road: towards the camera, away from it. */
  readonly stopTowards: number;
  readonly stopAway: number;
}

/** The options that say what a place looks like, and how much of it the picture shows. */
export type PlaceOptions = Pick<SimulatorOptions, 'seed' | 'width' | 'height' | 'night' | 'rain'>;

/** All that a seed decides about a place and its light. */
export interface SimulatedPlace {
  readonly layout: Layout;
  readonly view: View;
  readonly light: Light;
  readonly haze: Haze;
}

export function isTowards(layout: Layout, lane: number): boolean {
  return lane < layout.lanesPerDirection;
}

export function createPlace(options: PlaceOptions): SimulatedPlace {
  const random = new Random(Math.imul(options.seed, 0x9e3779b1) + 17);
  const layout = createLayout(random);
  const view = new View(options.width, options.height, poseOf(random, layout, options));
  const light = lightOf(random, options);
  return { layout, view, light, haze: hazeOf(options) };
}

function createLayout(random: Random): Layout {
  const lanes = random.next() < 0.65 ? 2 : 3;
  const laneWidth = random.between(3.4, 3.75);
  const median = random.next() < 0.5 ? 0.5 : random.between(1.6, 3);
  const offset = (k: number) => median / 2 + (lanes - 1 - k + 0.5) * laneWidth;
  const outward = Array.from({ length: lanes }, (_, k) => offset(k));
  return {
    lanesPerDirection: lanes,
    laneWidth,
    median,
    laneX: [...outward.map((x) => -x), ...outward],
    halfWidth: median / 2 + lanes * laneWidth,
    stopTowards: random.between(26, 30),
    stopAway: random.between(46, 54),
  };
}

function poseOf(random: Random, layout: Layout, options: PlaceOptions): Pose {
  const scale = Math.min(options.width / 640, options.height / 360);
  const focal = random.between(720, 820) * scale;
  // Beside the road rather than above a lane: vehicles in a queue then hide less of each other.
  const x = (random.next() < 0.5 ? -1 : 1) * (layout.halfWidth + random.between(0.8, 4));
  const height = random.between(10, 12);
  // Looks at the road's middle some way off; the horizon stays in the upper part of the picture.
  const yaw = Math.atan2(-x * 0.9, 42);
  const pitch = Math.atan(((0.5 - random.between(0.08, 0.13)) * options.height) / focal);
  return { x, height, yaw, pitch, focal };
}

function lightOf(random: Random, options: PlaceOptions): Light {
  const { night, rain } = options;
  const overcast = random.next() < 0.35 ? 1 : 0;
  const turn = random.between(0, 2 * Math.PI);
  const rise = random.between(0.75, 0.95);
  const flat = Math.sqrt(1 - rise * rise);
  const day = 1 - night;
  const direct = (overcast ? 0.1 : random.between(0.32, 0.5)) * (1 - 0.9 * rain);
  return {
    sun: [flat * Math.cos(turn), rise, flat * Math.sin(turn)],
    sunStrength: direct * day + 0.08 * night,
    ambient: (0.62 + 0.2 * overcast + 0.08 * rain) * day + 0.3 * night,
    sky: (1 - 0.2 * rain) * day + 0.22 * night,
    lamps: smoothStep(0.3, 0.8, night),
    tint: [1 + 0.06 * night, 1, 1 - 0.1 * night],
  };
}

function hazeOf(options: PlaceOptions): Haze {
  const { night, rain } = options;
  const grey = (200 - 30 * rain) * (1 - night) + 20 * night;
  return { start: 125 - 25 * rain, end: 165 - 30 * rain, colour: [grey * 0.97, grey, grey * 1.02] };
}
