import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pausesOf } from '../../src/report/day/pauses.js';

const command = (at: number, name: string, body: object | string, doneAt: number | null = at) => ({
  at,
  key: 'works',
  id: String(at),
  nonce: String(at),
  name,
  toSite: false,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  doneAt,
  result: null,
});

test('a pause lasts as long as it was told, or to its resumption, or to the end', () => {
  const pause = (...more: ReturnType<typeof command>[]) =>
    pausesOf('north', [command(100, 'pause', { camera: 'north' }), ...more], 9000);
  assert.equal(pause(), [{ from: 100, to: 9000 }]);
  assert.equal(pause(command(300, 'resume', { camera: 'north' })), [{ from: 100, to: 300 }]);
  assert.equal(pause(command(300, 'resume', {})), [{ from: 100, to: 300 }]);
  assert.equal(pause(command(300, 'resume', { camera: 'yard' })), [{ from: 100, to: 9000 }]);
  assert.equal(pausesOf('north', [command(100, 'pause', { camera: 'north', forS: 2 })], 9000), [
    { from: 100, to: 2100 },
  ]);
});

test('one that was told twice is over once it is resumed', () => {
  const twice = [command(100, 'pause', {}), command(200, 'pause', { camera: 'north' }), command(250, 'pause', {})];
  assert.equal(pausesOf('north', [...twice, command(300, 'resume', { camera: 'north' })], 9000), [
    { from: 100, to: 250 },
    { from: 200, to: 300 },
    { from: 250, to: 300 },
  ]);
});

test('a shorter pause takes the place of a longer one', () => {
  const commands = [command(100, 'pause', { camera: 'north' }), command(200, 'pause', { camera: 'north', forS: 1 })];
  assert.equal(pausesOf('north', commands, 9000), [
    { from: 100, to: 200 },
    { from: 200, to: 1200 },
  ]);
});

test('what was not done, is for others, or cannot be read, pauses nothing', () => {
  const commands = [
    command(100, 'pause', { camera: 'north' }, null),
    command(200, 'pause', { camera: 'yard' }),
    command(300, 'pause', '{"camera":"nor'),
    command(400, 'set', {}),
  ];
  assert.equal(pausesOf('north', commands, 9000), []);
});

test.run();
