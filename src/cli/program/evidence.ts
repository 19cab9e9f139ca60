import type { Command } from 'commander';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const VERIFY_HELP = `
Without a place: the evidence of this device, also while its program writes. A place is a folder or a .tar that evidence export made;
neither the device nor its configuration is needed then. --key is the key that the operator of the device told you by another way, as
evidence key prints it: without it only what lies with the evidence says whose it is. --head is how far the chain was at some time: a
daily report that was kept (.json, .html or .md), a message of report/evidence or report/daily, or NUMBER:SHA256 as they have it. With it a
removed end is found also where whoever removed it had an older head at hand. The JSON of a report names the key too. More than one may be given.

Exit codes: 0 all is right; 1 something was changed, removed, inserted or put into another order.

Examples:
  edge-optimizer evidence verify
  edge-optimizer evidence verify --head daily-2026-11-27.json
  edge-optimizer evidence verify case-17.tar --key ed25519:… --json`;

/** `edge-optimizer evidence list | export | verify | key | accesses`. */
export function addEvidence(program: Command, perform: Perform): void {
  const evidence = program
    .command('evidence')
    .description('signed pictures of events: list, export, verify, and who looked at them');
  const command = (usage: string, description: string): Command =>
    evidence
      .command(usage)
      .description(description)
      .option('-c, --config <file>', "the site's configuration file, for its folders; default: the installed one")
      .option('--tenant <id>', 'the evidence of this tenant')
      .option('--json', 'one JSON object');
  command('list', 'records, newest first')
    .option('--camera <id>', 'only of this camera')
    .option('--since <time>', 'only what was written since: 24h, 7d, a date')
    .option('--limit <n>', 'the newest so many', numberArgument(1, 100_000, true), 50)
    .action((options) => perform(async () => (await import('../evidence/list.js')).listEvidence(options)));
  command('export <to>', 'copy records and pictures into a new folder or .tar that anybody can verify')
    .option('--camera <id>', 'only pictures of this camera; all records come along, as the chain needs them')
    .option('--since <time>', 'only pictures of records since: 24h, 7d, a date')
    .action((to, options) => perform(async () => (await import('../evidence/export.js')).exportOf(to, options)));
  command('verify [place]', 'find any record or picture that was changed, removed, inserted or put into another order')
    .option('--key <key>', 'the key that must have signed it: ed25519:…')
    .option('--head <file or n:sha256>', 'a daily report that was kept, or a record and its hash', andBefore)
    .addHelpText('after', VERIFY_HELP)
    .action((place, options) => perform(async () => (await import('../evidence/verify.js')).verify(place, options)));
  command('key', "the public key of this device's evidence, whose private half is made with the first start")
    .option('--pem', 'as OpenSSL reads it')
    .action((options) => perform(async () => (await import('../evidence/key.js')).showKey(options)));
  command('accesses', 'who listed, looked at, exported or verified evidence')
    .option('--limit <n>', 'the last so many', numberArgument(1, 100_000, true), 50)
    .action((options) => perform(async () => (await import('../evidence/accesses.js')).showAccesses(options)));
}

const andBefore = (text: string, before: readonly string[] = []): string[] => [...before, text];
