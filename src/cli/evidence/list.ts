import { parseSigned } from '../../evidence/chain/chain-files.js';
import { type EvidenceSource, openEvidence } from '../../evidence/chain/evidence-source.js';
import { numberOfRecord, RECORDS } from '../../evidence/chain/layout.js';
import { type EvidenceRecord, evidenceRecord } from '../../evidence/chain/record.js';
import { evidenceId } from '../../evidence/evidence-access.js';
import { print, printJson, printTable } from '../print.js';
import { longTime } from '../times.js';
import { type EvidenceFlags, noteLocally, placeOfEvidence, sinceOf } from './place.js';

export interface ListEvidenceOptions extends EvidenceFlags {
  readonly camera?: string;
  /** As it was typed. */
  readonly since?: string;
  readonly limit: number;
}

/** `evidence list`. @throws ConfigError where there is none; EdgeError where it cannot be read, or not taken down that it was */
export async function listEvidence({
  camera,
  since: typed,
  limit,
  json,
  ...flags
}: ListEvidenceOptions): Promise<number> {
  const since = sinceOf(typed, Date.now());
  const { folder } = placeOfEvidence(flags);
  const source = await openEvidence(folder);
  const records = await newest(source, { camera, since, limit });
  const detail = `${records.length} records${camera === undefined ? '' : ` of ${camera}`}`;
  await noteLocally(folder, { what: 'list', n: null, detail });
  if (json) printJson({ evidence: records.map((record) => ({ id: evidenceId(record), record })) });
  else if (records.length === 0) print('there is no such evidence');
  else printTable(['record', 'happened (UTC)', 'camera', 'event', 'vehicle', 'pictures'], records.map(rowOf));
  return 0;
}

async function newest(
  source: EvidenceSource,
  { camera, since = 0, limit }: { camera: string | undefined; since: number | undefined; limit: number },
): Promise<EvidenceRecord[]> {
  const names = source.names.filter(
    (name) => name.startsWith(`${RECORDS}/`) && numberOfRecord(name.slice(RECORDS.length + 1)) !== null,
  );
  const found: EvidenceRecord[] = [];
  for (const name of names.reverse()) {
    if (found.length === limit) break;
    const record = parseSigned((await source.read(name)) ?? new Uint8Array(), evidenceRecord)?.value;
    // what cannot be read is verify's to tell
    if (record === undefined || record.at < since || (camera !== undefined && record.camera !== camera)) continue;
    found.push(record);
  }
  return found;
}

function rowOf({ n, camera, event, vehicle, pictures }: EvidenceRecord): string[] {
  const what = [event.kind, event.offence, event.line ?? event.zone, event.direction].filter(Boolean).join(' ');
  return [
    String(n),
    longTime(event.capturedAt),
    camera,
    what,
    `${vehicle.class} ${vehicle.track}`,
    pictures.map(({ name }) => name).join(' '),
  ];
}
