import type { EvidencePayload } from '../../telemetry/mqtt/messages/evidence.js';
import type { EvidencePicture } from '../chain/record.js';
import { type DayRation, NO_BYTES_LEFT } from './day-ration.js';
import type { SendRecord } from './push-queue.js';
import type { PushUplink } from './push-uplink.js';

export interface SendMessageOptions {
  /** Accepts a message for delivery: it is in the outbox then. @returns false where nothing is published at all */
  readonly publish: (camera: string, payload: EvidencePayload) => boolean;
  readonly readPicture: (picture: EvidencePicture) => Promise<Uint8Array>;
  /** Bytes that the pictures of a message may take, before base64. */
  readonly maxBytes: number;
  readonly ration: DayRation;
  /** On the disk, of all records that wait, the one that is sent among them. */
  readonly waitingBytes: () => number;
  /** Bytes that a message may have to go through to the broker, as far as is known. */
  readonly room: (camera: string) => number;
  readonly uplink: PushUplink;
  /** ms that only go forward. */
  readonly now: () => number;
}

/** Of a message besides record and pictures. */
const ENVELOPE_BYTES = 400;
/** How long the broker may take to acknowledge a message for that to be learnt from, ms, besides a second for each kB. */
const HEARD_MS = 10_000;

/**
 * Sends a record as a message, with the pictures that there is room for: the crop first. It enters the outbox only once nothing waits in
 * there, and the next one once it has left: events and alerts never stand behind more than one. Where the bytes of the day are short and
 * more waits than they carry away in an hour, the whole picture of what is no infraction stays on the device.
 */
export function sendAsMessage(options: SendMessageOptions): SendRecord {
  const { publish, readPicture, maxBytes, ration, waitingBytes, room, uplink, now } = options;
  return async ({ value, text }, signal) => {
    const { camera, n, chain, pictures, event } = value;
    const around = Buffer.byteLength(JSON.stringify(text.signed)) + ENVELOPE_BYTES;
    const fitting = thatFit(pictures, Math.min(maxBytes, Math.floor(((room(camera) - around) * 3) / 4)));
    const hasRoomFor = (some: readonly EvidencePicture[]): boolean => ration.hasRoom(around + base64Bytes(some));
    const isWhole = hasRoomFor(fitting) || event.kind === 'infraction' || !ration.isBehind(waitingBytes());
    const chosen = isWhole ? fitting : fitting.slice(0, 1);
    if (!hasRoomFor(chosen)) {
      ration.waits(n);
      return { kind: 'later', reason: NO_BYTES_LEFT };
    }
    await uplink.quiet(uplink.mostHeldMs, signal);
    const { waiting, isConnected } = uplink.urgent;
    if (!isConnected) return { kind: 'later', reason: 'there is no connection to the broker (mqtt.broker)' };
    if (waiting > 0) return { kind: 'later', reason: 'events and alerts wait for the broker, and go first' };
    const told: EvidencePayload['pictures'] = [];
    for (const picture of chosen) {
      const data = Buffer.from(await readPicture(picture)).toString('base64');
      told.push({ role: picture.role, name: picture.name, data });
    }
    const bytes = around + told.reduce((sum, { data }) => sum + data.length, 0);
    const payload = { chain, record: n, signed: text.signed, signature: text.signature, pictures: told };
    if (!publish(camera, payload)) return { kind: 'later', reason: 'there is no broker (mqtt.broker)' };
    ration.spend(bytes);
    ration.leaveOut(fitting.length - chosen.length);
    const began = now();
    if (await uplink.quiet(HEARD_MS + bytes, signal)) uplink.rate.carried(bytes, now() - began);
    return { kind: 'taken' };
  };
}

/** `crop` goes before `context`, whatever their order in the record. @param bytes before base64 */
function thatFit(pictures: readonly EvidencePicture[], bytes: number): EvidencePicture[] {
  let left = bytes;
  return [...pictures]
    .sort((a, b) => b.role.localeCompare(a.role))
    .filter((picture) => {
      if (picture.bytes > left) return false;
      left -= picture.bytes;
      return true;
    });
}

const base64Bytes = (pictures: readonly EvidencePicture[]): number =>
  pictures.reduce((sum, { bytes }) => sum + 4 * Math.ceil(bytes / 3), 0);
