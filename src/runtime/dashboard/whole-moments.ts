/**
 * The first of rows that are asked for in pages by time, newest first: a page ends between two milliseconds, so that the next one, which is
 * asked for by the time of the last row, leaves none out.
 *
 * @param limit rows at most; more only where so many have one and the same time
 */
export function wholeMoments<Row extends { readonly at: number }>(
  rows: readonly Row[],
  limit: number,
): { readonly page: readonly Row[]; readonly isComplete: boolean } {
  const cut = rows[limit];
  if (cut === undefined) return { page: rows, isComplete: true };
  const first = rows.findIndex(({ at }) => at === cut.at);
  const end = first > 0 ? first : rows.findLastIndex(({ at }) => at === cut.at) + 1;
  return { page: rows.slice(0, end), isComplete: false };
}
