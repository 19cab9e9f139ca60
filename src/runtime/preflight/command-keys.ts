import { ConfigError } from '../../foundation/errors.js';
import { openToOthers } from '../../foundation/private-files.js';
import { readCommandKeys } from '../commands/command-keys.js';
import { type Inspected, type Remark, remark } from './remark.js';

/** The keys that commands are signed with. */
export function inspectCommandKeys({ config: { commands, cache, mqtt }, here }: Inspected): Remark[] {
  const { siteKeyFile } = commands;
  const findings: Remark[] = [];
  if (cache.shareInvalidations && siteKeyFile === undefined && mqtt.broker !== 'off') {
    const text =
      'nothing is shared without commands.siteKeyFile: `edge-optimizer command keygen` makes a key for the site';
    findings.push(remark('degrades', 'cache.shareInvalidations', text));
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
  return [...findings, remark('advice', 'commands.siteKeyFile', text)];
}

/** `path: text` */
function refusalOf(problem: string): Remark {
  const colon = problem.indexOf(': ');
  return remark('refuses', problem.slice(0, colon), problem.slice(colon + 2));
}
