import { IDENTIFIER } from '../../foundation/identifier.js';
import { MESSAGES, type MessageKind, type MessageName } from '../../telemetry/mqtt/messages.js';

/** What a topic says of the message on it. */
export type FleetTopic =
  | {
      readonly is: 'message';
      readonly site: string;
      readonly device: string;
      readonly name: MessageName;
      /** Camera, code of the alert, name of the command or report; null where there is none. */
      readonly subject: string | null;
    }
  /** Between the devices of a site; it uses up a number of the one that sends it. */
  | { readonly is: 'between-devices'; readonly site: string }
  /** To a device: not for whoever collects. */
  | { readonly is: 'not-for-us' }
  | { readonly is: 'unknown-version' | 'unknown-kind' };

const VERSION = 'v1';
const SITE_WIDE = '_site';
/** The answer to no command: somebody tries out whether the broker lets it through. */
const TRIED_OUT = 'diagnose-ping';
/** Kinds of messages by their topic, in which `*` stands for a camera, a code or a name. */
const FROM_DEVICES = topicsOf('from device');
const TO_DEVICES = topicsOf('to device');
/** As many numbered parts as there may be of what does not fit into one message. */
const FULL_METRICS = /^full(-\d{1,3})?$/;
const UNKNOWN_KIND: FleetTopic = { is: 'unknown-kind' };
const NOT_FOR_US: FleetTopic = { is: 'not-for-us' };

/** Of devices that send something all the time: read once. */
const MOST_REMEMBERED = 65_536;
const remembered = new Map<string, FleetTopic>();

/** Reads a topic. */
export function fleetTopic(topic: string): FleetTopic {
  const known = remembered.get(topic);
  if (known !== undefined) return known;
  const read = readTopic(topic);
  if (read.is !== 'message') return read;
  // whoever makes up topics takes no more room than a large fleet
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(topic, read);
  return read;
}

function readTopic(topic: string): FleetTopic {
  const [root, version, site = '', device = '', kind = '', subject, last, ...more] = topic.split('/');
  if (root !== 'edge') return UNKNOWN_KIND;
  if (version !== VERSION) return { is: 'unknown-version' };
  if (more.length > 0 || !IDENTIFIER.test(site)) return UNKNOWN_KIND;
  if (device === SITE_WIDE)
    return `${kind}/${subject}` === 'cmd/invalidate' && last === undefined
      ? { is: 'between-devices', site }
      : NOT_FOR_US;
  if (!IDENTIFIER.test(device)) return UNKNOWN_KIND;
  const read = nameOf(kind, subject, last);
  if (read === null) return UNKNOWN_KIND;
  return read === NOT_FOR_US ? NOT_FOR_US : { is: 'message', site, device, ...(read as Named) };
}

interface Named {
  readonly name: MessageName;
  readonly subject: string | null;
}

function nameOf(kind: string, subject: string | undefined, last: string | undefined): Named | FleetTopic | null {
  if (subject === undefined) return named(FROM_DEVICES.get(kind), null);
  if (!IDENTIFIER.test(subject)) return null;
  if (last !== undefined) {
    if (kind === 'cmd' && subject === TRIED_OUT) return NOT_FOR_US;
    return named(FROM_DEVICES.get(`${kind}/*/${last}`), subject);
  }
  if (TO_DEVICES.has(`${kind}/*`)) return NOT_FOR_US;
  if (kind === 'metrics') return FULL_METRICS.test(subject) ? { name: 'metrics-full', subject } : null;
  return named(FROM_DEVICES.get(`${kind}/${subject}`) ?? FROM_DEVICES.get(`${kind}/*`), subject);
}

const named = (name: MessageName | undefined, subject: string | null): Named | null =>
  name === undefined ? null : { name, subject };

function topicsOf(direction: MessageKind['direction']): ReadonlyMap<string, MessageName> {
  const kinds = Object.entries(MESSAGES) as [MessageName, MessageKind][];
  return new Map(
    kinds
      .filter(([, message]) => message.direction === direction)
      .map(([name, { topic }]) => [topic.replace(/<[^>]*>/, '*'), name]),
  );
}
