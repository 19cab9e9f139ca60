import { MESSAGES, type MessageName } from '../../telemetry/mqtt/messages.js';
import { fleetTopic } from './fleet-topic.js';

/** A message as a broker handed it over. */
export interface ArrivedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker had kept it for whoever subscribes. */
  readonly retained: boolean;
  /** Unix ms. */
  readonly receivedAt: number;
}

/** Why a message is put aside, in the order of the checks. */
export const QUARANTINE_REASONS = [
  'unknown-version',
  'unknown-kind',
  'oversize',
  'no-json',
  'not-by-schema',
  'another-subject',
  'too-many-devices',
  'cannot-be-stored',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** What is read of a message's body without asking which kind it is. */
export interface MessageBody extends Readonly<Record<string, unknown>> {
  readonly ts: number;
  readonly seq?: number;
  readonly boot?: string;
  readonly stream?: string;
  readonly n?: number;
  readonly historical?: true;
}

/** A message that keeps to its schema. */
export interface FleetMessage {
  readonly is: 'message';
  readonly site: string;
  readonly device: string;
  readonly name: MessageName;
  readonly subject: string | null;
  readonly body: MessageBody;
  /** The body as it came. */
  readonly text: string;
  readonly retained: boolean;
  /** Unix ms. */
  readonly receivedAt: number;
}

/** What is to be done with what arrived. */
export type InspectedMessage =
  | FleetMessage
  /** An empty payload: the alert is over. */
  | {
      readonly is: 'cleared';
      readonly site: string;
      readonly device: string;
      readonly code: string;
      readonly receivedAt: number;
    }
  | { readonly is: 'ignored' }
  | {
      readonly is: 'quarantined';
      readonly reason: QuarantineReason;
      readonly detail: string;
      readonly message: ArrivedMessage;
    };

/** Bytes of the largest payload that is looked at: devices send at most 256,000. */
export const MAX_PAYLOAD_BYTES = 512_000;
/** Characters of what is said of one that is wrong. */
const MAX_DETAIL = 300;
const IGNORED: InspectedMessage = { is: 'ignored' };
const text = new TextDecoder('utf-8', { fatal: true });

/** Checks one message against what devices publish. Nothing in it is believed before. */
export function inspected(message: ArrivedMessage): InspectedMessage {
  const { topic, payload, retained, receivedAt } = message;
  const quarantined = (reason: QuarantineReason, detail = ''): InspectedMessage => ({
    is: 'quarantined',
    reason,
    detail: detail.slice(0, MAX_DETAIL),
    message,
  });
  const read = fleetTopic(topic);
  if (read.is === 'not-for-us') return IGNORED;
  if (read.is !== 'message') return quarantined(read.is);
  if (payload.length > MAX_PAYLOAD_BYTES) return quarantined('oversize', `${payload.length} bytes`);
  const { site, device, name, subject } = read;
  if (payload.length === 0) {
    if (name === 'alert') return { is: 'cleared', site, device, code: subject!, receivedAt };
    // somebody takes back what the broker kept
    return MESSAGES[name].retained ? IGNORED : quarantined('no-json', 'the payload is empty');
  }
  const json = jsonIn(payload);
  if (json === null) return quarantined('no-json');
  const checked = MESSAGES[name].schema.safeParse(json.body);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return quarantined('not-by-schema', `${issue?.path.join('.') || 'the message'}: ${issue?.message}`);
  }
  const body = json.body as MessageBody;
  const own = body['camera'] ?? body['code'] ?? body['command'];
  if (own !== undefined && own !== subject) return quarantined('another-subject', `it says ${String(own)}`);
  return { is: 'message', site, device, name, subject, body, text: json.text, retained, receivedAt };
}

function jsonIn(payload: Uint8Array): { body: unknown; text: string } | null {
  try {
    const decoded = text.decode(payload);
    return { body: JSON.parse(decoded), text: decoded };
  } catch {
    return null;
  }
}
