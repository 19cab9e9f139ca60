import { existsSync, rmSync } from 'node:fs';
import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import { openDatabase } from './database.js';
import { QUIET_HOURS_MIGRATIONS } from './migrations.js';
import type { QuietHour, QuietHours } from './quiet-hours.js';

/**
 * Hands on what an earlier version kept in `quiet-hours.db`, and removes that file. Where it cannot be read it stays, and
 * the silence of this camera is learnt anew.
 */
export function takeFormerQuietHours(file: string, quietHours: QuietHours, log: Log): void {
  if (!existsSync(file)) return;
  try {
    const database = openDatabase({ file, migrations: QUIET_HOURS_MIGRATIONS, log });
    const rows = database.prepare('SELECT camera, hour, longest_ms AS longestMs FROM quiet_hours ORDER BY hour').all();
    database.close();
    if (!quietHours.restore(rows as readonly FormerHour[])) return;
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    log.info({ file, hours: rows.length }, 'the record of quiet hours is in history.db now');
  } catch (error) {
    log.warn({ file, error: explain(error) }, 'the record of quiet hours of an earlier version is left where it is');
  }
}

interface FormerHour extends QuietHour {
  readonly camera: string;
}
