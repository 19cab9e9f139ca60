import type { Command } from 'commander';
import type { Perform } from './perform.js';

const CHECK_HELP = `
Model, variant, classes, cameras, files, folders, programs and ports are resolved as run would, but no camera is opened
and no process started: what only that can tell is listed as not tried. Problems with which run would start all the same,
without a camera or previews for instance, say so; they are exit code 2 too.`;

const INIT_HELP = `
Asks on this terminal, and proposes cameras of this machine (V4L2) and of the network (ONVIF). A file of answers is YAML or JSON:

  site: station-road
  device: cabinet-1            # default: host name and a hash of the machine's id, unique among clones of one image
  cameras:                     # or found: those on this machine
    - { id: north, url: "rtsp://user:password@192.0.2.10/stream2" }
  broker: mqtts://broker.example.org
  username: cabinet-1
  password: "..."
  storeDir: /var/lib/edge-optimizer

Passwords, and addresses with one, get files of their own beside the configuration (mode 0600). Nothing is ever overwritten.`;

/** `edge-optimizer config init | check | show`. */
export function addConfig(program: Command, perform: Perform): void {
  const config = program.command('config').description('make, check and show the configuration');
  config
    .command('init')
    .description("make a site's configuration from answers")
    .option('--answers <file>', 'a file that has them, instead of asking')
    .option('--out <file>', 'where it goes; what is there is never overwritten', 'site.yaml')
    .option('--store-dir <folder>', 'where the program keeps what survives a restart, unless the answers say so')
    .option('--no-discovery', 'do not ask the network for cameras')
    .option('--json', 'one JSON object; needs --answers')
    .addHelpText('after', INIT_HELP)
    .action((options) => perform(async () => (await import('../config-init.js')).initConfig(options)));
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
