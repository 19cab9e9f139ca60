import type { PlantDescription } from '../plant-file.js';
import type { Series } from './series.js';

/** Share of a second that the GPU must be busy to count as full work. */
const FULL = 0.95;
/** Seconds of full work that a clock must have. */
const LEAST = 20;

/**
 * Power by clock, from a series that holds the GPU at one clock after the other: W above rest at full work, mean of the seconds in
 * which it was busy; energy of a picture is that over the speed.
 *
 * @param restWatts of the board while the GPU does nothing
 */
export function fitClocks({ watts, gpu }: Series, restWatts: number): PlantDescription['clocks'] {
  const byClock = new Map<number, number[]>();
  for (const [i, { mhz, busy }] of gpu!.entries()) {
    if (busy >= FULL) byClock.set(mhz, [...(byClock.get(mhz) ?? []), watts![i]!]);
  }
  const clocks = [...byClock].filter(([, drawn]) => drawn.length >= LEAST).sort(([a], [b]) => a - b);
  const fastest = clocks.at(-1)![0];
  const above = clocks.map(([, drawn]) => Math.max(0.05, drawn.reduce((a, b) => a + b, 0) / drawn.length - restWatts));
  const full = above.at(-1)!;
  return clocks.map(([mhz], i) => ({
    mhz,
    speed: Number((mhz / fastest).toFixed(4)),
    energy: Number((above[i]! / full / (mhz / fastest)).toFixed(3)),
  }));
}
