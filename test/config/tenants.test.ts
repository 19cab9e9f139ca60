import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../src/config/load.js';
import { camerasOf, sharesOf, tenantConfig, tenantOfCamera } from '../../src/config/tenants.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('tenants');
const TOKEN = 'a-token-of-the-device';
const folder = temporaryFolder('tenants');
writeFileSync(join(folder, 'password'), 'of-the-harbour\n', { mode: 0o600 });
writeFileSync(join(folder, 'token'), 'a-token-of-the-harbour\n', { mode: 0o600 });
writeFileSync(join(folder, 'same'), `${TOKEN}\n`, { mode: 0o600 });

function read(text: string, env: Record<string, string> = { EDGE_HTTP_TOKEN: TOKEN }) {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, `board: none\n${text}`);
  return readConfig({ file, env });
}

/** Without the place in the file. */
const problemsOf = (text: string, env?: Record<string, string>) =>
  read(text, env).problems.map((problem) => problem.replace(/ \((file|tenants|EDGE_)[^)]*\)/g, ''));

const CAMERAS = `cameras:
  - { id: quay, url: 'sim://road', tenant: harbour }
  - { id: gate, url: 'sim://road' }
`;

test('a tenant has the device’s values but for those that it says itself', () => {
  const { config } = read(`site: north
publish: { dailyBytes: 700000, trafficIntervalMin: 1 }
schedule: { share: 3 }
tenants:
  - { id: harbour, share: 2, publish: { dailyBytes: 5000 }, history: { keep1hDays: 30 }, outbox: { maxMiB: 16 } }
${CAMERAS}`).loaded!;
  const own = tenantConfig(config, config.tenants[0]!);
  assert.is(own.site, 'harbour');
  assert.equal(
    own.cameras.map(({ id }) => id),
    ['quay'],
  );
  assert.is(own.publish.dailyBytes, 5000);
  assert.is(own.publish.trafficIntervalMin, 1);
  assert.is(own.history.keep1hDays, 30);
  assert.is(own.history.keep10sDays, 2);
  assert.is(own.outbox.maxMiB, 16);
  assert.is(own.http.token, undefined);
  assert.equal(own.tenants, []);
  assert.equal(
    [...sharesOf(config)],
    [
      [null, 3],
      ['harbour', 2],
    ],
  );
  assert.equal(
    camerasOf(config, null).map(({ id }) => id),
    ['gate'],
  );
  assert.is(tenantOfCamera(config, 'quay'), 'harbour');
  assert.is(tenantOfCamera(config, 'handed-in'), null);
});

test('the device’s credentials do not go to a broker or a user of a tenant', () => {
  const device = `mqtt: { broker: 'mqtts://device.example', username: device, clientId: cabinet-7, keepaliveS: 60 }\n`;
  const env = { EDGE_HTTP_TOKEN: TOKEN, EDGE_MQTT_PASSWORD: 'of-the-device' };
  const mqttOf = (mqtt: string) => {
    const { config } = read(`${device}tenants: [{ id: harbour, mqtt: ${mqtt} }]\n`, env).loaded!;
    return tenantConfig(config, config.tenants[0]!).mqtt;
  };
  const other = mqttOf("{ broker: 'mqtts://harbour.example' }");
  assert.is(other.broker, 'mqtts://harbour.example');
  assert.is(other.username, undefined);
  assert.is(other.password, undefined);
  assert.is(other.clientId, undefined);
  assert.is(other.keepaliveS, 60);

  const user = mqttOf('{ username: quay, passwordFile: password }');
  assert.is(user.broker, 'mqtts://device.example');
  assert.is(user.password, 'of-the-harbour');

  const shared = mqttOf('{}');
  assert.is(shared.username, 'device');
  assert.is(shared.password, 'of-the-device');
  assert.is(shared.clientId, undefined);
});

test('two tenants have neither a name nor topics in common', () => {
  assert.equal(problemsOf('tenants: [{ id: a }, { id: a }]\n'), [
    'tenants.0.id and tenants.1.id: expected different ids, got "a" twice',
  ]);
  assert.equal(problemsOf('site: north\ntenants: [{ id: north }]\n'), [
    'site and tenants.0.id: expected topics of its own for each, got "north" twice',
  ]);
  assert.equal(problemsOf('tenants: [{ id: a, site: b }, { id: b }]\n'), [
    'tenants.0.site and tenants.1.id: expected topics of its own for each, got "b" twice',
  ]);
});

test('tenants whose folders some file systems take for one are refused', () => {
  assert.equal(problemsOf('tenants: [{ id: Harbour }, { id: airport }, { id: harbour, site: other }]\n'), [
    'tenants.0.id and tenants.2.id: expected ids that differ in more than upper and lower case, got "Harbour" and "harbour"',
  ]);
});

test('two connections to one broker do not have the same client id', () => {
  const of = (device: string, ...tenants: string[]) =>
    problemsOf(
      `site: north\ndevice: cab\nmqtt: { broker: 'mqtt://a.example'${device} }\ntenants:\n${tenants
        .map((mqtt, index) => `  - { id: t${index}, mqtt: {${mqtt}} }\n`)
        .join('')}`,
    );
  assert.equal(of('', 'clientId: one', 'clientId: one'), [
    'tenants.0.mqtt.clientId and tenants.1.mqtt.clientId: expected different ids at one broker, got "one" twice',
  ]);
  assert.equal(of('', 'clientId: edge-north-cab'), [
    'mqtt.clientId and tenants.0.mqtt.clientId: expected different ids at one broker, got "edge-north-cab" twice',
  ]);
  assert.equal(of(', clientId: edge-t0-cab', ''), [
    'mqtt.clientId and tenants.0.mqtt.clientId: expected different ids at one broker, got "edge-t0-cab" twice',
  ]);
  assert.equal(of(', clientId: one', "broker: 'mqtt://b.example', clientId: one", 'broker: off, clientId: one'), []);
  assert.equal(of(', clientId: one', '', ''), []);
});

test('a camera of a tenant that is not there is told with the name that was meant', () => {
  assert.equal(problemsOf(`tenants: [{ id: harbor }]\n${CAMERAS}`), [
    'cameras.0.tenant: expected one of the ids in tenants, got "harbour", did you mean harbor?',
  ]);
  assert.equal(problemsOf(CAMERAS), [
    'cameras.0.tenant: expected one of the ids in tenants, got "harbour"; there are no tenants',
  ]);
});

test('where there are tenants, HTTP asks for a token, one for each', () => {
  assert.equal(problemsOf('tenants: [{ id: a }]\n', {}), [
    'http.token and tenants: expected a token from EDGE_HTTP_TOKEN or http.tokenFile where there are tenants, or http.enabled false, got neither',
  ]);
  assert.equal(problemsOf('http: { enabled: false }\ntenants: [{ id: a }]\n', {}), []);
  assert.equal(problemsOf('tenants: [{ id: a, http: { tokenFile: same } }]\n'), [
    'http.token and tenants.0.http.token: expected different tokens, got the same twice',
  ]);
  const { config } = read('tenants: [{ id: a, http: { tokenFile: token } }]\n').loaded!;
  assert.is(tenantConfig(config, config.tenants[0]!).http.token, 'a-token-of-the-harbour');
});

test('what a tenant says of its broker is checked as the device’s own', () => {
  const open = problemsOf("tenants: [{ id: a, mqtt: { broker: embedded } }, { id: b, mqtt: { password: 'x' } }]\n");
  assert.ok(
    open.some((problem) => problem.startsWith('tenants.0.mqtt.broker: expected off or an address, got embedded')),
  );
  assert.ok(open.some((problem) => problem.startsWith('tenants.1.mqtt.password: expected no secret here')));
  assert.equal(problemsOf('tenants: [{ id: a, mqtt: { certFile: password } }]\n'), [
    'tenants.0.mqtt.certFile and tenants.0.mqtt.keyFile: expected both or neither, got only certFile',
  ]);
});

test('two tokens whose files cannot be read are not taken for the same', () => {
  const text =
    'http: { tokenFile: nowhere }\ntenants: [{ id: a, http: { tokenFile: none } }, { id: b, http: { tokenFile: none } }]\n';
  const missing = problemsOf(text, {}).map((problem) => problem.replace(folder, ''));
  assert.equal(missing, [
    'http.tokenFile: no such file: /nowhere',
    'tenants.0.http.tokenFile: no such file: /none',
    'tenants.1.http.tokenFile: no such file: /none',
  ]);
});

test.run();
