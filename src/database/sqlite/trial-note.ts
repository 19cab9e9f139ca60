import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isRunning } from '../../foundation/remains.js';
import { z } from '../../foundation/validate.js';

/** What lies beside a database while an index is tried on it, so that a later run finds what a killed one left. */
const schema = z.object({ name: z.string(), sql: z.string(), pid: z.int() });
/** Which index is tried, and by which process. */
export type TrialNote = z.infer<typeof schema>;

const noteFile = (database: string): string => `${database}-edge-trial`;

/** @throws the file system's error where it cannot be written: nothing is to be tried then */
export function noteTrial(database: string, { name, sql }: Omit<TrialNote, 'pid'>): void {
  writeFileSync(noteFile(database), JSON.stringify({ name, sql, pid: process.pid }), { mode: 0o600 });
}

/** The trial is over, whatever came of it. */
export function forgetTrial(database: string): void {
  rmSync(noteFile(database), { force: true });
}

/** What a run that was killed was trying; null where none was. */
export function interruptedTrial(database: string): TrialNote | null {
  try {
    const note = schema.parse(JSON.parse(readFileSync(noteFile(database), 'utf8')));
    return note.pid !== process.pid && isRunning(note.pid) ? null : note;
  } catch {
    return null;
  }
}
