import { parseArgs } from 'node:util';
import { ASSUMPTIONS, type Assumed, type AssumptionName, assumed } from './capacity/assumptions.js';
import { fleetLoad } from './capacity/fleet-load.js';
import { type MessageKind, messageKinds } from './capacity/message-kinds.js';
import { sheet } from './capacity/sheet.js';

/*
 * What a fleet of N devices asks of its brokers, collectors and store, from the messages that a device was measured to send
 * (docs/fleet.md). Every number that was not measured is a flag.
 */

const names = Object.keys(ASSUMPTIONS) as AssumptionName[];

const USAGE = `node dist/scripts/capacity.js [options]

Messages, bytes, rows, nodes and cost of fleets, from the messages that a device sends in a day.

  --devices N,…              default 100,10000,1000000
  --vehicles N               a day on the road of each camera: 1000, 17000 (default) or 60000
  --wire FILE                a count by npm run -s bench -- wire; default: the published one
  --json                     the sheet as one JSON object
  --help

What it assumes, each to be replaced by what is known better:
${names.map((name) => `  --${`${name} N`.padEnd(24)} ${ASSUMPTIONS[name].value} ${ASSUMPTIONS[name].unit}: ${ASSUMPTIONS[name].what}`).join('\n')}
`;

const PUBLISHED = 'bench/results/wire.json';

try {
  const { devices, kinds, numbers, isJson } = asked();
  const loads = devices.map((count) => fleetLoad(count, kinds, numbers));
  process.stdout.write(isJson ? `${JSON.stringify({ assumed: numbers, kinds, loads })}\n` : sheet(kinds, loads));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(2);
}

interface Asked {
  readonly devices: readonly number[];
  readonly kinds: readonly MessageKind[];
  readonly numbers: Assumed;
  readonly isJson: boolean;
}

/** @throws Error naming the flag that is wrong */
function asked(): Asked {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '100,10000,1000000' },
      vehicles: { type: 'string', default: '17000' },
      wire: { type: 'string', default: PUBLISHED },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const { json, help, ...given } = values;
  if (help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const text: Readonly<Record<string, string | undefined>> = given;
  const numbers = assumed();
  for (const name of names) if (text[name] !== undefined) numbers[name] = above0(name, text[name]);
  return {
    devices: given.devices.split(',').map((count) => above0('devices', count)),
    kinds: messageKinds(given.wire, above0('vehicles', given.vehicles)),
    numbers,
    isJson: json,
  };
}

function above0(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${flag}: expected a number above 0, got ${text === '' ? 'nothing' : text}`);
}
