import { decodePayload as decodeByTahu } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeMetric } from '../../../src/telemetry/sparkplug/node-metrics.js';
import { decodePayload } from '../../../src/telemetry/sparkplug/payload.js';
import { REBIRTH, type SparkplugMessage, SparkplugSession } from '../../../src/telemetry/sparkplug/session.js';

/*
 * The requirements of Sparkplug 3.0 on an edge node's messages, by their numbers in the specification (tck-id-…), read with
 * the decoder of Eclipse Tahu, which is not ours. Those about connections are in edge-node.test.ts.
 */
const test = suite('telemetry/sparkplug/conformance');

const NOW = 1_700_000_000_000;

interface Metric {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: number;
  readonly type?: string;
  readonly value: unknown;
  readonly isHistorical?: boolean;
}

interface Read {
  readonly topic: string;
  readonly timestamp: number;
  readonly seq: number | null;
  readonly metrics: readonly Metric[];
}

/** The decoder gives 64-bit numbers as objects. */
const number = (value: unknown): number => Number(String(value));

function read({ topic, payload }: SparkplugMessage): Read {
  const { timestamp, seq, metrics } = decodeByTahu(payload);
  return {
    topic,
    timestamp: number(timestamp),
    seq: seq === undefined || seq === null ? null : number(seq),
    metrics: (metrics ?? []).map(({ name, alias, timestamp: at, type, value, isHistorical }) => ({
      ...(name && { name }),
      ...(alias !== undefined && alias !== null && number(alias) > 0 && { alias: number(alias) }),
      ...(at !== undefined && at !== null && { timestamp: number(at) }),
      ...(type && { type }),
      ...(isHistorical && { isHistorical }),
      value: typeof value === 'object' && value !== null ? number(value) : value,
    })),
  };
}

const METRICS: readonly NodeMetric[] = [
  { device: null, name: 'machine_cpu', type: 'Double', series: 'machine_cpu', value: 12.5 },
  { device: null, name: 'alerts/camera-lost', type: 'Boolean', series: null, value: false },
  {
    device: 'north',
    name: 'frames_answered/inferred',
    type: 'Int64',
    series: 'frames_answered.north.inferred',
    value: 7,
  },
  { device: 'north', name: 'latency_p50', type: 'Double', series: 'latency_p50.north', value: null },
  { device: 'south', name: 'source_state', type: 'String', series: null, value: 'streaming' },
];

/** The same with other values, by name. */
const changed = (values: Readonly<Record<string, NodeMetric['value']>>): NodeMetric[] =>
  METRICS.map((metric) => ({ ...metric, value: values[metric.name] ?? metric.value }));

function born(living: readonly string[] = ['north', 'south']) {
  const session = new SparkplugSession('site1', 'dev1', 3);
  const births = session.births(METRICS, new Set(living), NOW).map(read);
  return { session, births };
}

test('tck-id-topics-nbirth-topic, -dbirth-topic, -ndeath-topic: spBv1.0, group, type, node, and the device of a device', () => {
  const { session, births } = born();
  assert.equal(
    births.map(({ topic }) => topic),
    ['spBv1.0/site1/NBIRTH/dev1', 'spBv1.0/site1/DBIRTH/dev1/north', 'spBv1.0/site1/DBIRTH/dev1/south'],
  );
  assert.is(session.death(NOW).topic, 'spBv1.0/site1/NDEATH/dev1');
});

test('tck-id-topics-ndeath-payload, -ndeath-seq: bdSeq as INT64 alone, and no seq', () => {
  const { session } = born();
  const { seq, metrics } = read(session.death(NOW));
  assert.is(seq, null);
  assert.equal(metrics, [{ name: 'bdSeq', timestamp: NOW, type: 'Int64', value: 3 }]);
});

test('tck-id-topics-nbirth-bdseq-included, -bdseq-matching: the births have the bdSeq of the last will', () => {
  const { births } = born();
  assert.equal(births[0]!.metrics[0], { name: 'bdSeq', timestamp: NOW, type: 'Int64', value: 3 });
});

test('tck-id-topics-nbirth-rebirth-metric, tck-id-operational-behavior-data-commands-rebirth-name-aliases: Boolean, false, without alias', () => {
  const { births } = born();
  assert.equal(births[0]!.metrics[1], { name: REBIRTH, timestamp: NOW, type: 'Boolean', value: false });
});

test('tck-id-topics-nbirth-metrics, -dbirth-metrics, tck-id-payloads-metric-datatype-req: name, data type, alias and value of every metric', () => {
  const { births } = born();
  assert.equal(births[0]!.metrics.slice(2), [
    { name: 'machine_cpu', alias: 1, timestamp: NOW, type: 'Double', value: 12.5 },
    { name: 'alerts/camera-lost', alias: 2, timestamp: NOW, type: 'Boolean', value: false },
  ]);
  assert.equal(births[1]!.metrics[0], {
    name: 'frames_answered/inferred',
    alias: 3,
    timestamp: NOW,
    type: 'Int64',
    value: 7,
  });
  assert.equal(births[2]!.metrics, [
    { name: 'source_state', alias: 5, timestamp: NOW, type: 'String', value: 'streaming' },
  ]);
});

test('tck-id-operational-behavior-data-publish-dbirth-values: what has no value is_null and has none', () => {
  const session = new SparkplugSession('site1', 'dev1', 3);
  const [, north] = session.births(METRICS, new Set(['north']), NOW);
  const { name, value } = read(north!).metrics[1]!;
  assert.equal([name, value], ['latency_p50', null]);
  // field 7 of the last metric, a varint, is 1; the seq of the message follows
  assert.equal([...north!.payload.subarray(-4)], [0x38, 1, 0x18, 1]);
});

test('tck-id-payloads-alias-uniqueness: no two metrics of the node and its devices share an alias', () => {
  const { births } = born();
  const aliases = births.flatMap(({ metrics }) => metrics.flatMap(({ alias }) => alias ?? []));
  assert.equal(aliases, [1, 2, 3, 4, 5]);
});

test('tck-id-topics-nbirth-seq-num, -dbirth-seq, -ndata-seq-num, -ddata-seq-num: 0 in NBIRTH, then one more each, 0 after 255', () => {
  const { session, births } = born();
  assert.equal(
    births.map(({ seq }) => seq),
    [0, 1, 2],
  );
  const seqs: (number | null)[] = [];
  for (let i = 1; i <= 260; i++) {
    for (const message of session.data(changed({ machine_cpu: i + 100 }), NOW + i)) seqs.push(read(message).seq);
  }
  assert.equal([seqs[0], seqs[252], seqs[253], seqs.length], [3, 255, 0, 260]);
});

test('tck-id-payloads-alias-data-cmd-requirement, -metric-datatype-not-req, -name-birth-data-requirement: data has alias and time, no name and no type', () => {
  const { session } = born();
  const [node, device, ...more] = session.data(changed({ machine_cpu: 50, latency_p50: 4.25 }), NOW + 10).map(read);
  assert.equal(more, []);
  assert.equal([node!.topic, device!.topic], ['spBv1.0/site1/NDATA/dev1', 'spBv1.0/site1/DDATA/dev1/north']);
  assert.equal(
    [node!, device!].flatMap(({ metrics }) => metrics.map(({ name, alias, timestamp }) => [name, alias, timestamp])),
    [
      [undefined, 1, NOW + 10],
      [undefined, 4, NOW + 10],
    ],
  );
});

test('tck-id-operational-behavior-data-publish-nbirth-change, -dbirth-change: what did not change is not told', () => {
  const { session } = born();
  assert.equal(session.data(METRICS, NOW), []);
  assert.is(session.data(changed({ machine_cpu: 13 }), NOW).length, 1);
  assert.equal(session.data(changed({ machine_cpu: 13 }), NOW), []);
});

test('a metric that is there no more is told to have no value, once', () => {
  const { session } = born();
  const [message] = session.data(METRICS.slice(1), NOW + 10);
  assert.equal(decodePayload(message!.payload).metrics, [{ alias: 1, timestamp: NOW + 10, value: null }]);
  assert.equal(session.data(METRICS.slice(1), NOW + 11), []);
});

test('tck-id-topics-nbirth-metric-reqs: a metric that no birth listed makes births due', () => {
  const { session } = born();
  assert.ok(session.knows(METRICS));
  const more: NodeMetric = { device: null, name: 'new_one', type: 'Double', series: null, value: 1 };
  assert.not.ok(session.knows([...METRICS, more]));
});

test('tck-id-topics-ddeath-topic, -ddeath-seq-num, tck-id-operational-behavior-device-ddeath: a device that is lost dies once, and tells nothing until it is born again', () => {
  const { session } = born();
  const death = read(session.deviceDeath('north', NOW + 5)[0]!);
  assert.equal([death.topic, death.seq, death.metrics.length], ['spBv1.0/site1/DDEATH/dev1/north', 3, 0]);
  assert.equal(session.deviceDeath('north', NOW + 6), []);
  assert.equal(session.data(changed({ latency_p50: 9 }), NOW + 7), []);
  const birth = read(session.deviceBirth('north', changed({ latency_p50: 9 }), NOW + 8));
  assert.equal([birth.topic, birth.seq], ['spBv1.0/site1/DBIRTH/dev1/north', 4]);
  // tck-id-topics-dbirth-metrics: the values are those of now, with the aliases of before
  assert.equal(
    birth.metrics.map(({ alias, value }) => [alias, value]),
    [
      [3, 7],
      [4, 9],
    ],
  );
  assert.equal(session.data(changed({ latency_p50: 9 }), NOW + 9), []);
});

test('tck-id-operational-behavior-data-commands-rebirth-action-2, -action-3: a rebirth is NBIRTH and all DBIRTHs, seq from 0, bdSeq as before', () => {
  const { session } = born();
  session.data(changed({ machine_cpu: 99 }), NOW);
  const again = session.births(changed({ machine_cpu: 99 }), new Set(['north']), NOW + 20).map(read);
  assert.equal(
    again.map(({ topic, seq }) => [topic, seq]),
    [
      ['spBv1.0/site1/NBIRTH/dev1', 0],
      ['spBv1.0/site1/DBIRTH/dev1/north', 1],
    ],
  );
  assert.equal([again[0]!.metrics[0]!.value, again[0]!.metrics[2]!.value], [3, 99]);
});

test('historical data has is_historical and its own time, in the order of time', () => {
  const { session } = born(['north']);
  const point = (t: number, value: number, device: string | null = null, name = 'machine_cpu') => ({
    device,
    name,
    t,
    value,
  });
  const told = session.history(
    [
      point(NOW - 60_000, 2),
      point(NOW - 120_000, 1),
      point(NOW, 3, 'south', 'source_state'),
      point(NOW, 4, null, 'unknown'),
    ],
    NOW,
  );
  assert.equal(told.map(read), [
    {
      topic: 'spBv1.0/site1/NDATA/dev1',
      timestamp: NOW,
      seq: 2,
      metrics: [
        { alias: 1, timestamp: NOW - 120_000, isHistorical: true, value: null },
        { alias: 1, timestamp: NOW - 60_000, isHistorical: true, value: null },
      ],
    },
  ]);
  // Tahu's decoder gives no value where the message says no type, which only births do
  assert.equal(
    decodePayload(told[0]!.payload).metrics.map(({ value }) => value),
    [1, 2],
  );
});

test('whole numbers keep their sign', () => {
  const session = new SparkplugSession('g', 'n', 0);
  const metric: NodeMetric = { device: null, name: 'offset', type: 'Int64', series: null, value: -5 };
  const [birth] = session.births([metric], new Set(), NOW).map(read);
  assert.is(BigInt.asIntN(64, BigInt(birth!.metrics[2]!.value as number)) < 0n, true);
});

test.run();
