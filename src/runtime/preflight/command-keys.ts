import { ConfigError } from '../../foundation/errors.js';
import { openToOthers } from '../../foundation/private-files.js';
import { readCommandKeys } from '../command-keys.js';
import { type Finding, found, type Inspected } from './finding.js';

/** The keys that commands are signed with. */
export function inspectCommandKeys({ config: { commands, cache, mqtt }, here }: Inspected): Finding[] {
  const { siteKeyFile } = commands;
  const findings: Finding[] = [];
  if (cache.shareInvalidations && siteKeyFile === undefined && mqtt.broker !== 'off') {
    const text =
      'nothing is shared without commands.siteKeyFile: `edge-optimizer command keygen` makes a key for the site';
    findings.push(found('degrades', 'cache.shareInvalidations', text));
  }
  if (!here) return findings;
  try {
    readCommandKeys(commands);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...findings, ...error.problems.map(refusalOf)];
  }
  const mode = siteKeyFile === undefined ? null : openToOthers(siteKeyFile);
  if (mode === null) return findings;
  const text = `others on this machine can read ${siteKeyFile} (mode ${mode}); chmod 600 keeps it private`;
  return [...findings, found('advice', 'commands.siteKeyFile', text)];
}

/** `path: text` */
function refusalOf(problem: string): Finding {
  const colon = problem.indexOf(': ');
  return found('refuses', problem.slice(0, colon), problem.slice(colon + 2));
}
