import type { Command } from 'commander';
import type { Perform } from './perform.js';

const HELP = `
The address has the token in it that changes need; the page takes it out of the address at once, and keeps it as long as its tab is open.
Whoever has it may change how the device works: it is for whoever asked. --open keeps it out of the list of processes.

From another computer: ssh -L 9464:127.0.0.1:9464 DEVICE, then open the address there.

Examples:
  edge-optimizer dashboard --config /etc/edge-optimizer/site.yaml
  edge-optimizer dashboard --open`;

/** `edge-optimizer dashboard`. */
export function addDashboard(program: Command, perform: Perform): void {
  program
    .command('dashboard')
    .description('say where the pages of the running program are, and open them')
    .option('-c, --config <file>', "the site's configuration file; default: the installed one")
    .option('--open', 'open them in the browser of this machine')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../show-dashboard.js')).showDashboard(options)));
}
