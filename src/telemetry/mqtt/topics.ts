import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../../foundation/identifier.js';
import type { Scope } from '../../foundation/scope.js';

/** In the place of a device, which cannot be called so: the devices of the site among themselves. */
const WHOLE_SITE = '_site';

/** The topics of one device: `edge/v1/<site>/<device>/…`, always of the same depth. */
export interface Topics {
  readonly prefix: string;
  readonly status: string;
  readonly metrics: string;
  /** The only subscription of a device that shares nothing with its site. */
  readonly commands: string;
  /** @throws RangeError where the camera's id cannot be a topic level */
  event(camera: string): string;
  /** @throws RangeError where the code cannot be a topic level */
  alert(code: string): string;
  /** @throws RangeError where the name cannot be a topic level */
  report(name: string): string;
  /** @throws RangeError where the name cannot be a topic level */
  commandResult(name: string): string;
  /** What every device of the site may hear and tell. @throws RangeError where the name cannot be a topic level */
  siteCommand(name: string): string;
  /** The command's name in `cmd/<name>`, null for any other topic. */
  commandName(topic: string): string | null;
}

/** The topics of a scope; its tenant is in none of them. @throws RangeError where a name cannot be a topic level */
export function topicsOf({ site, device }: Pick<Scope, 'site' | 'device'>): Topics {
  const prefix = `edge/v1/${level('site', site)}/${level('device', device)}`;
  const commandPrefix = `${prefix}/cmd/`;
  return {
    prefix,
    status: `${prefix}/status`,
    metrics: `${prefix}/metrics`,
    commands: `${prefix}/cmd/+`,
    event: (camera) => `${prefix}/event/${level('camera', camera)}`,
    alert: (code) => `${prefix}/alert/${level('alert code', code)}`,
    report: (name) => `${prefix}/report/${level('report', name)}`,
    commandResult: (name) => `${commandPrefix}${level('command', name)}/result`,
    siteCommand: (name) => `edge/v1/${site}/${WHOLE_SITE}/cmd/${level('command', name)}`,
    commandName: (topic) => {
      if (!topic.startsWith(commandPrefix)) return null;
      const name = topic.slice(commandPrefix.length);
      return IDENTIFIER.test(name) ? name : null;
    },
  };
}

function level(what: string, value: string): string {
  if (!IDENTIFIER.test(value)) {
    throw new RangeError(`${what}: expected ${IDENTIFIER_IN_WORDS}, got ${JSON.stringify(value)}`);
  }
  return value;
}
