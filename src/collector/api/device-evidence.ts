import type { FleetStore, HistoryRow } from '../store/fleet-store.js';

/** What a picture shows: the whole scene, or the vehicle. */
export const ROLES = ['context', 'crop'] as const;
type Role = (typeof ROLES)[number];

interface EvidenceMessage {
  readonly chain: string;
  readonly record: number;
  readonly signed: string;
  readonly pictures: readonly { readonly role: Role; readonly data: string }[];
}

/** A record of evidence, without its pictures. */
export interface SentRecord {
  readonly at: number;
  readonly camera: string | null;
  readonly chain: string;
  readonly record: number;
  readonly kind: string | null;
  readonly pictures: Role[];
}

/** Records that are looked through for one, so many at a time: each has hundreds of kilobytes. */
const MOST_RECORDS = 5000;
const AT_ONCE = 25;

/** Newest first. @throws as the store does */
export async function keptRecords(store: FleetStore, device: number, limit: number): Promise<SentRecord[]> {
  const rows = await store.history({ device, table: 'evidence', from: 0, to: Number.MAX_SAFE_INTEGER, limit });
  return rows.map(({ at, subject, body }) => {
    const { chain, record, signed, pictures } = JSON.parse(body) as EvidenceMessage;
    return { at, camera: subject, chain, record, kind: kindIn(signed), pictures: pictures.map(({ role }) => role) };
  });
}

/** null: it is not here, or no picture. @throws as the store does */
export async function pictureOf(
  store: FleetStore,
  device: number,
  wanted: { readonly chain: string; readonly record: number; readonly role: string },
): Promise<{ contentType: string; bytes: Uint8Array<ArrayBuffer> } | null> {
  for await (const { body } of newestEvidence(store, device)) {
    // before all of it is read: a message has a picture of many kilobytes
    if (!body.includes(`"${wanted.chain}"`)) continue;
    const { chain, record, pictures } = JSON.parse(body) as EvidenceMessage;
    if (chain !== wanted.chain || record !== wanted.record) continue;
    const data = pictures.find(({ role }) => role === wanted.role)?.data;
    if (data === undefined) return null;
    const bytes = new Uint8Array(Buffer.from(data, 'base64'));
    const contentType = pictureType(bytes);
    return contentType === null ? null : { contentType, bytes };
  }
  return null;
}

async function* newestEvidence(store: FleetStore, device: number): AsyncGenerator<HistoryRow> {
  const range = { device, table: 'evidence', from: 0, to: Number.MAX_SAFE_INTEGER, limit: AT_ONCE } as const;
  let behind: HistoryRow | undefined;
  for (let read = 0; read < MOST_RECORDS; read += AT_ONCE) {
    const rows = await store.history({ ...range, behind });
    yield* rows;
    behind = rows.at(-1);
    if (rows.length < AT_ONCE) return;
  }
}

/** What a device sent is shown as a picture, and as nothing else, and stays with whoever was shown it. */
export const PICTURE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

/** By what it begins with, whatever its sender calls it; null: it is no picture. */
export function pictureType(bytes: Uint8Array): string | null {
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  return text(4, 12) === 'ftypavif' ? 'image/avif' : null;
}

/** The event's kind; null where the record says none that can be read. */
function kindIn(signed: string): string | null {
  try {
    const { event } = JSON.parse(signed) as { event?: { kind?: unknown; offence?: unknown } };
    const kind = event?.offence ?? event?.kind;
    return typeof kind === 'string' ? kind.slice(0, 64) : null;
  } catch {
    return null;
  }
}
