import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CollectFlags, collect } from '../../src/cli/collect.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer, jsonLines } from './command-line.js';

const folder = temporaryFolder('cli-collect');

test('it starts, says where it is, and sums up', async () => {
  const places = ['--store', join(folder, 'fleet.sqlite'), '--broker-port', '0', '--port', '0'];
  const { code, stdout } = await edgeOptimizer(['collect', ...places, '--duration', '0.2', '--json']);
  assert.is(code, 0);
  const lines = jsonLines(stdout);
  assert.equal([lines[0]!['type'], lines.at(-1)!['type']], ['started', 'summary']);
  assert.match(String(lines[0]!['broker']), /^mqtt:\/\/127\.0\.0\.1:\d+$/);
  assert.is((lines.at(-1)!['counts'] as { received: number }).received, 0);
});

test('what cannot be used is told with what to do', async () => {
  const usable: CollectFlags = {
    store: join(folder, 'wrong.sqlite'),
    brokerPort: 0,
    clientId: 'x',
    host: '127.0.0.1',
    port: 0,
    http: true,
    maxDevices: 10,
    staleAfter: 1800,
    goneAfter: 7,
    durable: false,
    every: 10,
    logLevel: 'silent',
  };
  const wrong: readonly [Partial<CollectFlags>, RegExp][] = [
    [{ keep: ['evnts=3'] }, /--keep: expected one of events, .*got evnts=3/],
    [{ keep: ['events=0'] }, /--keep: expected/],
    [{ broker: 'off' }, /--broker: expected embedded or an address, got off/],
    [{ broker: 'nonsense' }, /mqtt\.broker: expected off, embedded, or an address/],
    [{ clientId: 'a b' }, /--client-id: expected 1 to 128 visible/],
    [{ host: '0.0.0.0' }, /set http\.tokenFile or EDGE_HTTP_TOKEN/],
  ];
  for (const [flags, told] of wrong) {
    await collect({ ...usable, ...flags }).then(
      () => assert.unreachable(JSON.stringify(flags)),
      (error: Error) => {
        assert.instance(error, ConfigError);
        assert.match(error.message, told);
      },
    );
  }
});

test.run();
