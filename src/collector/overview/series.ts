/** A value that a device told. */
export interface Told {
  /** Unix ms. */
  readonly at: number;
  /** null: there was no reading. */
  readonly value: number | null;
}

/** Steps of time, each of them `stepMs` long. */
export interface TimeSteps {
  /** Unix ms. */
  readonly from: number;
  readonly stepMs: number;
  readonly steps: number;
}

const LEAST_STEP_MS = 60_000;

/** A grid of at most so many steps of whole minutes. @param from Unix ms, @param to after it */
export function timeStepsOf(from: number, to: number, mostSteps: number): TimeSteps {
  const stepMs = Math.max(LEAST_STEP_MS, Math.ceil((to - from) / mostSteps / LEAST_STEP_MS) * LEAST_STEP_MS);
  const begin = Math.floor(from / stepMs) * stepMs;
  return { from: begin, stepMs, steps: Math.max(1, Math.ceil((to - begin) / stepMs)) };
}

/**
 * The mean of what was told in each step. A step in which nothing was told has the value before, which holds until it changes: metrics
 * are told by exception. Who tells nothing at all for longer than `heldMs` was not heard.
 *
 * @param told of one metric, in the order of time
 * @param heard Unix ms of whatever was told of the device, in order: while something is heard, values hold
 */
export function onGrid(
  told: readonly Told[],
  heard: readonly number[],
  { from, stepMs, steps }: TimeSteps,
  heldMs: number,
): (number | null)[] {
  const values: (number | null)[] = [];
  let [next, nextHeard] = [0, 0];
  let held: number | null = null;
  let heardAt = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    const begin = from + step * stepMs;
    const end = begin + stepMs;
    let [sum, count] = [0, 0];
    for (; next < told.length && told[next]!.at < end; next++) {
      const { at, value } = told[next]!;
      held = value;
      if (value !== null && at >= begin) [sum, count] = [sum + value, count + 1];
    }
    for (; nextHeard < heard.length && heard[nextHeard]! < end; nextHeard++) heardAt = heard[nextHeard]!;
    if (count > 0) values.push(sum / count);
    else values.push(begin - heardAt <= heldMs ? held : null);
  }
  return values;
}
