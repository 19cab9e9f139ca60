import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MESSAGES } from '../../src/telemetry/mqtt/messages.js';
import { assertPublished } from '../telemetry/mqtt/message-schemas.js';
import { blocksOf, DOCUMENTS, problemAt } from './documents.js';

const test = suite('MQTT messages in documents');

for (const file of DOCUMENTS) {
  test(`the messages shown in ${file} are as their schemas say`, () => {
    const problems = blocksOf(file).flatMap((block) =>
      block.text.split('\n').flatMap((line, index) => {
        const [, topic, json] = /^(edge\/v1\/\S+) (\{.*\})$/.exec(line) ?? [];
        // one that leaves something out with … is no JSON
        const problem = topic === undefined || line.includes('…') ? null : problemOf(topic, json!);
        return problem === null ? [] : [problemAt({ file, line: block.line + index }, problem)];
      }),
    );
    assert.equal(problems, []);
  });
}

test('the table of mqtt.md has every message, with its topic and whether it is retained', () => {
  const rows = readFileSync('docs/mqtt.md', 'utf8').matchAll(
    /^\| `([^`]+)` \| [\d, ]+ \| (yes|no|never|while active) \|.*\(mqtt\/([\w-]+)\.schema/gm,
  );
  // commands to a site have the schema of those to a device
  const told = [...rows].map(([, topic, kept, name]) => ({
    name,
    topic: topic!.replace('edge/v1/<site>/_site/', ''),
    retained: kept === 'yes' || kept === 'while active',
  }));
  for (const [name, { topic, retained }] of Object.entries(MESSAGES))
    assert.equal(
      told.find((row) => row.name === name),
      { name, topic, retained },
      `docs/mqtt.md: ${name}`,
    );
});

test('a message that is not as its schema says would be found', () => {
  assert.match(problemOf('edge/v1/a/b/event/north', '{"kind":"left"}') ?? '', /must have required property 'ts'/);
  assert.match(problemOf('edge/v1/a/b/events/north', '{}') ?? '', /edge\/v1\/a\/b\/events\/north: no schema/);
});

function problemOf(topic: string, text: string): string | null {
  try {
    assertPublished({ topic, text });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
