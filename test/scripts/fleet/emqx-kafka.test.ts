import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { documentedTopics, filterTakes } from './documented-topics.js';
import { hoconBlocks } from './hocon-blocks.js';

const test = suite('the bridge of EMQX to Kafka');

interface Bridge {
  readonly connectors: { readonly kafka_producer: Readonly<Record<string, object>> };
  readonly actions: {
    readonly kafka_producer: Readonly<
      Record<
        string,
        {
          readonly connector: string;
          readonly parameters: {
            readonly message: Readonly<Record<'key' | 'value' | 'timestamp', string>>;
            readonly kafka_ext_headers: readonly Readonly<Record<string, string>>[];
            readonly partition_strategy: string;
            readonly buffer: { readonly mode: string };
          };
        }
      >
    >;
  };
  readonly rule_engine: {
    readonly rules: Readonly<Record<string, { readonly sql: string; readonly actions: readonly string[] }>>;
  };
}

const FILE = 'docs/fleet/emqx-kafka.conf';
const bridge = hoconBlocks(FILE) as unknown as Bridge;
const [rule] = Object.values(bridge.rule_engine.rules);
const { parameters } = bridge.actions.kafka_producer['edge']!;
const [, columns, from] = /^SELECT (.*) FROM (.*)$/.exec(rule!.sql) as unknown as [string, string, string];
const filters = [...from.matchAll(/"([^"]+)"/g)].map(([, filter]) => filter!);

/** The functions of EMQX's SQL that the rule uses, on a row of one message. */
function value(expression: string, row: Readonly<Record<string, unknown>>): unknown {
  const call = /^(\w+)\((.*)\)$/.exec(expression);
  if (call === null)
    return /^'(.*)'$/.exec(expression)?.[1] ?? (/^\d+$/.test(expression) ? Number(expression) : row[expression]);
  const [a, b] = split(call[2]!).map((each) => value(each, row));
  if (call[1] === 'concat') return `${a as string}${b as string}`;
  if (call[1] === 'tokens') return (a as string).split(b as string).filter((part) => part !== '');
  if (call[1] === 'nth') return (b as string[])[(a as number) - 1];
  throw new TypeError(`not a function that this knows: ${call[1]}`);
}

/** At the commas outside brackets and quotes. */
function split(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const part of list.match(/'[^']*'|[(),]|[^'(),]+/g)!) {
    depth += part === '(' ? 1 : part === ')' ? -1 : 0;
    if (part === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += part;
  }
  return parts.map((part) => part.trim());
}

/** What Kafka gets of a message of MQTT. */
function recordOf(topic: string, payload: string) {
  const row = { topic, payload, timestamp: 1_700_000_012_345 };
  const selected: Record<string, unknown> = {};
  for (const column of split(columns)) {
    const [, expression, name] = /^(.*?)(?: AS (\w+))?$/.exec(column)!;
    selected[name ?? expression!] = value(expression!, row);
  }
  const render = (template: string) =>
    template.replaceAll(/\$\{\.?(\w+)\}/g, (_, name: string) => String(selected[name]));
  return {
    key: render(parameters.message.key),
    value: render(parameters.message.value),
    timestamp: render(parameters.message.timestamp),
    headers: parameters.kafka_ext_headers.map((each) => [
      each['kafka_ext_header_key'],
      render(each['kafka_ext_header_value']!),
    ]),
  };
}

test('every topic that a device tells something under goes to Kafka, and no command to it', () => {
  for (const { topic, isTold } of documentedTopics('demo', 'cabinet7'))
    assert.is(
      filters.some((filter) => filterTakes(filter, topic)),
      isTold,
      topic,
    );
});

test('the messages of the documents go there as they are, by device', () => {
  const messages = ['docs/mqtt.md', 'docs/mqtt/delivery.md'].flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/^(edge\/v1\/\S+) (\{.*\})$/gm),
  ]);
  assert.ok(messages.length >= 5);
  for (const [, topic, payload] of messages)
    assert.equal(recordOf(topic!, payload!), {
      key: 'demo/cabinet7',
      value: payload,
      timestamp: '1700000012345',
      headers: [['topic', topic]],
    });
});

test('its parts name each other, and what EMQX has acknowledged is not kept in memory alone', () => {
  assert.equal(rule!.actions, ['kafka_producer:edge']);
  assert.ok(bridge.actions.kafka_producer['edge']!.connector in bridge.connectors.kafka_producer);
  assert.is(parameters.partition_strategy, 'key_dispatch');
  assert.is(parameters.buffer.mode, 'disk');
});

test('no secret stands in it', () => {
  for (const [line] of readFileSync(FILE, 'utf8').matchAll(/^.*(password|secret|token)": *".*$/gim))
    assert.match(line, /"file:\/\/\//);
});

test.run();
