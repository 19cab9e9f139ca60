import { BLOCKS, type Signature } from './grid.js';

/** From dark to bright: night, lit road or dusk, dull day, bright day. */
export const LIGHT_LEVELS = ['dark', 'dim', 'dull', 'bright'] as const;

/** Mean luma from which the next level begins. */
const BOUNDS = [32, 72, 120] as const;

/** Index into `LIGHT_LEVELS` by the mean luma of a picture. */
export function lightLevel({ luma }: Signature): number {
  let sum = 0;
  for (let i = 0; i < BLOCKS; i++) sum += luma[i]!;
  const mean = sum / BLOCKS;
  let level = 0;
  while (level < BOUNDS.length && mean >= BOUNDS[level]!) level++;
  return level;
}

/**
 * The light that a scene was seen in, as its tag says: how bright the picture is and the quarter of the day on the
 * device's clock (`00`, `06`, `12`, `18`), because shadows lie elsewhere in the afternoon: `dull-12`.
 *
 * @param at Unix ms
 */
export function lightBucket(level: number, at: number): string {
  const quarter = Math.floor(new Date(at).getHours() / 6) * 6;
  return `${LIGHT_LEVELS[level]}-${String(quarter).padStart(2, '0')}`;
}
