import type { Command } from 'commander';
import type { Perform } from './perform.js';

/** `edge-optimizer config check | show`. */
export function addConfig(program: Command, perform: Perform): void {
  const config = program.command('config').description('check and show the configuration');
  config
    .command('check <file>')
    .description('report every problem of a configuration file; exit code 2 if there is one')
    .option('--board <name>', 'check it for this board')
    .option('--json', 'one JSON object')
    .action((file: string, options) =>
      perform(async () => (await import('../config.js')).checkConfig({ file, ...options })),
    );
  config
    .command('show')
    .description('print the effective values and where each came from')
    .option('-c, --config <file>', "the site's configuration file")
    .option('--board <name>', 'device-config/<board>.yaml to use; auto recognises it')
    .option('--changed', 'only values that differ from the defaults')
    .option('--json', 'one JSON object')
    .action((options) => perform(async () => (await import('../config.js')).showConfig(options)));
}
