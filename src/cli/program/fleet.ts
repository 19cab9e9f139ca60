import { type Command, Option } from 'commander';
import { TOKEN_ROLES } from '../../foundation/viewer.js';
import { each, MAX_TIMER_S, numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const TOKEN_HELP = `
The token is printed once and stands nowhere else: the file has its SHA-256 alone. A collector reads the file when it starts.

Example:
  edge-optimizer fleet token ana --role operator --tokens fleet-tokens
  edge-optimizer collect --tokens fleet-tokens`;

const SEND_HELP = `
The collector signs the command with its --key, sends it to the devices that are there, and to the others when they come back, until
--within is over. A device does it once, however often it is sent. With --stage it goes to some devices first, and to the next once half
of these did it and were well for --watch; failures beyond --most-failures halt it until somebody resumes or aborts it.

Examples:
  edge-optimizer fleet send report --site demo
  edge-optimizer fleet send set output.logLevel=debug forS=600 --label canary --note 'why the queue grows'
  edge-optimizer fleet send rollback --runs 0.2.0 --stage 1 --stage 10% --watch 600 --most-failures 2

Exit codes: 0 every device did it; 1 some did not, or it was halted.`;

const UPDATE_HELP = `
The bundle is read here for its version and the digest of its list; devices fetch it from --url, check both signatures, that of the
command and that of the bundle, and have it on trial for --trial. Unless it is said otherwise one device has it first, then a tenth,
then half, then the rest, and each stage must be well for ten minutes. What is taken back by a device itself is a failure.

Example:
  edge-optimizer fleet update edge-inference-optimizer-0.2.0-linux-x64.tar.gz --url https://updates.example/ --key release.pub --board x86`;

/** `edge-optimizer fleet send | update | actions | action | audit | label | token`. */
export function addFleet(program: Command, perform: Perform): void {
  const fleet = program.command('fleet').description('a fleet of devices, by way of its collector');
  const atCollector = (command: Command): Command =>
    command
      .option('--collector <url>', 'where its JSON API is', 'http://127.0.0.1:9465')
      .option('--token-file <file>', 'token for it; default EDGE_FLEET_TOKEN, or the one beside --store')
      .option('--store <file>', 'of a collector on this machine', 'fleet.sqlite')
      .option('--json', 'JSON');
  withCare(
    withChoice(
      atCollector(
        fleet
          .command('send')
          .description('send a signed command to many devices, in stages, and collect what they answer')
          .argument('<command>', 'what is asked: report, set, …')
          .argument('[fields...]', 'the body: name=value, or JSON objects')
          .option('--body <json|name=value>', 'the same, repeatable', each),
      ),
    ),
  )
    .addHelpText('after', SEND_HELP)
    .action((command, fields, options) =>
      perform(async () => (await import('../fleet/actions.js')).sendToFleet(command, fields, options)),
    );
  withCare(
    withChoice(
      atCollector(
        fleet
          .command('update')
          .description('have devices install another version, in stages that go on only while those before are well')
          .argument('<bundle>', 'the .tar.gz, as it lies at --url')
          .requiredOption('--url <url>', 'where devices fetch it; one that ends in / gets the name of the bundle')
          .option('--key <file>', 'public key that signed the bundle; repeatable', each)
          .option('--trial <s>', 'how long each device watches the new version', numberArgument(20, 86_400, true), 300)
          .option('--allow-older', 'also where a later version runs'),
      ),
    ),
  )
    .addHelpText('after', UPDATE_HELP)
    .action((bundle, options) =>
      perform(async () => (await import('../fleet/update.js')).updateFleet(bundle, options)),
    );
  atCollector(
    fleet
      .command('drift')
      .description('which devices are not configured as --desired of the collector says, and in what'),
  )
    .option('--ask', 'first ask those of which it is unknown, and wait for their answers')
    .option('--apply', 'then set what a command can set, for 30 days, and wait for the answers')
    .option('--stage <size>', 'with --apply: so many devices, or 10%, before the others; repeatable', each)
    .option('--watch <s>', 'with --apply: for so long a device must be well afterwards', numberArgument(0, 604_800))
    .option('--within <s>', 'so long devices that are away are waited for', numberArgument(10, MAX_TIMER_S), 60)
    .option('--note <text>', 'why, for the audit')
    .addHelpText('after', '\nExit codes: 0 all are as desired; 1 some are not, or it is unknown.')
    .action((options) => perform(async () => (await import('../fleet/drift.js')).showDrift(options)));
  atCollector(fleet.command('actions').description('what was done with the fleet, newest first'))
    .option('--limit <n>', 'the last so many', numberArgument(1, 100, true), 20)
    .action((options) => perform(async () => (await import('../fleet/actions.js')).listActions(options)));
  atCollector(fleet.command('action').description('one action: how far each device is, and what it answered'))
    .argument('<id>')
    .option('--resume', 'one that was halted goes on: what failed by now was seen')
    .option('--abort', 'end it: whom it was not sent to is not sent to')
    .option('--wait', 'until it has ended or was halted')
    .action((id, options) => perform(async () => (await import('../fleet/actions.js')).showAction(id, options)));
  atCollector(
    fleet
      .command('audit')
      .description('who did what to the fleet; exit code 1 where an entry was changed or is missing'),
  )
    .option('--limit <n>', 'the last so many', numberArgument(1, 1_000_000, true), 50)
    .option('--verify <file>', 'with what was put away or exported before; repeatable', each)
    .option('--key <file>', 'public key that must have signed what says that entries were put away')
    .option('--export <file>', 'write all that the collector has there, a line of JSON each')
    .action((options) => perform(async () => (await import('../fleet/audit.js')).showAudit(options)));
  atCollector(
    fleet.command('label').description('give devices labels, by which they can be chosen; without devices lists them'),
  )
    .argument('[devices...]', 'SITE/DEVICE')
    .option('--add <label>', 'they get this one; repeatable', each)
    .option('--remove <label>', 'they lose this one; repeatable', each)
    .action((devices, options) =>
      perform(async () => (await import('../fleet/actions.js')).labelDevices(devices, options)),
    );
  fleet
    .command('token')
    .description("make a token for the collector's JSON API and pages")
    .argument('<name>', 'whose it is; it stands in the audit of actions')
    .addOption(new Option('--role <role>', 'what it may do').choices(TOKEN_ROLES).default('viewer'))
    .option('--tenant <id>', "a tenant's: it is shown the devices that tell under this tenant alone")
    .option('--tokens <file>', 'where its digest is added', 'fleet-tokens')
    .option('--json', 'one JSON object')
    .addHelpText('after', TOKEN_HELP)
    .action((name, options) =>
      perform(async () => (await import('../fleet/make-token.js')).makeFleetToken(name, options)),
    );
}

/** For whom. */
function withChoice(command: Command): Command {
  return command
    .option('--all', 'every device')
    .option('--device <site/device>', 'this one; repeatable', each)
    .option('--site <name>', 'of this site; repeatable', each)
    .option('--state <state>', 'online, stale, offline, gone or unknown; repeatable', each)
    .option('--runs <version>', 'with this version of the program; repeatable', each)
    .option('--model <name>', 'with this model; repeatable', each)
    .option('--board <text>', 'with this in the name of its board; repeatable', each)
    .option('--label <label>', 'with this label; repeatable', each)
    .option('--percent <n>', 'of those so many percent, chosen by the id of the action', numberArgument(0.1, 100));
}

/** How carefully. */
function withCare(command: Command): Command {
  return command
    .option('--stage <size>', 'so many devices, or 10%, before the others; repeatable', each)
    .option('--watch <s>', 'for so long a device must be well after it did it', numberArgument(0, 604_800))
    .option('--outcome <s>', 'so long a device may take that has begun', numberArgument(30, 86_400))
    .option(
      '--within <s>',
      'so long devices that are away are waited for; default a day',
      numberArgument(10, MAX_TIMER_S),
    )
    .option(
      '--most-failures <n>',
      'more halt it; default with --stage none, else any number',
      numberArgument(0, 20_000, true),
    )
    .option('--per-second <n>', 'messages a second', numberArgument(0.01, 50))
    .option('--note <text>', 'why, for the audit')
    .option('--id <id>', 'asked for again under the same id, it is begun once')
    .option('--dry-run', 'only say whom it is for')
    .option('--no-wait', 'do not wait until it has ended');
}
