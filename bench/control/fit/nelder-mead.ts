/**
 * Where a function is least, by Nelder and Mead's simplex: no derivatives, a handful of parameters.
 *
 * @param start where to begin; @param steps how far each parameter is moved at first
 */
export function leastOf(
  of: (at: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  rounds: number,
): { readonly at: readonly number[]; readonly value: number } {
  const n = start.length;
  let simplex = [start, ...start.map((_, i) => start.map((x, j) => (i === j ? x + steps[i]! : x)))].map((at) => ({
    at,
    value: of(at),
  }));
  const tried = (at: readonly number[]) => ({ at, value: of(at) });
  for (let round = 0; round < rounds; round++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex[n]!];
    const centre = start.map((_, j) => simplex.slice(0, n).reduce((sum, { at }) => sum + at[j]!, 0) / n);
    const along = (factor: number) => centre.map((x, j) => x + factor * (worst.at[j]! - x));
    const reflected = tried(along(-1));
    if (reflected.value < best.value) {
      const expanded = tried(along(-2));
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[n - 1]!.value) simplex[n] = reflected;
    else {
      const contracted = tried(along(reflected.value < worst.value ? -0.5 : 0.5));
      if (contracted.value < Math.min(worst.value, reflected.value)) simplex[n] = contracted;
      else simplex = simplex.map(({ at }) => tried(at.map((x, j) => best.at[j]! + 0.5 * (x - best.at[j]!))));
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0]!;
}
