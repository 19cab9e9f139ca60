import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../../foundation/identifier.js';
import type { Scope } from '../../foundation/scope.js';
import { EVERY_DEVICE } from '../commands/envelope.js';

/** The topics of one device: `edge/v1/<site>/<device>/…`, always of the same depth. */
export interface Topics {
  readonly prefix: string;
  readonly status: string;
  readonly metrics: string;
  readonly summary: string;
  readonly trial: string;
  /** The only subscription of a device that knows no key. */
  readonly commands: string;
  /** Commands to every device of the site, and what these tell each other. */
  readonly siteCommands: string;
  /** `metrics/full`; `metrics/full-2` and so on where the broker takes no message that holds all. @param part from 1 */
  fullMetrics(part: number): string;
  /** @throws RangeError where the camera's id cannot be a topic level */
  event(camera: string): string;
  /** @throws RangeError where the camera's id cannot be a topic level */
  traffic(camera: string): string;
  /** @throws RangeError where the camera's id cannot be a topic level */
  evidence(camera: string): string;
  /** @throws RangeError where the code cannot be a topic level */
  alert(code: string): string;
  /** What a traffic signal shows, told to the device. @throws RangeError where the id cannot be a topic level */
  signal(id: string): string;
  /** Whether it is that of an alert, or of its transitions. */
  isAlert(topic: string): boolean;
  /** Of its transitions. @throws RangeError where the code cannot be a topic level */
  alertLog(code: string): string;
  /** @throws RangeError where the name cannot be a topic level */
  report(name: string): string;
  /** @throws RangeError where the name cannot be a topic level */
  commandResult(name: string): string;
  /** What every device of the site may hear and tell. @throws RangeError where the name cannot be a topic level */
  siteCommand(name: string): string;
  /** The command's name in `cmd/<name>`, null for any other topic. */
  commandName(topic: string): string | null;
  /** The command's name in the site's `cmd/<name>`, null for any other topic. */
  siteCommandName(topic: string): string | null;
}

/** The topics of a scope; a tenant is told apart by its site. @throws RangeError where a name cannot be a topic level */
export function topicsOf({ site, device }: Pick<Scope, 'site' | 'device'>): Topics {
  const prefix = `edge/v1/${level('site', site)}/${level('device', device)}`;
  const commandPrefix = `${prefix}/cmd/`;
  // no device can be called so
  const sitePrefix = `edge/v1/${site}/${EVERY_DEVICE}/cmd/`;
  return {
    prefix,
    status: `${prefix}/status`,
    metrics: `${prefix}/metrics`,
    summary: `${prefix}/summary`,
    trial: `${prefix}/trial`,
    commands: `${commandPrefix}+`,
    siteCommands: `${sitePrefix}+`,
    fullMetrics: (part) => `${prefix}/metrics/full${part === 1 ? '' : `-${part}`}`,
    event: (camera) => `${prefix}/event/${level('camera', camera)}`,
    traffic: (camera) => `${prefix}/traffic/${level('camera', camera)}`,
    evidence: (camera) => `${prefix}/evidence/${level('camera', camera)}`,
    signal: (id) => `${prefix}/signal/${level('signal', id)}`,
    alert: (code) => `${prefix}/alert/${level('alert code', code)}`,
    isAlert: (topic) => topic.startsWith(`${prefix}/alert/`),
    alertLog: (code) => `${prefix}/alert/${level('alert code', code)}/log`,
    report: (name) => `${prefix}/report/${level('report', name)}`,
    commandResult: (name) => `${commandPrefix}${level('command', name)}/result`,
    siteCommand: (name) => `${sitePrefix}${level('command', name)}`,
    commandName: (topic) => nameBehind(commandPrefix, topic),
    siteCommandName: (topic) => nameBehind(sitePrefix, topic),
  };
}

function nameBehind(prefix: string, topic: string): string | null {
  if (!topic.startsWith(prefix)) return null;
  const name = topic.slice(prefix.length);
  return IDENTIFIER.test(name) ? name : null;
}

function level(what: string, value: string): string {
  if (!IDENTIFIER.test(value)) {
    throw new RangeError(`${what}: expected ${IDENTIFIER_IN_WORDS}, got ${JSON.stringify(value)}`);
  }
  return value;
}
