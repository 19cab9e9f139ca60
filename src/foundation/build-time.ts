import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** When this was written: packages carry files without a true date. */
const WRITTEN = Date.UTC(2026, 10, 1);

/** Unix ms before which this program was not there: a clock that says less is wrong. */
export const BUILT_AT = builtAt();

function builtAt(): number {
  try {
    return Math.max(WRITTEN, Math.floor(statSync(fileURLToPath(import.meta.url)).mtimeMs));
  } catch {
    return WRITTEN;
  }
}
