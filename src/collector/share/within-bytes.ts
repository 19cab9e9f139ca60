export interface WithinBytes {
  readonly columns: string;
  /** The column whose bytes count. */
  readonly bytesOf: string;
  readonly order: string;
  /** Bytes of all rows but the last. */
  readonly most: number;
}

/**
 * SQL: the first rows of a question until they have so many bytes. How long a value is stands beside it: those that are too many are not read.
 *
 * @param question in that order, with a limit of its own
 */
export const withinBytes = (question: string, { columns, bytesOf, order, most }: WithinBytes): string =>
  `SELECT ${columns} FROM (
    SELECT *, sum(octet_length(${bytesOf})) OVER (ORDER BY ${order}) - octet_length(${bytesOf}) AS bytes_before
      FROM (${question}) AS first
  ) AS counted WHERE bytes_before < ${most} ORDER BY ${order}`;
