/** Numbers at times that rise, s; straight lines between them, the first and last value outside. */
export interface SampledCurve {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export function curveAt({ at, values }: SampledCurve, seconds: number): number {
  let [low, high] = [0, at.length - 1];
  if (seconds <= at[0]!) return values[0]!;
  if (seconds >= at[high]!) return values[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= seconds) low = middle;
    else high = middle;
  }
  const along = (seconds - at[low]!) / (at[high]! - at[low]!);
  return values[low]! + (values[high]! - values[low]!) * along;
}
