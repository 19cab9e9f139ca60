import { type Command, Option } from 'commander';
import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { each } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
Asks the program that runs on this device, over its HTTP port; it also asks itself every optimization.everyS seconds. What is tried has its
verdict some minutes later: edge-optimizer trials shows it. To make a model faster is another command: models optimize.

Examples:
  edge-optimizer optimize --dry-run
  edge-optimizer optimize --strategy cache --json`;

/** `edge-optimizer optimize`. */
export function addOptimize(program: Command, perform: Perform): void {
  program
    .command('optimize')
    .description('have the running program look for something better now')
    .addOption(
      new Option('--strategy <name>', `only ask this one: ${OPTIMIZATIONS.join(', ')}; repeatable`).argParser(each),
    )
    .option('--dry-run', 'only say what would be tried')
    .option('-c, --config <file>', "the site's configuration file, for the port and the token of http")
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../ask-to-optimize.js')).askToOptimize(options)));
}
