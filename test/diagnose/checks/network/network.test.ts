import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../../src/config/config.js';
import type { Check, Patient } from '../../../../src/diagnose/check.js';
import { networkLinks } from '../../../../src/diagnose/checks/network/links.js';
import { proxyVariables } from '../../../../src/diagnose/checks/network/proxy.js';
import { wayOut } from '../../../../src/diagnose/checks/network/way-out.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { temporaryFolder } from '../../../temporary.js';
import { patientOf } from '../broker/broken-brokers.js';

const test = suite('network');
const folder = temporaryFolder('network');

function tree(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return join(folder, name);
}

/** A machine with one link, two days up. */
const linked = (name: string, files: Readonly<Record<string, string>>): string =>
  tree(name, {
    'proc/uptime': '172800.00 1.00\n',
    ...Object.fromEntries(
      Object.entries({
        'device/vendor': 'x',
        operstate: 'up',
        speed: '1000',
        duplex: 'full',
        mtu: '1500',
        ...files,
      }).map(([file, text]) => [`sys/class/net/eth0/${file}`, `${text}\n`]),
    ),
  });

const BROKER = { broker: 'mqtts://broker.example' };

async function seen(check: Check, rest: Partial<Patient>) {
  const findings = await check.run(patientOf(BROKER, rest), new AbortController().signal);
  return findings.map(({ condition, code }) => `${condition} ${code}`);
}

test('a whole link is fine; one that is down, broken, slow, half duplex, small or unsteady is named', async () => {
  const of = (name: string, files: Readonly<Record<string, string>>) =>
    seen(networkLinks(), { root: linked(name, files) });
  assert.equal(await of('whole', { carrier_changes: '2', 'statistics/rx_errors': '3' }), ['fine links-fine']);
  assert.equal(await of('down', { operstate: 'down' }), ['degraded links-down']);
  assert.equal(await of('broken', { 'statistics/rx_errors': '500', 'statistics/rx_packets': '100000' }), [
    'degraded link-errors',
  ]);
  assert.equal(await of('slow', { speed: '10', duplex: 'half' }), ['degraded link-half-duplex', 'degraded link-slow']);
  assert.equal(await of('small', { mtu: '576' }), ['degraded link-mtu']);
  assert.equal(await of('unsteady', { carrier_changes: '300' }), ['degraded link-comes-and-goes']);
  assert.equal(await seen(networkLinks(), { root: tree('container', { 'proc/uptime': '1 1' }) }), []);
});

test('broken packets are told with their interface and what to exchange', async () => {
  const root = linked('told', { 'statistics/rx_errors': '500', 'statistics/rx_packets': '100000' });
  const [finding] = await networkLinks().run(patientOf(BROKER, { root }), new AbortController().signal);
  assert.equal([finding?.subject, finding?.values], ['eth0', { name: 'eth0', errors: 500, packets: 100000 }]);
  assert.is(
    findingText(finding!, LANGUAGES.en).remedy,
    'Exchange the cable of eth0, then its port at the switch; whether it helped: ip -s link show eth0',
  );
});

test('a broker with a name needs a name server and a default route', async () => {
  const HEAD = 'Iface\tDestination\tGateway\n';
  const resolver = 'nameserver 192.0.2.53\n';
  const whole = tree('out', { 'etc/resolv.conf': resolver, 'proc/net/route': `${HEAD}eth0\t00000000\t010200C0\n` });
  assert.equal(await seen(wayOut(), { root: whole }), ['fine way-out-fine']);
  const none = tree('none', { 'etc/resolv.conf': '# none\n', 'proc/net/route': `${HEAD}eth0\t000200C0\t00000000\n` });
  assert.equal(await seen(wayOut(), { root: none }), ['degraded no-name-server', 'degraded no-default-route']);
});

test('a proxy before a camera over HTTP is named, unless it is exempt', async () => {
  const camera = { id: 'north', url: 'http://user:pw@cam.example/video' };
  const config = configSchema.parse({ site: 'site1', device: 'dev1', cameras: [camera] });
  const env = { http_proxy: 'http://proxy.example:3128' };
  assert.equal(await seen(proxyVariables(), { config, env }), ['degraded proxy-before-camera']);
  assert.equal(await seen(proxyVariables(), { config, env: { ...env, no_proxy: 'localhost,.example' } }), []);
  assert.equal(await seen(proxyVariables(), { config, env: {} }), []);
});

test.run();
