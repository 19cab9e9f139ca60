import type { Command } from 'commander';
import type { Perform } from './perform.js';

const CLEAR_HELP = `
Without --yes nothing is cleared. Only topics of this one device are read and cleared, and none while it is online, unless --force
says so. The broker and how to log in come from the configuration; the user must be allowed to read and write the device's
topics.`;

/** `edge-optimizer mqtt clear`. */
export function addMqtt(program: Command, perform: Perform): void {
  program
    .command('mqtt')
    .description('look after what the broker keeps')
    .command('clear')
    .description('list, and with --yes clear, what the broker retains of a device or camera that is gone')
    .requiredOption('--device <name>', 'device name in MQTT topics')
    .option('--camera <id>', 'only what belongs to this camera of the device')
    .option('--site <name>', 'site name in MQTT topics; default: as configured')
    .option('-c, --config <file>', "the site's configuration file: broker, user, certificates")
    .option('--broker <url>', 'mqtt[s]://host[:port], or embedded')
    .option('--dry-run', 'only list, whatever else is said')
    .option('--yes', 'clear what is listed')
    .option('--force', 'also where the device is online')
    .option('--json', 'one JSON object')
    .addHelpText('after', CLEAR_HELP)
    .action((options) => perform(async () => (await import('../mqtt.js')).clearRetained(options)));
}
