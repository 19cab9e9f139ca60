import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/foundation/errors.js';
import { createLog, silentLog } from '../../src/foundation/log.js';
import type { Part } from '../../src/foundation/part.js';
import { PartList } from '../../src/runtime/part-list.js';
import { eventually } from '../temporary.js';

/** A part that notes what is done to it. */
function part(name: string, log: string[], change: Partial<Part> = {}): Part {
  return {
    name,
    essential: true,
    start: () => void log.push(`start ${name}`),
    stop: (reason) => void log.push(`stop ${name}: ${reason}`),
    ...change,
  };
}

const fails = (): never => {
  throw new Error('no room');
};

test('parts start in order and stop in reverse', async () => {
  const log: string[] = [];
  const list = new PartList([part('a', log), part('b', log)], silentLog);
  await list.start();
  assert.equal(log, ['start a', 'start b']);
  log.length = 0;
  await list.stop('enough');
  assert.equal([...new Set(log)], ['stop b: enough', 'stop a: enough']);
});

test('an essential part that cannot start ends the start with its error, and what was begun is stopped', async () => {
  const log: string[] = [];
  const list = new PartList([part('a', log), part('b', log, { start: fails }), part('c', log)], silentLog);
  const error = await list.start().catch((thrown: Error) => thrown);
  assert.match((error as Error).message, /no room/);
  await list.stop('failed');
  assert.equal([...new Set(log)], ['start a', 'stop b: failed', 'stop a: failed']);
});

test('another part that cannot start is named and left out; the rest goes on', async () => {
  const log: string[] = [];
  const lines: string[] = [];
  const told = createLog('warn', { write: (line) => void lines.push(line) }, false);
  const list = new PartList([part('a', log, { essential: false, start: fails }), part('b', log)], told);
  await list.start();
  assert.equal(log, ['start b']);
  assert.equal(list.leftOut, ['a']);
  const { part: name, msg } = JSON.parse(lines[0]!);
  assert.is(name, 'a');
  assert.match(msg, /^no room; it goes on without, and tries again in \d+ s$/);
  await list.stop('enough');
  assert.equal(list.leftOut, []);
});

test('a configuration that cannot be used ends the start, whoever finds that', async () => {
  const log: string[] = [];
  const start = (): never => {
    throw new ConfigError('HTTP cannot be used', ['http.host: expected a loopback address, got 0.0.0.0']);
  };
  const list = new PartList([part('http', log, { essential: false, start })], silentLog);
  assert.instance(await list.start().catch((thrown: Error) => thrown), ConfigError);
  await list.stop('failed');
});

test('a stop in the middle of the start ends it, and what the part took meanwhile is released', async () => {
  const log: string[] = [];
  let lock = false;
  let go: () => void = () => undefined;
  const slow = part('slow', log, {
    start: async (signal) => {
      await new Promise<void>((resolve) => (go = resolve));
      log.push(`aborted: ${signal.aborted}`);
      lock = true;
    },
    stop: () => void (lock = false),
  });
  const list = new PartList([slow, part('next', log)], silentLog);
  const started = list.start();
  const stopped = list.stop('enough');
  go();
  await Promise.all([started, stopped]);
  assert.equal(log, ['aborted: true']);
  assert.is(lock, false);
});

test('a part that fails because it is to stop fails no start', async () => {
  const log: string[] = [];
  const list = new PartList(
    [
      part('slow', log, {
        start: async (signal) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new Error('ended early');
        },
      }),
      part('next', log),
    ],
    silentLog,
  );
  const started = list.start();
  await list.stop('enough');
  await started;
  assert.equal([...new Set(log)], ['stop slow: enough']);
});

test('parts start once, however often that is asked for', async () => {
  const log: string[] = [];
  const list = new PartList([part('a', log)], silentLog);
  await Promise.all([list.start(), list.start()]);
  assert.equal(log, ['start a']);
  await list.stop('enough');
});

test('a stop while a part is tried again releases what that took meanwhile', async () => {
  const log: string[] = [];
  let tries = 0;
  let lock = false;
  let go: () => void = () => undefined;
  const late = part('late', log, {
    essential: false,
    start: async () => {
      if (++tries === 1) fails();
      await new Promise<void>((resolve) => (go = resolve));
      lock = true;
    },
    stop: () => void (lock = false),
  });
  const list = new PartList([late], silentLog, { initialMs: 1, maxMs: 1 });
  await list.start();
  await eventually('the second try', () => tries === 2);
  const stopped = list.stop('enough');
  go();
  await stopped;
  assert.is(lock, false);
});

test('a part that does not stop keeps no other from it', async () => {
  const log: string[] = [];
  const list = new PartList([part('a', log), part('b', log, { stop: fails })], silentLog);
  await list.start();
  await list.stop('enough');
  assert.equal(log, ['start a', 'start b', 'stop a: enough']);
});

test.run();
