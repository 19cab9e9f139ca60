import { type Command, Option } from 'commander';
import { StopSignals } from '../stop-signals.js';
import { each, MAX_TIMER_S, numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
Without --broker it is a broker itself, on this machine only: beside it, run --broker mqtt://127.0.0.1:1883 is a fleet of one. A device
hears that a message arrived once it is written. At a broker of yours it has a lasting session: what comes while it is away waits there.
How to log in comes from the configuration (mqtt) and from EDGE_MQTT_PASSWORD; the token of the API from EDGE_HTTP_TOKEN.

Examples:
  edge-optimizer collect
  edge-optimizer collect --broker mqtts://broker.example --config collector.yaml --store /var/lib/fleet/fleet.sqlite
  edge-optimizer collect --store postgres://fleet@db.example/fleet?sslmode=verify-full
  edge-optimizer collect --broker mqtts://broker.example --store postgres://fleet@db.example/fleet --share fleet --client-id collector-1
  edge-optimizer collect --duration 60 --json | tail -1`;

/** `edge-optimizer collect`. */
export function addCollect(program: Command, perform: Perform): void {
  program
    .command('collect')
    .description('receive what a fleet of devices sends, keep it, and prove that nothing is missing')
    .option('--broker <url>', 'embedded, or mqtt[s]://host[:port]; default: as configured, else embedded')
    .option('--broker-port <n>', 'port of the embedded broker, 0 a free one', numberArgument(0, 65_535, true))
    .option('--store <file|url>', 'where the fleet is kept: a file, or postgres://user@host/dbname', 'fleet.sqlite')
    .option('-c, --config <file>', 'configuration with mqtt and http: user, certificates, token')
    .option('--client-id <id>', 'of the session at the broker; one collector each', 'edge-collector')
    .option(
      '--share <name>',
      'one of several that share the load at one broker and one PostgreSQL; the same name for all',
    )
    .option('--topic <filter>', 'what is subscribed to; repeatable; default edge/#', each)
    .option('--host <address>', 'of the JSON API; beyond this machine a token is needed', '127.0.0.1')
    .option('--port <n>', 'of the JSON API, 0 a free one', numberArgument(0, 65_535, true), 9465)
    .option('--no-http', 'no JSON API')
    .option(
      '--key <file>',
      'private key that signs commands of fleet actions; or EDGE_COMMAND_KEY with its PEM; read at the start, kept nowhere',
    )
    .option('--desired <file>', 'configuration that groups of devices are to have; read again when it changes')
    .option('--tokens <file>', 'tokens of the JSON API with a name and a role each, as `fleet token` makes them')
    .option(
      '--max-devices <n>',
      'messages of further devices are quarantined',
      numberArgument(1, 1_000_000, true),
      20_000,
    )
    .option('--stale-after <s>', 'online and silent for so long is stale', numberArgument(1, MAX_TIMER_S), 1800)
    .option('--gone-after <d>', 'days of silence after which nobody waits', numberArgument(0.01, 3650), 7)
    .option('--audit-archive <folder>', 'entries of the audit older than --audit-days go into files there')
    .option('--audit-days <n>', 'days that they stay in the store; default 400', numberArgument(0.001, 36_500))
    .option('--keep <table=days>', 'how long rows of a table stay, as events=30; repeatable', each)
    .option(
      '--no-durable',
      'acknowledge what is written, not what is on the medium: faster, and a power cut may take the last seconds',
    )
    .option('--every <s>', 'a line on how it goes, every so many seconds', numberArgument(1, MAX_TIMER_S), 10)
    .option('--duration <s>', 'stop after so many seconds', numberArgument(0.1, MAX_TIMER_S))
    .option('--json', 'JSON lines on stdout, the last one a summary')
    .addOption(
      new Option('--log-level <level>', 'least important log line').choices([
        'silent',
        'error',
        'warn',
        'info',
        'debug',
      ]),
    )
    .addHelpText('after', HELP)
    .action((options) =>
      perform(
        async () => {
          const signals = new StopSignals();
          return (await import('../collect.js')).collect(options, signals);
        },
        { atOnce: true },
      ),
    );
}
