import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Attributes, type BrokerRights, emqxRights, mosquittoRights } from './broker-rights.js';
import { documentedTopics } from './documented-topics.js';
import { hoconBlocks } from './hocon-blocks.js';

const test = suite('the configuration of EMQX');

interface Listener {
  readonly enable?: boolean;
  readonly enable_authn: boolean;
  readonly ssl_options: Readonly<Record<string, unknown>>;
}
interface Emqx {
  readonly mqtt: {
    readonly max_packet_size: string;
    readonly peer_cert_as_username: string;
    readonly client_attrs_init: readonly { readonly set_as_attr: string; readonly expression: string }[];
  };
  readonly listeners: Readonly<Record<string, Readonly<Record<string, Listener>>>>;
  readonly authentication: readonly unknown[];
  readonly authorization: { readonly no_match: string; readonly sources: readonly { readonly path: string }[] };
}

const emqx = hoconBlocks('docs/fleet/emqx.conf') as unknown as Emqx;
const rules = readFileSync('docs/fleet/emqx-acl.conf', 'utf8');
const mosquittoLines = readFileSync('scripts/mosquitto/acl', 'utf8');

/** As EMQX evaluates the expressions of the file: no match is no attribute. */
function attributesOf(user: string): Attributes {
  const attributes: Record<string, string> = {};
  for (const { set_as_attr: name, expression } of emqx.mqtt.client_attrs_init) {
    const [, nth, pattern] = /^nth\((\d+), regex_extract\(username, '([^']+)'\)\)$/.exec(expression)!;
    const found = new RegExp(pattern!).exec(user)?.[Number(nth)];
    if (found !== undefined) attributes[name] = found;
  }
  return attributes;
}

const asShipped: [BrokerRights, BrokerRights] = [emqxRights(rules, attributesOf), mosquittoRights(mosquittoLines)];
const withAllRules: [BrokerRights, BrokerRights] = [
  emqxRights(rules.replaceAll('\n%{', '\n{'), attributesOf),
  mosquittoRights(mosquittoLines.replaceAll('#pattern', 'pattern')),
];

const USERS = ['demo/cabinet7', 'demo/cabinet8', 'other/cabinet7', 'operations', 'dashboard'];
const STRANGERS = ['somebody', 'demo', 'demo/', '+/+', 'demo/+', '#', 'demo/cabinet7/more', '/demo/cabinet7', '_x/y'];
const TOPICS = [
  ...['demo/cabinet7', 'demo/cabinet8', 'other/cabinet7'].flatMap((name) => {
    const [site, device] = name.split('/') as [string, string];
    return documentedTopics(site, device).map(({ topic }) => topic);
  }),
  'edge/v1/demo/cabinet7/metrics/full-2',
  'edge/v1/demo/cabinet7/cmd/diagnose-ping/result',
  'edge/v1/demo/cabinet7/else',
  'edge/v1/demo/cabinet7/status/else',
  'edge/v1/demo/cabinet7',
  'homeassistant/status',
  'homeassistant/device/demo/cabinet7/config',
  'homeassistant/device/demo/cabinet8/config',
  '$SYS/brokers',
];

test('the documented topics are found', () => {
  const topics = documentedTopics('demo', 'cabinet7');
  assert.ok(topics.filter(({ isTold }) => isTold).length > 12);
  assert.equal(
    topics.filter(({ isTold }) => !isTold).map(({ topic }) => topic),
    [
      'edge/v1/demo/cabinet7/signal/ping',
      'edge/v1/demo/cabinet7/cmd/ping',
      'edge/v1/demo/_site/cmd/ping',
      'edge/v1/demo/_site/cmd/invalidate',
    ],
  );
});

test('a device may do what every topic of mqtt.md asks for, and no more', () => {
  for (const [rights] of [asShipped, withAllRules])
    for (const { topic, isTold } of documentedTopics('demo', 'cabinet7')) {
      assert.is(
        rights.mayPublish('demo/cabinet7', topic),
        isTold || (rights === withAllRules[0] && topic.endsWith('/_site/cmd/invalidate')),
        `publishes ${topic}`,
      );
      assert.is(rights.mayHear('demo/cabinet7', topic), !isTold || topic.endsWith('/status'), `hears ${topic}`);
    }
});

test('the filters that devices, collectors and dashboards subscribe to are allowed as they are asked for', () => {
  const [rights] = withAllRules;
  const mine = ['edge/v1/demo/cabinet7/cmd/+', 'edge/v1/demo/cabinet7/status', 'edge/v1/demo/_site/cmd/+'];
  for (const filter of [...mine, 'edge/v1/demo/cabinet7/signal/north-1', 'homeassistant/status'])
    assert.ok(rights.mayHear('demo/cabinet7', filter), filter);
  for (const filter of [
    '#',
    '+/#',
    'edge/#',
    'edge/v1/#',
    'edge/v1/demo/#',
    'edge/v1/+/+/status',
    'edge/v1/+/_site/cmd/+',
  ])
    assert.not.ok(rights.mayHear('demo/cabinet7', filter), filter);
  for (const user of ['operations', 'dashboard'])
    for (const filter of ['edge/#', 'edge/v1/#', 'edge/v1/+/+/event/+'])
      assert.ok(rights.mayHear(user, filter), `${user}: ${filter}`);
});

test('the rights are those of the Mosquitto, and not more where a whole site is told something', () => {
  for (const [ours, mosquittos] of [asShipped, withAllRules])
    for (const user of USERS)
      for (const topic of TOPICS)
        for (const may of ['mayPublish', 'mayHear'] as const)
          if (topic.includes('/_site/')) assert.ok(mosquittos[may](user, topic) || !ours[may](user, topic), topic);
          else assert.is(ours[may](user, topic), mosquittos[may](user, topic), `${may} ${user}: ${topic}`);
});

test('devices hear the commands of their own site only', () => {
  const [rights] = asShipped;
  assert.ok(rights.mayHear('demo/cabinet8', 'edge/v1/demo/_site/cmd/ping'));
  assert.not.ok(rights.mayHear('other/cabinet7', 'edge/v1/demo/_site/cmd/ping'));
});

test('a name of another form opens nothing', () => {
  const [rights] = asShipped;
  for (const user of STRANGERS)
    for (const topic of TOPICS)
      assert.equal([rights.mayPublish(user, topic), rights.mayHear(user, topic)], [false, false], `${user}: ${topic}`);
});

test('nobody comes in without a certificate or a password, and what is not allowed is forbidden', () => {
  const { listeners, authentication, authorization, mqtt } = emqx;
  assert.is(authorization.no_match, 'deny');
  assert.is(authorization.sources[0]!.path.split('/').at(-1), 'emqx-acl.conf');
  assert.is(mqtt.peer_cert_as_username, 'cn');
  assert.is(authentication.length, 1);
  const open = Object.values(listeners)
    .flatMap((each) => Object.values(each))
    .filter(({ enable }) => enable !== false);
  assert.is(open.length, 2);
  for (const { enable_authn, ssl_options } of open)
    assert.ok(
      enable_authn || (ssl_options['verify'] === 'verify_peer' && ssl_options['fail_if_no_peer_cert'] === true),
    );
});

test('a birth of a large device fits, as at the Mosquitto', () => {
  const [, bytes] = /^max_packet_size (\d+)$/m.exec(readFileSync('scripts/mosquitto/mosquitto.conf', 'utf8'))!;
  assert.is(emqx.mqtt.max_packet_size, `${Number(bytes) / 1024}KB`);
});

test.run();
