import { readAccesses } from '../../evidence/access-log.js';
import { print, printJson, printTable } from '../print.js';
import { longTime } from '../times.js';
import { type EvidenceFlags, placeOfEvidence } from './place.js';

export interface ShowAccessesOptions extends EvidenceFlags {
  readonly limit: number;
}

/** `evidence accesses`. @throws ConfigError where there is no evidence; the file system's error */
export async function showAccesses({ limit, json, ...flags }: ShowAccessesOptions): Promise<number> {
  const accesses = await readAccesses(placeOfEvidence(flags).folder, limit);
  if (json) printJson({ accesses });
  else if (accesses.length === 0) print('nobody looked yet');
  else {
    printTable(
      ['when (UTC)', 'who', 'what', 'record', ''],
      accesses.map(({ at, by, what, n, detail = '' }) => [longTime(at), by, what, n === null ? '' : String(n), detail]),
    );
  }
  return 0;
}
