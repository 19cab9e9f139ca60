import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the configuration of Telegraf');

interface PathOf {
  readonly path: string;
  readonly optional?: boolean;
}
interface Parsing extends Partial<Record<'tag' | 'field' | 'object', readonly PathOf[]>> {
  readonly measurement_name: string;
  readonly timestamp_path: string;
}
interface Consumer {
  readonly topics: readonly string[];
  readonly client_id: string;
  readonly qos: number;
  readonly persistent_session: boolean;
  readonly topic_parsing: readonly { readonly topic: string; readonly tags: string }[];
  readonly json_v2: readonly Parsing[];
}

const text = readFileSync('docs/fleet/telegraf.conf', 'utf8');
const consumers = (parse(text) as unknown as { inputs: { mqtt_consumer: Consumer[] } }).inputs.mqtt_consumer;

/** The messages that the documents show, each of which is held against its schema by a test of theirs. */
const messages = ['docs/mqtt.md', 'docs/mqtt/delivery.md']
  .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^(edge\/v1\/\S+) (\{.*\})$/gm)])
  .map(([, topic, payload]) => ({ topic: topic!, payload: JSON.parse(payload!) as Record<string, unknown> }));

const matches = (filter: string, topic: string): boolean =>
  new RegExp(`^${filter.replaceAll('+', '[^/]+')}$`).test(topic);

const at = (payload: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], payload);

test('its sessions last, and no two consumers throw each other out', () => {
  assert.is(consumers.length, 3);
  for (const { qos, persistent_session } of consumers) assert.equal([qos, persistent_session], [1, true]);
  assert.is(new Set(consumers.map(({ client_id }) => client_id)).size, consumers.length);
});

test('every topic has its tags by place, as many as it has levels', () => {
  for (const { topics, topic_parsing } of consumers) {
    assert.equal(
      topic_parsing.map(({ topic }) => topic),
      topics,
    );
    for (const { topic, tags } of topic_parsing) {
      assert.is(tags.split('/').length, topic.split('/').length, topic);
      assert.match(tags, /^_\/_\/site\/device\//);
    }
  }
});

test('what it reads is in the messages that devices send', () => {
  for (const { topics, json_v2 } of consumers) {
    const heard = messages.filter(({ topic }) => topics.some((filter) => matches(filter, topic)));
    const [{ timestamp_path, tag = [], field = [], object = [] }] = json_v2 as [Parsing];
    assert.ok(heard.length > 0, `the documents show a message of ${topics}`);
    for (const { topic, payload } of heard) {
      assert.type(at(payload, timestamp_path), 'number', `${timestamp_path} of ${topic}`);
      for (const { path, optional } of [...tag, ...field, ...object])
        assert.ok(optional || at(payload, path) !== undefined, `${path} of ${topic}`);
    }
    const optional = [...tag, ...field, ...object].filter((one) => one.optional);
    for (const { path } of optional)
      assert.ok(
        heard.some(({ payload }) => at(payload, path) !== undefined),
        `${path} is in none of ${topics}`,
      );
  }
});

test('with the lines of InfluxDB in place of those of PostgreSQL it is a configuration too', () => {
  const [before, postgres, influx] = text.split(/^(?=# PostgreSQL with|# InfluxDB 2 in)/m) as [string, string, string];
  assert.equal(Object.keys((parse(`${before}${postgres}`) as { outputs: object }).outputs), ['postgresql']);
  const { outputs } = parse(`${before}${influx.replaceAll(/^# (?=[ [])/gm, '')}`);
  // the keys are those of the plugin
  assert.equal(JSON.parse(JSON.stringify(outputs)), {
    influxdb_v2: [
      {
        urls: ['https://<influxdb>:8086'],
        token: `\${INFLUX_TOKEN}`,
        organization: '<organization>',
        bucket: 'edge',
      },
    ],
  });
});

test('no secret stands in it', () => {
  for (const [line] of text.matchAll(/^.*(password|token) *=.*$/gim)) assert.match(line, /\$\{\w+\}/);
});

test.run();
