/**
 * Works on items side by side and gives the results in the items' order; a slow one holds back those behind it.
 *
 * @param most worked on at a time, >= 1
 * @param work must not reject
 * @param signal aborted: no further item is begun, those begun are still given
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    if (signal.aborted) break;
    begun.push(work(item));
    if (begun.length >= most) yield await begun.shift()!;
  }
  while (begun.length > 0) yield await begun.shift()!;
}
