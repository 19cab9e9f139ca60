import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

const { mappedStack } = (await import(new URL(`file://${PROJECT_ROOT}/scripts/mapped-stack.mjs`).href)) as {
  mappedStack: (text: string) => string;
};

test('a trace names the line of the source, where the built file has a map', () => {
  const trace = thrown().stack!;
  const [, line] = /mapped-stack\.test\.ts:(\d+):\d+/.exec(mappedStack(trace)) ?? [];
  assert.is(Number(line), 22, trace);
});

test('what has no map, and what is no place, stays as it is', () => {
  const text = 'at x (/no/such/file.js:1:2)\nexpected 12:30:45 o’clock in a.js';
  assert.is(mappedStack(text), text);
});

function thrown(): Error {
  try {
    throw new Error('here');
  } catch (error) {
    return error as Error;
  }
}

test.run();
