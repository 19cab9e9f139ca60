import type { Balance } from '../../src/schedule/balance.js';
import { type BatchChoice, holding } from '../../src/schedule/batch-choice.js';

/** Always that many pictures, waiting for them as long as the window allows; nothing for a worker that is busy. */
export function fixedBatch(size: number): BatchChoice {
  return ({ now, startAt, sizes, waiting, waitUntil }) => {
    const largest = Math.min(size, sizes.at(-1)!);
    if (waiting >= largest) return { kind: 'take', pictures: largest, size: holding(sizes, largest) };
    if (startAt > now) return { kind: 'wait', until: startAt };
    if (waitUntil > now) return { kind: 'wait', until: waitUntil };
    return { kind: 'take', pictures: waiting, size: holding(sizes, waiting) };
  };
}

/** Up to that many pictures, of those that are there: a batcher with a largest batch and no delay. */
export function upToBatch(size: number): BatchChoice {
  return ({ now, startAt, sizes, waiting }) => {
    const pictures = Math.min(waiting, size, sizes.at(-1)!);
    if (pictures < size && startAt - 2 > now) return { kind: 'wait', until: startAt - 2 };
    return { kind: 'take', pictures, size: holding(sizes, pictures) };
  };
}

/** One after the other, whoever has room. */
export function roundRobin(): Balance {
  let last = -1;
  return (workers) => {
    for (let step = 1; step <= workers.length; step++) {
      const index = (last + step) % workers.length;
      if (!workers[index]!.hasRoom) continue;
      last = index;
      return index;
    }
    return null;
  };
}

/** The worker with the fewest batches on their way. */
export const leastInFlight: Balance = (workers) => {
  let best: number | null = null;
  for (const [index, { hasRoom, inFlight }] of workers.entries()) {
    if (hasRoom && (best === null || inFlight < workers[best]!.inFlight)) best = index;
  }
  return best;
};
