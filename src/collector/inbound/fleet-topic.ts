import { IDENTIFIER } from '../../foundation/identifier.js';
import type { MessageName } from '../../telemetry/mqtt/messages.js';

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
const WITH_CAMERA: ReadonlySet<string> = new Set(['event', 'traffic', 'evidence']);
const REPORTS: ReadonlySet<string> = new Set(['accuracy', 'delivery', 'evidence', 'daily', 'weekly']);
const FULL_METRICS = /^full(-\d{1,3})?$/;
const UNKNOWN_KIND: FleetTopic = { is: 'unknown-kind' };
const NOT_FOR_US: FleetTopic = { is: 'not-for-us' };

/** Reads a topic. */
export function fleetTopic(topic: string): FleetTopic {
  const [root, version, site = '', device = '', kind = '', subject, last, ...more] = topic.split('/');
  if (root !== 'edge') return UNKNOWN_KIND;
  if (version !== VERSION) return { is: 'unknown-version' };
  if (more.length > 0 || !IDENTIFIER.test(site)) return UNKNOWN_KIND;
  if (device === SITE_WIDE)
    return `${kind}/${subject}` === 'cmd/invalidate' && last === undefined
      ? { is: 'between-devices', site }
      : NOT_FOR_US;
  if (!IDENTIFIER.test(device)) return UNKNOWN_KIND;
  const named = nameOf(kind, subject, last);
  if (named === null) return UNKNOWN_KIND;
  return named === NOT_FOR_US ? NOT_FOR_US : { is: 'message', site, device, ...(named as Named) };
}

interface Named {
  readonly name: MessageName;
  readonly subject: string | null;
}

function nameOf(kind: string, subject: string | undefined, last: string | undefined): Named | FleetTopic | null {
  if (subject === undefined) {
    return kind === 'status' || kind === 'metrics' || kind === 'summary' || kind === 'trial'
      ? { name: kind, subject: null }
      : null;
  }
  if (!IDENTIFIER.test(subject)) return null;
  if (kind === 'cmd') {
    if (last === undefined || subject === TRIED_OUT) return NOT_FOR_US;
    return last === 'result' ? { name: 'command-result', subject } : null;
  }
  if (kind === 'alert') {
    if (last === undefined) return { name: 'alert', subject };
    return last === 'log' ? { name: 'alert-log', subject } : null;
  }
  if (last !== undefined) return null;
  if (kind === 'signal') return NOT_FOR_US;
  if (kind === 'metrics') return FULL_METRICS.test(subject) ? { name: 'metrics-full', subject } : null;
  if (kind === 'report') return REPORTS.has(subject) ? { name: `report-${subject}` as MessageName, subject } : null;
  return WITH_CAMERA.has(kind) ? { name: kind as MessageName, subject } : null;
}
