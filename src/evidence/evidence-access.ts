import type { FileHandle } from 'node:fs/promises';
import type { TenantId } from '../foundation/scope.js';
import type { noteAccess } from './access-log.js';
import type { EvidenceChain } from './chain/chain.js';
import type { EvidencePicture, EvidenceRecord } from './chain/record.js';

/** The chains of a device, for whoever is shown some of it. */
export interface EvidenceOwners {
  readonly owners: () => readonly { readonly tenant: TenantId; readonly chain: EvidenceChain }[];
  /** Takes down who looked; where it fails, nothing is shown. */
  readonly note: typeof noteAccess;
}

/** Who looks, and at what they may look. */
export interface EvidenceViewer {
  /** For the log of accesses. */
  readonly by: string;
  sees(camera: string): boolean;
  /** Of whose chains, besides: a camera that was given to another owner left what it had seen with the one before. */
  seesOwner(tenant: TenantId): boolean;
}

/** What evidence is asked for. */
export interface EvidenceQuestion {
  readonly camera?: string | undefined;
  /** Unix ms; older records are left out. */
  readonly since?: number | undefined;
  /** The newest so many. */
  readonly limit: number;
}

/** A record with its place: `3f9a…-17`, unique on the device. */
export interface ListedEvidence {
  readonly id: string;
  readonly record: EvidenceRecord;
}

/** What a record is called: its chain and its number. */
export const evidenceId = ({ chain, n }: Pick<EvidenceRecord, 'chain' | 'n'>): string => `${chain}-${n}`;

/** What is kept, shown to those who may see it; every look is taken down before anything is told. */
export class EvidenceAccessor {
  readonly #parts: EvidenceOwners;

  constructor(parts: EvidenceOwners) {
    this.#parts = parts;
  }

  /** Newest first. @throws the file system's error, also where the look cannot be taken down */
  async list(viewer: EvidenceViewer, { camera, since = 0, limit }: EvidenceQuestion): Promise<ListedEvidence[]> {
    const { by, sees } = viewer;
    const found = this.#ownersFor(viewer).flatMap(({ chain }) =>
      chain.records
        .filter((one) => one.camera !== null && sees(one.camera) && one.at >= since)
        .filter((one) => camera === undefined || one.camera === camera)
        .map(({ n, at }) => ({ chain, n, at })),
    );
    const newest = found.sort((a, b) => b.at - a.at || b.n - a.n).slice(0, limit);
    for (const chain of new Set(newest.map((one) => one.chain))) {
      const shown = newest.filter((one) => one.chain === chain).length;
      const detail = `${shown} records${camera === undefined ? '' : ` of ${camera}`}`;
      await this.#parts.note(chain.folder, { at: Date.now(), what: 'list', by, n: null, detail });
    }
    const read = await Promise.all(newest.map(async ({ chain, n }) => (await chain.read(n))?.value ?? null));
    return read.flatMap((record) => (record === null ? [] : [{ id: evidenceId(record), record }]));
  }

  /** null where there is none that may be seen. @throws as `list` */
  async record(
    viewer: EvidenceViewer,
    id: string,
  ): Promise<(ListedEvidence & { signed: string; signature: string }) | null> {
    const found = await this.#find(viewer, id);
    if (found === null) return null;
    const { chain, record, text } = found;
    await this.#parts.note(chain.folder, { at: Date.now(), what: 'view', by: viewer.by, n: record.n });
    return { id, record, signed: text.signed, signature: text.signature };
  }

  /** The bytes of a picture; null as before, or where the record has none such. @throws as `list` */
  async picture(
    viewer: EvidenceViewer,
    id: string,
    role: 'context' | 'crop',
  ): Promise<{ readonly picture: EvidencePicture; readonly data: Buffer } | null> {
    const found = await this.openPicture(viewer, id, role);
    if (found === null) return null;
    try {
      return { picture: found.picture, data: await found.file.readFile() };
    } finally {
      await found.file.close();
    }
  }

  /** The same, to be read by whoever is shown it, who closes it: retention does not take it away meanwhile. @throws as `list` */
  async openPicture(
    viewer: EvidenceViewer,
    id: string,
    role: 'context' | 'crop',
  ): Promise<{ readonly picture: EvidencePicture; readonly file: FileHandle; readonly bytes: number } | null> {
    const found = await this.#find(viewer, id);
    const picture = found?.record.pictures.find((one) => one.role === role);
    if (found === null || picture === undefined) return null;
    const file = await found.chain.openPicture(picture).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (file === null) return null;
    try {
      const { n } = found.record;
      const look = { at: Date.now(), what: 'picture', by: viewer.by, n, detail: role } as const;
      await this.#parts.note(found.chain.folder, look);
      return { picture, file, bytes: (await file.stat()).size };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #ownersFor({ seesOwner }: EvidenceViewer) {
    return this.#parts.owners().filter(({ tenant }) => seesOwner(tenant));
  }

  async #find(viewer: EvidenceViewer, id: string) {
    const [, name, number] = /^([0-9a-f]{16})-([1-9]\d{0,9})$/.exec(id) ?? [];
    const chain = this.#ownersFor(viewer).find((one) => one.chain.id === name)?.chain;
    if (chain === undefined) return null;
    const kept = chain.records.find(({ n }) => n === Number(number));
    if (kept === undefined || kept.camera === null || !viewer.sees(kept.camera)) return null;
    const found = await chain.read(kept.n);
    return found === null ? null : { chain, record: found.value, text: found.text };
  }
}
