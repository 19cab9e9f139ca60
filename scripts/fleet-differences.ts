import { parseArgs } from 'node:util';
import { fleetDifferences } from './fleet/fleet-differences.js';
import { readTruth } from './fleet/truth-file.js';

const USAGE = `node dist/scripts/fleet-differences.js --store fleet.sqlite --truth FILE [--in-time]

Compares what a collector keeps of a simulated fleet with what that did: every table, every message. Each difference is a line; 1 where
there are any.

  --store FILE   of the collector
  --truth FILE   that simulate-fleet.js wrote
  --in-time      it was simulated with --speed 1 and nothing was away: also when everything was, and the live values
`;

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    truth: { type: 'string' },
    'in-time': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const { store, truth } = values;
if (values.help || store === undefined || truth === undefined) {
  process.stderr.write(values.help ? USAGE : `--store and --truth are needed\n\n${USAGE}`);
  process.exit(values.help ? 0 : 2);
}
let found = 0;
for (const difference of fleetDifferences(store, readTruth(truth), values['in-time'])) {
  found++;
  process.stdout.write(`${difference}\n`);
}
process.stdout.write(found === 0 ? 'all is as it was\n' : `${found} differences\n`);
process.exitCode = found === 0 ? 0 : 1;
