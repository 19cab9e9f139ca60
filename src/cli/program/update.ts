import { type Command, Option } from 'commander';
import { each } from './argument.js';
import type { Perform } from './perform.js';

const UPDATE_HELP = `
Before anything is touched: the signature is checked against the keys of --key and of update.publicKeys in the configuration, then
every file against the signed list, then platform and version. The new version is unpacked beside the others and tried out: it
has to start, and with --config to take that configuration and copies of the databases. Then one link is switched; the program that runs goes on until it is
restarted (systemctl restart edge-optimizer). Whenever the power goes, one whole version is the current one. The version
before stays for \`edge-optimizer rollback\`.

Exit codes: 0 done, or it is there already; 2 the bundle is refused; 1 it could not be written.`;

const PREFIX = '/opt/edge-inference-optimizer';

/** `edge-optimizer update` and `rollback`. */
export function addUpdate(program: Command, perform: Perform): void {
  const prefix = () => new Option('--prefix <dir>', 'where the versions are').default(PREFIX);
  program
    .command('update')
    .description('install a bundle of another version beside this one, and switch to it')
    .argument('<bundle>', 'the .tar.gz, or the folder that it was unpacked to')
    .option(
      '-c, --config <file>',
      "the site's configuration file: its update.publicKeys are trusted, and the new version tries it",
    )
    .option('--key <file>', 'public key (ed25519:… or PEM) that may have signed it; may be repeated', each)
    .option('--unsigned-ok', 'take a bundle without knowing who made it')
    .option('--allow-older', 'take an older version than the current one')
    .option('--check', 'only verify the bundle')
    .addOption(prefix())
    .option('--json', 'one JSON object')
    .addHelpText('after', UPDATE_HELP)
    .action((bundle, options) => perform(async () => (await import('../update.js')).updateProgram(bundle, options)));
  program
    .command('rollback')
    .description('switch back to the version before the last update')
    .addOption(prefix())
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nThe program that runs goes on until it is restarted. A second rollback comes forth again.')
    .action((options) => perform(async () => (await import('../update.js')).rollbackProgram(options)));
}
