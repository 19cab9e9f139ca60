import { CODERS } from '../../src/media/compression/coders.js';
import type { PictureCoding } from '../../src/media/image.js';
import type { ClipPicture } from './clip-pictures.js';
import { codingOf, fixed, type Made, type Task } from './contenders.js';

/** A format of which somebody might set a quality once and for all. */
export interface FixedFamily {
  readonly name: string;
  /** Whether its encoder is set as this program sets it, and not as sharp does. */
  readonly isAsHere: boolean;
  /** Ascending. */
  readonly qualities: readonly number[];
  readonly codingOf: (quality: number) => PictureCoding;
}

/** The setting of a family that does, and what it made of each picture. */
export interface FixedOutcome {
  readonly family: FixedFamily;
  readonly name: string;
  readonly made: readonly Made[];
}

/** A picture of which it is known what it is to be. */
export interface FixedTask {
  readonly picture: ClipPicture;
  readonly task: Task;
}

const upTo = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

const family = (
  name: string,
  qualities: readonly number[],
  coding: FixedFamily['codingOf'],
  isAsHere = false,
): FixedFamily => ({ name, qualities, codingOf: coding, isAsHere });

/** As sharp encodes where nothing but quality is set, AVIF with the least effort but one, as its usual one takes seconds; then as here. */
export const FIXED_FAMILIES: readonly FixedFamily[] = [
  family('JPEG', upTo(74, 90, 2), (quality) => ({ format: 'jpeg', quality, settings: {} })),
  family('mozjpeg', upTo(78, 90, 3), (quality) => ({ format: 'jpeg', quality, settings: { mozjpeg: true } })),
  family('WebP', upTo(72, 93, 3), (quality) => ({ format: 'webp', quality, settings: {} })),
  family('AVIF', upTo(56, 80, 4), (quality) => ({ format: 'avif', quality, settings: { effort: 1 } })),
  family('WebP as here', upTo(74, 92, 3), (quality) => codingOf(CODERS['webp-4'], quality), true),
  family('AVIF as here', upTo(52, 76, 4), (quality) => codingOf(CODERS['avif-1'], quality), true),
];

/**
 * The least quality of a family with which vehicles are as alike on the whole as they are to be; null where not even its highest does.
 * Damage falls as quality rises, so that three encodes of each picture find it in eight qualities.
 *
 * @param encode makes a picture of a setting; default with the encoder
 */
export async function leastFixed(
  one: FixedFamily,
  tasks: readonly FixedTask[],
  encode: (coding: PictureCoding, task: FixedTask) => Promise<Made> = (coding, { picture, task }) =>
    fixed(coding)(picture, task),
): Promise<FixedOutcome | null> {
  const asked = damageOf(tasks.map(({ task }) => task));
  let best: FixedOutcome | null = null;
  let [low, high] = [0, one.qualities.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const quality = one.qualities[middle]!;
    const made: Made[] = [];
    for (const task of tasks) made.push(await encode(one.codingOf(quality), task));
    if (damageOf(made) <= asked) {
      best = { family: one, name: `${one.name} ${quality}`, made };
      high = middle - 1;
    } else {
      low = middle + 1;
    }
  }
  return best;
}

const damageOf = (pictures: readonly { readonly likeness: number }[]): number =>
  pictures.reduce((sum, { likeness }) => sum + 1 - likeness, 0);
