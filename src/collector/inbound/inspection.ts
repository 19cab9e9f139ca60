import { IDENTIFIER } from '../../foundation/identifier.js';
import { signedCommandSchema } from '../../telemetry/commands/envelope.js';
import { MESSAGES, type MessageName } from '../../telemetry/mqtt/messages.js';
import { fleetTopic } from './fleet-topic.js';

/** A message as a broker handed it over. */
export interface ArrivedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker had kept it for whoever subscribes. */
  readonly retained: boolean;
  /** It waited at the broker for a collector that was away, while others took what came after it; default false. */
  readonly late?: boolean;
  /** It waited at the broker: how long it was on its way says nothing of a clock; default false. */
  readonly waited?: boolean;
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
  /** Others that were sent after it may have come before it. */
  readonly late: boolean;
  /** Nobody took it when it was sent. */
  readonly waited: boolean;
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
      readonly late: boolean;
      /** Nobody sent it: the broker keeps no such alert. */
      readonly retained: boolean;
      readonly receivedAt: number;
    }
  /** A device told others something: only the number that it used up is of interest. */
  | {
      readonly is: 'elsewhere';
      readonly site: string;
      readonly device: string;
      readonly boot: string;
      readonly seq: number;
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
/** Lists and objects in one another; whoever writes JSON again goes down into each. */
const MAX_DEPTH = 64;
/** Where a body names what its topic does. */
const SUBJECT_KEYS: Readonly<Partial<Record<MessageName, string>>> = {
  event: 'camera',
  traffic: 'camera',
  evidence: 'camera',
  alert: 'code',
  'alert-log': 'code',
  'command-result': 'command',
};
const IGNORED: InspectedMessage = { is: 'ignored' };
const text = new TextDecoder('utf-8', { fatal: true });

/** Checks one message against what devices publish. Nothing in it is believed before. */
export function inspected(message: ArrivedMessage): InspectedMessage {
  const { topic, payload, retained, late = false, waited = false, receivedAt } = message;
  const quarantined = (reason: QuarantineReason, detail = ''): InspectedMessage => ({
    is: 'quarantined',
    reason,
    detail: detail.slice(0, MAX_DETAIL),
    message,
  });
  const read = fleetTopic(topic);
  if (read.is === 'not-for-us') return IGNORED;
  if (read.is === 'between-devices') return elsewhere(read.site, message);
  if (read.is !== 'message') return quarantined(read.is);
  if (payload.length > MAX_PAYLOAD_BYTES)
    return quarantined('oversize', `${payload.length} bytes, and ${MAX_PAYLOAD_BYTES} are looked at`);
  const { site, device, name, subject } = read;
  if (payload.length === 0) {
    if (name === 'alert') return { is: 'cleared', site, device, code: subject!, late, retained, receivedAt };
    // somebody takes back what the broker kept
    return MESSAGES[name].retained ? IGNORED : quarantined('no-json', 'the payload is empty');
  }
  const json = jsonIn(payload);
  if (json === null) return quarantined('no-json');
  if (isTooDeep(json.body, MAX_DEPTH))
    return quarantined('not-by-schema', `the message: nested deeper than ${MAX_DEPTH}`);
  const checked = MESSAGES[name].schema.safeParse(json.body);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return quarantined('not-by-schema', `${issue?.path.join('.') || 'the message'}: ${issue?.message}`);
  }
  const body = json.body as MessageBody;
  const key = SUBJECT_KEYS[name];
  if (key !== undefined && body[key] !== subject)
    return quarantined('another-subject', `its topic says ${subject}, its ${key} ${String(body[key])}`);
  return { is: 'message', site, device, name, subject, body, text: json.text, retained, late, waited, receivedAt };
}

function jsonIn(payload: Uint8Array): { body: unknown; text: string } | null {
  try {
    const decoded = text.decode(payload);
    return { body: JSON.parse(decoded), text: decoded };
  } catch {
    return null;
  }
}

/** @param left lists and objects that may be in one another; what lies deeper is not looked at */
function isTooDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  for (const key in value) if (isTooDeep((value as Record<string, unknown>)[key], left - 1)) return true;
  return false;
}

/** Which device a message between devices is of stands in what is signed. Who cannot be told from it is nobody. */
function elsewhere(site: string, { payload, retained, receivedAt }: ArrivedMessage): InspectedMessage {
  if (retained || payload.length > MAX_PAYLOAD_BYTES) return IGNORED;
  const checked = MESSAGES.invalidation.schema.safeParse(jsonIn(payload)?.body);
  if (!checked.success || checked.data.boot === undefined) return IGNORED;
  const { boot, seq, command } = checked.data;
  try {
    const signed = signedCommandSchema.parse(JSON.parse(command));
    const { device } = signed.body;
    if (signed.site !== site || typeof device !== 'string' || !IDENTIFIER.test(device)) return IGNORED;
    return { is: 'elsewhere', site, device, boot, seq, receivedAt };
  } catch {
    return IGNORED;
  }
}
