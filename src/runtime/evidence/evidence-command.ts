import { EvidenceAccessor, type EvidenceOwners } from '../../evidence/evidence-access.js';
import { NO_BYTES_LEFT } from '../../evidence/push/day-ration.js';
import { contentTypeOf } from '../../evidence/push/send-files.js';
import { type CommandDeclaration, declareCommand } from '../../foundation/command.js';
import { EdgeError } from '../../foundation/errors.js';
import { z } from '../../foundation/validate.js';

export interface EvidenceCommandParts extends EvidenceOwners {
  /** Bytes that an answer may have to go through to the broker, as far as is known. */
  readonly room: () => number;
  /** Takes the bytes of an answer from those of the day; false: they are used up, and it may not be told. */
  readonly take: (bytes: number) => boolean;
}

/** What an answer has besides records or a picture, at most. */
const ENVELOPE_BYTES = 1000;
const MOST_LISTED = 50;
const USUAL_LISTED = 20;

const payload = z
  .strictObject({
    id: z.string().max(30).optional(),
    picture: z.enum(['context', 'crop']).optional(),
    camera: z.string().max(63).optional(),
    since: z.int().min(0).optional(),
    limit: z.int().min(1).max(MOST_LISTED).default(USUAL_LISTED),
  })
  .refine(({ id, picture }) => picture === undefined || id !== undefined, 'expected id with picture');

/** Answers `cmd/evidence`: what is kept, one record as it was signed, or one picture. */
export function evidenceCommand(parts: EvidenceCommandParts): CommandDeclaration {
  const evidence = new EvidenceAccessor(parts);
  return declareCommand({
    name: 'evidence',
    access: 'signed',
    help: 'Evidence: the newest records (of a `camera`, `since` Unix ms, `limit`), one as it was signed (`id`), or with `picture` (`context` or `crop`) the picture of it in base64, as `jpeg`, or as `image` where its `contentType` is another.',
    payload,
    handle: async ({ id, picture, camera, since, limit }, { by }) => {
      // commands come from whoever runs the device
      const viewer = { by: `command ${by}`, sees: () => true, seesOwner: () => true };
      const room = parts.room() - ENVELOPE_BYTES;
      const told = <Answer extends Record<string, unknown>>(answer: Answer): Answer => {
        if (parts.take(ENVELOPE_BYTES + Buffer.byteLength(JSON.stringify(answer)))) return answer;
        throw new EdgeError('E_OUTPUT', `${NO_BYTES_LEFT}: ask again later, or fetch it over HTTP`);
      };
      if (parts.owners().length === 0) {
        throw new EdgeError('E_OUTPUT', 'this device keeps no evidence: evidence.on names no kinds of events');
      }
      if (id === undefined)
        return told({ evidence: fitting(await evidence.list(viewer, { camera, since, limit }), room) });
      if (picture === undefined) {
        const found = await evidence.record(viewer, id);
        if (found === null) throw noSuch(id);
        return told({ ...found });
      }
      const found = await evidence.picture(viewer, id, picture);
      if (found === null) throw noSuch(id);
      const data = Buffer.from(found.data).toString('base64');
      if (data.length > room) {
        throw new EdgeError(
          'E_OUTPUT',
          `the picture takes ${data.length} bytes in base64, and ${room} may be sent: fetch it over HTTP, or have it pushed`,
        );
      }
      const contentType = contentTypeOf(found.picture);
      const image = contentType === 'image/jpeg' ? { jpeg: data } : { image: data };
      return told({ id, picture, sha256: found.picture.sha256, contentType, ...image });
    },
  });
}

/** The newest that there is room for. */
function fitting<T>(found: readonly T[], room: number): readonly T[] {
  let left = room;
  return found.filter((one) => {
    left -= Buffer.byteLength(JSON.stringify(one)) + 1;
    return left >= 0;
  });
}

const noSuch = (id: string): RangeError => new RangeError(`id: there is no evidence ${id}`);
