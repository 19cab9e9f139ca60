import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationOf } from '../../foundation/duration.js';
import { each } from './argument.js';
import type { Perform } from './perform.js';

const UPDATE_HELP = `
Before anything is touched: the signature is checked against the keys of --key and of update.publicKeys in the configuration, then
every file against the signed list, then platform and version. The new version is unpacked beside the others and tried out: it
has to start, and with --config to take that configuration and copies of the databases. Then one link is switched and the service
restarted. For five minutes the new version is on trial: where it is restarted by systemd, does not get ready, answers less,
fails more, falls from an accelerator to the CPU, knows less or takes far more memory than the version before, it is taken
back by itself. That goes on after a power cut, and if this command is interrupted. Whenever the power goes, one whole version is
the current one. The version before stays for \`edge-optimizer rollback\`.

From a URL the bundle is fetched beside the versions (HTTPS_PROXY and NO_PROXY hold); a break is resumed, by the same command
later too. An http:// URL needs a signature that is checked.

Exit codes: 0 done, or it is there already; 2 the bundle is refused; 1 it could not be written; 3 it did worse and was taken back.`;

const WATCH_MS = 300_000;
const SHORTEST_WATCH_MS = 20_000;
const LONGEST_WATCH_MS = 86_400_000;

function watchArgument(text: string): number {
  const ms = durationOf(text);
  if (ms === null || ms < SHORTEST_WATCH_MS || ms > LONGEST_WATCH_MS) {
    throw new InvalidArgumentError('Expected a duration from 20s to 24h, such as 5m.');
  }
  return ms;
}

const PREFIX = '/opt/edge-inference-optimizer';

/** `edge-optimizer update` and `rollback`. */
export function addUpdate(program: Command, perform: Perform): void {
  const prefix = () => new Option('--prefix <dir>', 'where the versions are').default(PREFIX);
  program
    .command('update')
    .description('install a bundle of another version beside this one, and switch to it')
    .argument(
      '[bundle]',
      'the .tar.gz, the folder that it was unpacked to, or where to fetch it: https://…; without, what update.channel has',
    )
    .option(
      '-c, --config <file>',
      "the site's configuration file: its update.publicKeys are trusted, and the new version tries it",
    )
    .option('--key <file>', 'public key (ed25519:… or PEM) that may have signed it; may be repeated', each)
    .option('--unsigned-ok', 'take a bundle without knowing who made it')
    .option('--allow-older', 'take an older version than the current one')
    .option('--check', 'only verify the bundle, or say what update.channel has')
    .addOption(
      new Option('--watch <duration>', 'how long the new version is on trial, such as 90s or 5m')
        .argParser(watchArgument)
        .default(WATCH_MS, '5m'),
    )
    .option('--no-watch', 'do not put it on trial')
    .option('--no-restart', 'leave the service alone: the new version runs, and is on trial, from its next start on')
    .option('--confirm', 'take the version on trial as it is, without a bundle')
    .addOption(new Option('--resume', 'watch the version on trial').hideHelp())
    .addOption(new Option('--requested <file>', 'only what the signed command in it says; takes it away').hideHelp())
    .addOption(prefix())
    .option('--json', 'one JSON object')
    .addHelpText('after', UPDATE_HELP)
    .action((bundle, options) =>
      perform(async () => {
        if (options.requested !== undefined) return (await import('../requested-update.js')).carryOutUpdate(options);
        const update = await import('../update.js');
        if (options.resume) return update.resumeTrial(options);
        if (options.confirm) return update.confirmTrial(options);
        return update.updateProgram(bundle, options);
      }),
    );
  program
    .command('rollback')
    .description('switch back to the version before the last update')
    .option('--no-restart', 'leave the service alone: the version before runs from its next start on')
    .addOption(prefix())
    .option('--json', 'one JSON object')
    .addOption(
      new Option('--requested <file>', 'only where the signed command in it says so; takes it away').hideHelp(),
    )
    .addOption(new Option('-c, --config <file>', 'whose keys and names --requested is checked against').hideHelp())
    .addHelpText(
      'after',
      '\nThe service is restarted with it. A version on trial ends that. A second rollback comes forth again.',
    )
    .action((options) =>
      perform(async () => {
        if (options.requested === undefined) return (await import('../update.js')).rollbackProgram(options);
        return (await import('../requested-rollback.js')).carryOutRequest(options);
      }),
    );
}
