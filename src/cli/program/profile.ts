import type { Command } from 'commander';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const PROFILE_EXAMPLES = `
Examples:
  edge-optimizer profile --budget 5m
  edge-optimizer profile --model roadside-n --variants fp32-416x256,int8-416x256 --threads 1,2
  edge-optimizer profile --show --json

Kept under a fingerprint of this device; a later call goes on where this one stopped. Ctrl-C leaves a valid partial profile.`;

/** `edge-optimizer profile`. */
export function addProfile(program: Command, perform: Perform): void {
  program
    .command('profile')
    .description("measure how a model's variants run on this device: threads, batch, workers, provider")
    .option('-c, --config <file>', "the site's configuration file: its model and detector settings")
    .option('--model <name>', 'model to measure')
    .option('--variants <ids>', 'variants to measure, comma-separated; default: all')
    .option('--providers <names>', 'execution providers to try; default: those configured')
    .option('--threads <counts>', 'intra-op threads to try, e.g. 1,2,4; default: up to the cores')
    .option('--batch <sizes>', 'batch sizes to try')
    .option('--workers <counts>', 'detector processes to try')
    .option('--budget <time>', 'stop after so long: 90s, 5m, 1h; what was measured stays')
    .option('--rounds <n>', 'windows per configuration', numberArgument(1, 100, true))
    .option('--window <ms>', 'length of a window', numberArgument(10, 60_000))
    .option('--brute-force', 'measure every configuration instead of searching')
    .option('--fresh', 'measure again what is known already')
    .option('--show', 'only print what is stored')
    .option('--json', 'one JSON object')
    .addHelpText('after', PROFILE_EXAMPLES)
    .action((options) => perform(async () => (await import('../profile/profile.js')).profile(options)));
}
