import { DailyBudget } from '../../telemetry/mqtt/daily-budget.js';
import type { EvidencePayload } from '../../telemetry/mqtt/messages/evidence.js';
import type { EvidencePicture } from '../chain/record.js';
import type { SendRecord } from './push-queue.js';
import type { PushUplink } from './push-uplink.js';

export interface SendMessageOptions {
  /** Accepts a message for delivery: it is in the outbox then. @returns false where nothing is published at all */
  readonly publish: (camera: string, payload: EvidencePayload) => boolean;
  readonly readPicture: (picture: EvidencePicture) => Promise<Uint8Array>;
  /** Bytes that the pictures of a message may take, before base64. */
  readonly maxBytes: number;
  /** Bytes that all messages of a day may take. */
  readonly dailyBytes: number;
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
 * there, and the next one once it has left: events and alerts never stand behind more than one.
 */
export function sendAsMessage(options: SendMessageOptions): SendRecord {
  const { publish, readPicture, maxBytes, dailyBytes, room, uplink, now } = options;
  const budget = new DailyBudget(dailyBytes);
  return async ({ value, text }, signal) => {
    const { camera, n, chain, pictures } = value;
    const around = Buffer.byteLength(JSON.stringify(text.signed)) + ENVELOPE_BYTES;
    let left = Math.min(maxBytes, Math.floor(((room(camera) - around) * 3) / 4));
    const told: EvidencePayload['pictures'] = [];
    // `crop` goes before `context`, whatever their order in the record
    for (const picture of [...pictures].sort((a, b) => b.role.localeCompare(a.role))) {
      if (picture.bytes > left) continue;
      left -= picture.bytes;
      const data = Buffer.from(await readPicture(picture)).toString('base64');
      told.push({ role: picture.role, name: picture.name, data });
    }
    const bytes = around + told.reduce((sum, { data }) => sum + data.length, 0);
    if (!budget.hasRoom(bytes, now(), 0)) {
      return { kind: 'later', reason: 'the bytes of the day are used up (evidence.push.dailyMiB)' };
    }
    await uplink.quiet(uplink.mostHeldMs, signal);
    const { waiting, isConnected } = uplink.urgent;
    if (!isConnected) return { kind: 'later', reason: 'there is no connection to the broker (mqtt.broker)' };
    if (waiting > 0) return { kind: 'later', reason: 'events and alerts wait for the broker, and go first' };
    const payload = { chain, record: n, signed: text.signed, signature: text.signature, pictures: told };
    if (!publish(camera, payload)) return { kind: 'later', reason: 'there is no broker (mqtt.broker)' };
    budget.spend(bytes, now());
    const began = now();
    if (await uplink.quiet(HEARD_MS + bytes, signal)) uplink.rate.carried(bytes, now() - began);
    return { kind: 'taken' };
  };
}
