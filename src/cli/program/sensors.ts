import type { Command } from 'commander';
import type { Perform } from './perform.js';

const HELP = `
--record takes what the program reads of this machine, and what lies around it in sysfs, for whoever is to find out why a board
tells nothing: files of thermal zones, hwmon, devfreq, graphics cards, power counters, clocks, control groups, and what board it is.
Serial numbers, MAC addresses and long ids are masked; nothing of processes, their command lines and environment, of the network or of
the disks is in it. RECORD.json in it lists what was left out. It is small: some hundred files.

Examples:
  edge-optimizer sensors
  edge-optimizer sensors --watch --json
  edge-optimizer sensors --record board.tar.gz
  edge-optimizer sensors --root board.tar.gz`;

/** `edge-optimizer sensors`. */
export function addSensors(program: Command, perform: Perform): void {
  program
    .command('sensors')
    .description(
      'what this machine tells of its heat, power, clocks, load and throttling, from where, and why something is missing',
    )
    .option('--watch', 'again every second, until it is stopped')
    .option('--json', 'one JSON object; with --watch one a line')
    .option('--record <file.tar.gz>', 'write what it is read from into an archive to send')
    .option('--root <folder|file.tar.gz>', 'read a recorded machine instead of this one')
    .option('--force', 'replace what has the name of the recording')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../sensors.js')).sensors(options)));
}
