import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fleetDifferences } from '../../scripts/fleet/fleet-differences.js';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
import { streamedFleet } from '../../scripts/fleet/streamed-fleet.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { assertPublished } from '../telemetry/mqtt/message-schemas.js';
import { temporaryFolder } from '../temporary.js';
import { contentOf, fedCollector } from './fed-collector.js';
import { assertTruth } from './fleet-truth.js';

const folder = temporaryFolder('collector-fleet');
const FROM = 1_795_000_000_000;

test('what a simulated device sends keeps to the published schemas', () => {
  const { messages } = simulatedFleet({ devices: 1, hours: 2, seed: 5, from: FROM });
  for (const { topic, payload } of messages) assertPublished({ topic, text: payload });
});

test('what is streamed from the medium is the same, message by message and device by device', () => {
  const plan = { devices: 3, hours: 1, seed: 4, from: FROM };
  const { messages, truths } = simulatedFleet(plan);
  const streamed = streamedFleet(plan, temporaryFolder('streamed-fleet'));
  assert.is(streamed.count, messages.length);
  assert.equal([...streamed.messages()], messages);
  assert.equal([...streamed.truths()], truths);
});

test('a fleet with outages, restarts, doubles, losses and wrong clocks ends in what really was; the same again changes nothing', async () => {
  const { messages, truths } = simulatedFleet({ devices: 6, hours: 4, seed: 1, from: FROM });
  assert.ok(truths.some(({ lost }) => lost > 0) && truths.some(({ told }) => told > 0), 'it happens at all');
  assert.ok(truths.some(({ outOfOrder }) => outOfOrder > 0));
  assert.ok(truths.some(({ clockErrorMs }) => Math.abs(clockErrorMs) > 60_000));
  const fed = await fedCollector(folder, { file: join(folder, 'day.sqlite') });
  await fed.feed(messages);
  const { counts } = fed.collector.state();
  assert.is(counts.quarantined, 0);
  assert.ok(counts.doubles > 0);
  assertTruth(fed.file, truths, true);

  const before = contentOf(fed.file);
  await fed.feed(messages.map((message) => ({ ...message, at: message.at + 86_400_000 })));
  const after = contentOf(fed.file);
  for (const [table, rows] of Object.entries(before)) {
    const changed = after[table]!.filter((row, index) => JSON.stringify(row) !== JSON.stringify(rows[index]));
    assert.equal(changed.slice(0, 3), [], `${table}: what the same again changed`);
  }
  await fed.close();
});

test('a collector that begins anew between any two batches comes to the same', async () => {
  const { messages, truths } = simulatedFleet({ devices: 2, hours: 3, seed: 2, from: FROM });
  const file = join(folder, 'restarts.sqlite');
  for (let from = 0; from < messages.length; from += 200) {
    const fed = await fedCollector(folder, { file });
    // as a broker does that heard no acknowledgement of the last ones
    await fed.feed(messages.slice(Math.max(0, from - 30), from + 200));
    await fed.close();
  }
  assertTruth(file, truths, true);
});

test('what is not as it was is named, table by table', async () => {
  const { messages, truths } = simulatedFleet({ devices: 2, hours: 2, seed: 3, from: FROM });
  const file = join(folder, 'spoiled.sqlite');
  const fed = await fedCollector(folder, { file });
  await fed.feed(messages);
  await fed.close();
  const sqlite = new (loadSqlite())(file);
  const spoil = [
    'DELETE FROM events WHERE id = (SELECT min(id) FROM events)',
    "UPDATE reports SET body = '{}' WHERE id = (SELECT min(id) FROM reports)",
    'UPDATE traffic SET at = at + 60000 WHERE id = (SELECT min(id) FROM traffic)',
    'DELETE FROM metrics WHERE id = (SELECT min(id) FROM metrics)',
    'UPDATE births SET missing = missing + 1 WHERE id = 1',
    'DELETE FROM birth_bodies WHERE rowid = 1',
    "UPDATE devices SET boot = 'another', offset_ms = offset_ms + 60000 WHERE id = 1",
    "UPDATE streams SET verdict = json_set(verdict, '$.lostCount', 99) WHERE id = 1",
    "INSERT INTO alerts VALUES (1, 'made-up', 1, 1, NULL, '{}')",
    "INSERT INTO quarantine VALUES (1, 1, 'a', 'no-json', '', 0, '')",
  ];
  for (const sql of spoil) sqlite.exec(sql);
  sqlite.close();
  const found = [...fleetDifferences(file, truths, true)].map((text) => text.replace(/^\S+\/\S+: /, ''));
  const kinds = new Set(found.map((text) => text.split(':')[0]));
  for (const kind of [
    'events',
    'reports',
    'traffic',
    'metrics',
    'births',
    'birth_bodies',
    'boot',
    'streams',
    'quarantine',
  ])
    assert.ok(kinds.has(kind), `${kind} of ${found.join('; ')}`);
  assert.ok(
    found.some((text) => text.startsWith('alerts that hold')) && found.some((text) => text.includes('its clock')),
  );
});

test.run();
