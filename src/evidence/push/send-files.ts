import { sha256Of } from '../../foundation/sha256.js';
import { PICTURES, RECORDS, recordName } from '../chain/layout.js';
import type { EvidencePicture } from '../chain/record.js';
import { fileOf } from '../chain/signed-text.js';
import { type DayRation, NO_BYTES_LEFT } from './day-ration.js';
import type { SendRecord } from './push-queue.js';
import type { Uploader, UploadFile } from './upload.js';

const CONTENT_TYPES = { jpg: 'image/jpeg', webp: 'image/webp', avif: 'image/avif' } as const;

/** The media type of a picture, by its name. */
export function contentTypeOf({ name }: Pick<EvidencePicture, 'name'>): string {
  return CONTENT_TYPES[name.split('.').at(-1) as keyof typeof CONTENT_TYPES];
}

export interface SendFilesOptions {
  readonly uploader: Uploader;
  /** What names begin with; empty or without a slash at its end. */
  readonly prefix: string;
  readonly readPicture: (picture: EvidencePicture) => Promise<Uint8Array>;
  readonly ration: DayRation;
}

/** Sends a record as files: its pictures first, so that whoever sees a record finds what it names. */
export function sendAsFiles({ uploader, prefix, readPicture, ration }: SendFilesOptions): SendRecord {
  return async ({ value, text }, signal) => {
    const { site, device, tenant, chain, n, pictures } = value;
    const place = [prefix, tenant ?? site, device, chain].filter((part) => part !== '').join('/');
    const files: (() => Promise<UploadFile>)[] = pictures.map((picture) => async () => ({
      name: `${place}/${PICTURES}/${picture.name}`,
      data: await readPicture(picture),
      contentType: contentTypeOf(picture),
      sha256: picture.sha256,
    }));
    const record = Buffer.from(fileOf(text));
    files.push(async () => ({
      name: `${place}/${RECORDS}/${recordName(n)}`,
      data: record,
      contentType: 'text/plain',
      sha256: sha256Of(record),
    }));
    if (!ration.hasRoom(pictures.reduce((sum, { bytes }) => sum + bytes, record.length))) {
      ration.waits(n);
      return { kind: 'later', reason: NO_BYTES_LEFT };
    }
    for (const next of files) {
      const file = await next();
      const outcome = await uploader.upload(file, signal);
      if (outcome.kind !== 'taken') return outcome;
      ration.spend(file.data.length);
    }
    return { kind: 'taken' };
  };
}
