import type { Command } from 'commander';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

interface DetectorCheckOptions {
  readonly config?: string;
  readonly model?: string;
  readonly variant?: string;
  readonly batch?: number;
  readonly json?: boolean;
}

/** `edge-optimizer detector check`. */
export function addDetector(program: Command, perform: Perform): void {
  program
    .command('detector')
    .description('work with detector workers')
    .command('check')
    .description(
      'run any worker through the conformance test of the worker protocol: detector check -- python3 my_worker.py',
    )
    .argument('[command...]', 'the worker and its arguments; default: the built-in worker')
    .option('--json', 'one JSON object')
    .option('-c, --config <file>', "the site's configuration file: its model and detector settings")
    .option('--model <name>', 'model that the worker is asked to load')
    .option('--variant <id>', "one of the model's variants")
    .option(
      '--batch <n>',
      'check batches of so many pictures too, if the model takes them',
      numberArgument(2, 64, true),
    )
    .action((command: string[], options: DetectorCheckOptions) =>
      perform(async () => {
        const { checkDetector, requestToCheck } = await import('../detector.js');
        return checkDetector(command, { ...options, request: await requestToCheck(options) });
      }),
    );
}
