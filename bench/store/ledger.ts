import { createHash } from 'node:crypto';

/** Rows whose whole content follows from their number, so that what is lost or changed can be told afterwards. */
export const LEDGER_MIGRATIONS: readonly string[] = [
  'CREATE TABLE ledger (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;',
];

/** 64 to 2560 characters. */
export function textOfRow(n: number): string {
  return createHash('sha256')
    .update(`row ${n}`)
    .digest('hex')
    .repeat((n % 40) + 1);
}
