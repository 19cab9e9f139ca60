import type { Command } from 'commander';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
For the health check of a container, for a supervisor without systemd, for a script. It asks the program that keeps its data in the
same store.dir, through a socket in there, with HTTP or without. Healthy is a program that answers frames, or has none to answer: a
camera or broker that is away is no reason, frames that get no answer for three minutes are. While it starts, it is not healthy yet.

Exit codes: 0 healthy; 1 not, or none runs.

Examples:
  edge-optimizer health --config /etc/edge-optimizer/site.yaml
  edge-optimizer health --json`;

/** `edge-optimizer health`. */
export function addHealth(program: Command, perform: Perform): void {
  program
    .command('health')
    .description('ask the running program whether it does its work')
    .option('-c, --config <file>', "the site's configuration file, for its store.dir; default: the installed one")
    .option('--timeout <s>', 'how long an answer is waited for', numberArgument(0.1, 600), 5)
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../health.js')).health(options), { atOnce: true }));
}
