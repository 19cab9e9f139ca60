import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watchedRun } from '../../../bench/harness/watched-run.js';
import { temporaryFolder } from '../../temporary.js';

const scratch = temporaryFolder('watched-run');

/** Node running a line of code with the mqtt package, `port` and `results` at hand. */
const node = (code: string, { port, results }: { port: number; results: string }) =>
  [process.execPath, '-e', `const [port, results] = [${port}, ${JSON.stringify(results)}]; ${code}`] as const;

test('a run gives the results, the messages and the last line of a program', async () => {
  const code = `
    const line = JSON.stringify({ seq: 0, capturedAt: 1000, latencyMs: 5, detections: [] });
    require('node:fs').writeFileSync(results, line + '\\n');
    const client = require('mqtt').connect({ host: '127.0.0.1', port });
    client.publish('topic', 'message', { qos: 1 }, () => client.end(() => console.log('the end')));`;
  const run = await watchedRun(scratch, 1, (outlets) => node(code, outlets));
  assert.equal(run.lines, [{ seq: 0, capturedAt: 1000, latencyMs: 5, detections: [] }]);
  assert.is(run.messages, 1);
  assert.is(run.lastLine, 'the end');
});

test('a program that fails is an error with its last words', async () => {
  const error = await watchedRun(scratch, 1, (outlets) =>
    node("console.error('no model'); process.exit(3)", outlets),
  ).catch((reason: Error) => reason);
  assert.match((error as Error).message, /^ended with 3: no model$/);
});

test.run();
