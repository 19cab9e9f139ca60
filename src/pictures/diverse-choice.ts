/**
 * Chooses `count` of many pictures so that they differ: the first, then always the one least like any chosen so far.
 *
 * @param looks one descriptor per picture, all of one length
 * @returns indexes, ascending
 */
export function diverseChoice(looks: readonly Uint8Array[], count: number): number[] {
  if (looks.length <= count) return looks.map((_, index) => index);
  /** To the nearest that was chosen; -1 once it is chosen itself. */
  const distances = new Float64Array(looks.length).fill(Number.POSITIVE_INFINITY);
  const chosen: number[] = [];
  for (let next = 0; chosen.length < count; ) {
    chosen.push(next);
    distances[next] = -1;
    const look = looks[next]!;
    for (let i = 0; i < looks.length; i++) {
      if (distances[i]! >= 0) distances[i] = Math.min(distances[i]!, lookDistance(looks[i]!, look));
    }
    next = farthest(distances);
  }
  return chosen.sort((a, b) => a - b);
}

/** Mean |a − b| over two descriptors of one length, 0..255. */
export function lookDistance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return a.length === 0 ? 0 : sum / a.length;
}

/** Of equals the first. */
function farthest(distances: Float64Array): number {
  let best = 0;
  for (let i = 1; i < distances.length; i++) if (distances[i]! > distances[best]!) best = i;
  return best;
}
