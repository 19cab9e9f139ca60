import { createHash } from 'node:crypto';
import type { Cache } from '../cache/cache.js';
import { type Clock, systemClock } from '../foundation/clock.js';
import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import { RememberedScenes } from './memory/remembered-scenes.js';
import type { OwnDetector } from './own-detector.js';
import { maskBlocks } from './scene/block-mask.js';
import type { ScenesOf } from './sized-scene.js';

/** How a camera is answered. */
export interface AnsweredCameraOptions {
  readonly detector: OwnDetector;
  /** Names the camera in the cache: 1 to 63 letters, digits, - or _; default `camera`. */
  readonly id?: string;
  /** F1 against detecting in every frame that the answers must keep, 0.5 to 1; default 0.97. 1: every frame is detected in. */
  readonly accuracyFloor?: number;
  /** Share of the frames answered without detection that are detected in afterwards, to measure the error, 0 to 1; default 0.02. */
  readonly auditShare?: number;
  /** ms without detection at most: while a vehicle is there (default 2000), and while none is or all stands still (30 000). */
  readonly maxAgeMs?: number;
  readonly maxIdleAgeMs?: number;
  /** Parts of the picture in which nothing matters, as polygons of [x, y], 0 to 1 from the upper left corner. */
  readonly masks?: readonly (readonly (readonly [x: number, y: number])[])[];
  /** Keeps scenes that stood still (an empty road, parked cars), to know them when they come again; left out: none are kept. */
  readonly cache?: Cache;
  /** How many of them; default 500. */
  readonly rememberedScenes?: number;
  /** For films that are read faster than they play, and for tests; default the system's. */
  readonly clock?: Clock;
  /** 0 to 1, below 1: which frames are audited; default Math.random. */
  readonly random?: () => number;
}

const DEFAULT_THRESHOLD = 0.35;
const DEFAULT_SCENES = 500;
const LONGEST_NAME = 100;

/** Everything decided. @throws RangeError for options that cannot be, all of them at once */
export function resolveCamera(options: AnsweredCameraOptions) {
  const { detector, id = 'camera', masks = [], clock = systemClock, random = Math.random } = options;
  const { accuracyFloor = 0.97, auditShare = 0.02, maxAgeMs = 2000, maxIdleAgeMs = 30_000 } = options;
  const { name, classes, threshold = DEFAULT_THRESHOLD } = detector;
  const isNamed = typeof name === 'string' && name.length > 0 && name.length <= LONGEST_NAME;
  const hasClasses = classes.length > 0 && new Set(classes).size === classes.length;
  const isMask = masks.every((mask) => mask.length >= 3 && mask.flat().every((part) => part >= 0 && part <= 1));
  const problems = [
    ...(isNamed ? [] : [`detector.name: expected 1 to ${LONGEST_NAME} characters, got ${JSON.stringify(name)}`]),
    ...(hasClasses ? [] : [`detector.classes: expected different names, got ${JSON.stringify(classes)}`]),
    ...(IDENTIFIER.test(id) ? [] : [`id: expected ${IDENTIFIER_IN_WORDS}, got ${JSON.stringify(id)}`]),
    ...(isMask ? [] : ['masks: expected polygons of 3 or more [x, y], each from 0 to 1']),
    ...outside('detector.threshold', threshold, 0, 1),
    ...outside('accuracyFloor', accuracyFloor, 0.5, 1),
    ...outside('auditShare', auditShare, 0, 1),
    ...outside('maxAgeMs', maxAgeMs, 1, Number.POSITIVE_INFINITY),
    ...outside('maxIdleAgeMs', maxIdleAgeMs, 1, Number.POSITIVE_INFINITY),
    ...outside('rememberedScenes', options.rememberedScenes ?? DEFAULT_SCENES, 0, 100_000),
  ];
  if (problems.length > 0) throw new RangeError(`the camera cannot be answered:\n  ${problems.join('\n  ')}`);
  const masked = maskBlocks(masks.map((mask) => mask.map(([x, y]): [number, number] => [x, y])));
  return { detector, id, threshold, accuracyFloor, auditShare, maxAgeMs, maxIdleAgeMs, masked, clock, random };
}

/** The scenes that are remembered of the camera, by its detector: class indices mean something with the same names alone. */
export function scenesIn(
  { detector, cache, rememberedScenes = DEFAULT_SCENES }: AnsweredCameraOptions,
  camera: string,
): ScenesOf {
  const variant = createHash('sha256').update(detector.classes.join('\n')).digest('hex').slice(0, 8);
  return (background, { sourceWidth, sourceHeight }) =>
    cache === undefined || rememberedScenes === 0
      ? null
      : new RememberedScenes({
          camera,
          model: detector.name,
          variant,
          sourceWidth,
          sourceHeight,
          cache,
          background,
          maxScenes: rememberedScenes,
        });
}

function outside(name: string, value: number, least: number, most: number): string[] {
  const upTo = most === Number.POSITIVE_INFINITY ? 'or more' : `to ${most}`;
  return value >= least && value <= most ? [] : [`${name}: expected ${least} ${upTo}, got ${value}`];
}
