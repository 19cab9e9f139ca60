import { type Command, Option } from 'commander';
import { TOKEN_ROLES } from '../../foundation/viewer.js';
import type { Perform } from './perform.js';

const TOKEN_HELP = `
The token is printed once and stands nowhere else: the file has its SHA-256 alone. A collector reads the file when it starts.

Example:
  edge-optimizer fleet token ana --role operator --tokens fleet-tokens
  edge-optimizer collect --tokens fleet-tokens`;

/** `edge-optimizer fleet token`. */
export function addFleet(program: Command, perform: Perform): void {
  const fleet = program.command('fleet').description('a fleet of devices, by way of its collector');
  fleet
    .command('token')
    .description("make a token for the collector's JSON API and pages")
    .argument('<name>', 'whose it is; it stands in the audit of actions')
    .addOption(new Option('--role <role>', 'what it may do').choices(TOKEN_ROLES).default('viewer'))
    .option('--tokens <file>', 'where its digest is added', 'fleet-tokens')
    .option('--json', 'one JSON object')
    .addHelpText('after', TOKEN_HELP)
    .action((name, options) =>
      perform(async () => (await import('../fleet/make-token.js')).makeFleetToken(name, options)),
    );
}
