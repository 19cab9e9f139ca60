import { type Command, Option } from 'commander';
import { StopSignals } from '../stop-signals.js';
import { each, MAX_TIMER_S, numberArgument } from './argument.js';
import { TLS_CA_FILE, TLS_FINGERPRINT } from './certificate-options.js';
import type { Perform } from './perform.js';

/** `edge-optimizer run`. */
export function addRun(program: Command, perform: Perform): void {
  program
    .command('run')
    .description('watch cameras, detect vehicles, publish')
    .option('-s, --source <url>', 'camera, file, images:DIR or sim://road?traffic=mixed; repeatable', each)
    .option('-c, --config <file>', "the site's configuration file")
    .option('--site <name>', 'site name in MQTT topics')
    .option('--device <name>', 'device name in MQTT topics')
    .option('--board <name>', 'device-config/<board>.yaml to use; auto recognises it')
    .option('--broker <url>', 'off, embedded, or mqtt[s]://host[:port]')
    .option('--model <name>', 'model to detect with')
    .option('--variant <id>', "one of the model's variants")
    .option('--threads <n>', 'intra-op threads per session', numberArgument(1, 64, true))
    .option('--workers <n>', 'detector processes', numberArgument(1, 16, true))
    .addOption(
      new Option('--pace <pace>', 'files and sim://: at their own rate, or as fast as they are answered').choices([
        'realtime',
        'fast',
      ]),
    )
    .option('--loop', 'start files again when they end')
    .option('--max-fps <n>', 'take at most so many frames a second', numberArgument(0.01, 120))
    .addOption(TLS_FINGERPRINT)
    .addOption(TLS_CA_FILE)
    .option('--duration <s>', 'stop after so many seconds of serving', numberArgument(0.1, MAX_TIMER_S))
    .option('--frames <n>', 'stop after so many answered frames', numberArgument(1, 1e12, true))
    .option('--json', 'JSON lines on stdout, the last one a summary')
    .option('--results <file.jsonl>', 'append one JSON line per answered frame')
    .option(
      '--results-max-mb <n>',
      'MiB of that file and the four older ones together',
      numberArgument(1, 2 ** 20, true),
    )
    .option('--preview <file.jpg>', 'keep the latest annotated frame here; {camera} becomes the camera id')
    .option('--no-http', 'do not serve /metrics, /healthz and /readyz')
    .addOption(
      new Option('--log-level <level>', 'least important log line').choices([
        'silent',
        'error',
        'warn',
        'info',
        'debug',
      ]),
    )
    .action((options) =>
      perform(async () => {
        // before the import, which takes a moment
        const signals = new StopSignals();
        return (await import('../run.js')).run(options, signals);
      }),
    );
}
