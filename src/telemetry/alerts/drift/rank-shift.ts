/**
 * By how many standard deviations of chance the ranks of some numbers are above those of others: Mann and Whitney, "On a Test of Whether
 * one of Two Random Variables is Stochastically Larger than the Other", 1947, with the normal approximation.
 *
 * @returns 0 where one of the two has none
 */
export function rankShift(some: readonly number[], others: readonly number[]): number {
  const [n, m] = [some.length, others.length];
  if (n === 0 || m === 0) return 0;
  const all = [...some.map((value) => ({ value, isSome: true })), ...others.map((value) => ({ value, isSome: false }))];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    // what is equal shares the middle rank
    for (let i = from; i < to; i++) if (all[i]!.isSome) ranks += (from + to + 1) / 2;
    from = to;
  }
  const u = ranks - (n * (n + 1)) / 2;
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}
