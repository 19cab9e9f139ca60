import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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
