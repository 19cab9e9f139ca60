import type { Command } from 'commander';
import { each, numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const KEYGEN_HELP = `
The private key is for whoever sends commands or makes bundles, and for nobody else. Its public half, FILE.pub beside it and printed,
goes to every device: into its configuration, or to --key of an installation. A file that is there is never overwritten.`;

const SEND_EXAMPLES = `
Examples:
  edge-optimizer command send ping --device cabinet7 --broker mqtts://broker.example
  edge-optimizer command send snapshot camera=north --device cabinet7 --key command-key.pem --config site.yaml --out north.jpg
  edge-optimizer command send set output.logLevel=debug forS=600 --device cabinet7 --key command-key.pem --config site.yaml
  edge-optimizer command send diagnose --device cabinet7 --key command-key.pem --config site.yaml --timeout 90 --bundle cabinet7.tar.gz
  edge-optimizer command send invalidate --body '{"tags":["camera:north"]}' --all-devices --key command-key.pem --config site.yaml

The broker and how to log in come from the configuration. Exit codes: 0 done; 1 no answer in time, or it failed; 2 refused for good.`;

/** `edge-optimizer command keygen | send | log`. */
export function addCommand(program: Command, perform: Perform): void {
  const command = program
    .command('command')
    .description('command devices over MQTT: make keys, send, see what was done');
  command
    .command('keygen')
    .description('make a key that signs commands and bundles')
    .option('--out <file>', 'where the private key goes', 'command-key.pem')
    .option('--json', 'one JSON object')
    .addHelpText('after', KEYGEN_HELP)
    .action((options) => perform(async () => (await import('../command-keygen.js')).keygen(options)));
  command
    .command('send')
    .description('sign a command, send it and wait for its result')
    .argument('<name>', 'what is asked: ping, snapshot, set, …')
    .argument('[fields...]', 'the body: name=value, or JSON objects')
    .option('--body <json|name=value>', 'the same, repeatable', each)
    .option('--device <name>', 'device name in MQTT topics; default: as configured')
    .option('--all-devices', 'every device of the site; answers are awaited for all of --timeout')
    .option('--site <name>', 'site name in MQTT topics; default: as configured')
    .option('--key <file>', 'private key that signs it; ping and rebirth need none')
    .option('-c, --config <file>', "the site's configuration file: broker, user, certificates")
    .option('--broker <url>', 'mqtt[s]://host[:port], or embedded')
    .option('--id <id>', 'the same id again gives the stored result; default: a new one')
    .option('--timeout <s>', 'how long the result is waited for', numberArgument(0.1, 600), 15)
    .option('--valid-for <s>', 'how long the device may obey it', numberArgument(1, 3600), 60)
    .option(
      '--out <file>',
      'where the picture of a snapshot goes; with --all-devices the name of each device is put before the ending',
    )
    .option('--bundle <file>', 'with diagnose: also fetch a bundle of what the device knows, part by part')
    .option('--json', 'the result as it came')
    .addHelpText('after', SEND_EXAMPLES)
    .action((name, fields, options) =>
      perform(async () => (await import('../command-send.js')).send(name, fields, options)),
    );
  command
    .command('log')
    .description('what was commanded on this device: when, by which key, what, and what became of it')
    .option('-c, --config <file>', "the site's configuration file, for its store.dir")
    .option('--file <history.db>', 'a history.db from elsewhere, a backup for one')
    .option('--limit <n>', 'the last so many', numberArgument(1, 100_000, true), 50)
    .option('--json', 'one JSON object per command')
    .action((options) => perform(async () => (await import('../command-log.js')).showLog(options)));
}
