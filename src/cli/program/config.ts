import type { Command } from 'commander';
import type { Perform } from './perform.js';

const CHECK_HELP = `
Model, variant, classes, cameras, files, folders, programs and ports are resolved as run would, but no camera is opened
and no process started: what only that can tell is listed as not tried. Problems with which run would start all the same,
without a camera or previews for instance, say so; they are exit code 2 too.`;

/** `edge-optimizer config check | show`. */
export function addConfig(program: Command, perform: Perform): void {
  const config = program.command('config').description('check and show the configuration');
  config
    .command('check <file>')
    .description('report every problem that a start with this file would have; exit code 2 if there is one')
    .option('--board <name>', 'check it for this board')
    .option('--no-files', 'it is for another machine: leave out its files, folders, programs, ports and processor')
    .option('--json', 'one JSON object')
    .addHelpText('after', CHECK_HELP)
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
