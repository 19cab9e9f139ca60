import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watchHint } from '../../src/cli/watch-hint.js';

for (const [broker, options] of [
  ['mqtt://127.0.0.1:1884', '-p 1884'],
  ['mqtt://broker.example.org', '-h broker.example.org -p 1883'],
  ['mqtts://***@broker.example.org', '-l mqtts -h broker.example.org -p 8883'],
  ['mqtt://[fd00::7]:1999', '-h fd00::7 -p 1999'],
] as const) {
  test(`the messages at ${broker} are watched with ${options}`, () => {
    assert.is(
      watchHint(broker),
      `to watch it over MQTT, in another terminal: npx mqtt sub ${options} -t 'edge/v1/#' -v`,
    );
  });
}

test.run();
