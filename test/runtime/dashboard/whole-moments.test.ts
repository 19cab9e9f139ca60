import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wholeMoments } from '../../../src/runtime/dashboard/whole-moments.js';

/** Newest first. */
const rowsAt = (...times: number[]) => times.map((at, id) => ({ at, id }));

/** Goes through all pages as a reader does: each by the time of the last row of the one before. */
function pagesOf(rows: readonly { at: number; id: number }[], limit: number): number[][] {
  const pages: number[][] = [];
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const { page, isComplete } = wholeMoments(
      rows.filter(({ at }) => at < before),
      limit,
    );
    pages.push(page.map(({ id }) => id));
    if (isComplete) return pages;
    before = page.at(-1)!.at;
  }
}

test('a page ends where its last millisecond does: what does not fit of it comes with the next', () => {
  assert.equal(pagesOf(rowsAt(9, 8, 8, 7), 2), [[0], [1, 2], [3]]);
  assert.equal(pagesOf(rowsAt(9, 8, 7, 7), 2), [
    [0, 1],
    [2, 3],
  ]);
});

test('what has one and the same time is one page, however long', () => {
  assert.equal(pagesOf(rowsAt(9, 9, 9, 8), 2), [[0, 1, 2], [3]]);
  assert.equal(wholeMoments(rowsAt(9, 9, 9), 2), { page: rowsAt(9, 9, 9), isComplete: false });
});

test('no row is left out or shown twice, whatever the times and the limit', () => {
  const rows = rowsAt(...Array.from({ length: 60 }, (_, n) => 100 - Math.floor(n ** 1.3 / 7)));
  for (let limit = 1; limit <= 61; limit++) {
    assert.equal(
      pagesOf(rows, limit).flat(),
      rows.map(({ id }) => id),
      `limit ${limit}`,
    );
  }
});

test.run();
