import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
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

test('a fleet with outages, restarts, doubles, losses and wrong clocks ends in what really was; the same again changes nothing', async () => {
  const { messages, truths } = simulatedFleet({ devices: 6, hours: 4, seed: 1, from: FROM });
  assert.ok(truths.some(({ lost }) => lost > 0) && truths.some(({ told }) => told > 0), 'it happens at all');
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

test.run();
