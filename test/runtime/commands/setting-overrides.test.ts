import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { createLog, silentLog } from '../../../src/foundation/log.js';
import { orderTerm } from '../../../src/runtime/commands/order-terms.js';
import { SettingOverrides } from '../../../src/runtime/commands/setting-overrides.js';

const NOW = 1_700_000_000_000;
const TERM = orderTerm(NOW, NOW + 1000, 'key', { wall: NOW, steady: 0 });

function overridable(log = silentLog) {
  const applied: unknown[] = [];
  const apply = (value: unknown, path: string): void => {
    if (value === 'error') throw new Error('it cannot be');
    applied.push([path, value]);
  };
  const settings = [
    { path: 'output.logLevel', requiresRestart: false, apply },
    { path: 'thresholds', requiresRestart: false, apply },
    { path: 'publish.events', requiresRestart: false, apply },
    { path: 'mqtt', requiresRestart: true },
  ];
  return { applied, overrides: new SettingOverrides(configSchema.parse({}), settings, log) };
}

test('a value is handed to the part that has the key, and the configured one comes back', async () => {
  const { applied, overrides } = overridable();
  await overrides.set('thresholds.holdS', overrides.check('thresholds.holdS', 5), TERM);
  assert.equal(
    overrides.all.map(({ key, value, configured }) => [key, value, configured]),
    [['thresholds.holdS', 5, 60]],
  );
  assert.equal(overrides.over({ wall: NOW + 999, steady: 999 }), []);
  assert.equal(overrides.over({ wall: NOW + 1000, steady: 1000 }), ['thresholds.holdS']);
  assert.is(await overrides.takeBack('thresholds.holdS'), true);
  assert.equal([overrides.all, await overrides.takeBack('thresholds.holdS')], [[], false]);
  assert.equal(applied, [
    ['thresholds.holdS', 5],
    ['thresholds.holdS', 60],
  ]);
});

test('the log names the setting that holds another value, and the one that came back', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const { overrides } = overridable(createLog('info', stream));
  await overrides.set('thresholds.holdS', 5, TERM);
  await overrides.takeBack('thresholds.holdS');
  assert.equal(
    lines.map((line) => (JSON.parse(line) as { setting: string }).setting),
    ['thresholds.holdS', 'thresholds.holdS'],
  );
});

test('a value is checked by the schema, and a key that no part takes up is refused with those that can be', () => {
  const { overrides } = overridable();
  const why = (key: string, value: unknown): string => {
    try {
      overrides.check(key, value);
    } catch (error) {
      assert.instance(error, RangeError);
      return (error as Error).message;
    }
    return '';
  };
  assert.is(why('thresholds.holdS', 'x'), 'thresholds.holdS: expected a whole number from 0 to 86400 s, got "x"');
  assert.is(
    why('output.logLevel', 'loud'),
    'output.logLevel: expected one of silent, error, warn, info, debug, got "loud"',
  );
  assert.match(
    why('publish.events', ['flew']),
    /^publish.events: expected a list of at most 8 entries, each one of appeared, left, .*got \["flew"\]$/,
  );
  assert.match(
    why('mqtt.broker', 'off'),
    /cannot be set while the program runs; those that can be are output.logLevel, thresholds.…/,
  );
  // applied, one place of a list would be taken for all of it, and half of a section for the whole
  assert.match(why('publish.events.0', 'left'), /^publish.events.0: cannot be set/);
  assert.is(
    why('thresholds', { holdS: 5 }),
    'thresholds: a section cannot be set, only keys of it, such as thresholds.maxResponseTimeMs',
  );
  assert.match(why('thresholds.holds', 1), /did you mean thresholds.holdS\?$/);
  assert.throws(() => overrides.checkKey('output.loglevel'), /did you mean output.logLevel\?/);
  for (const key of ['thresholds.none', '__proto__', 'thresholds.__proto__', 'constructor.prototype', '', '.']) {
    assert.match(why(key, 1), /cannot be set|expected/, key);
  }
  assert.is(({} as { holdS?: number }).holdS, undefined);
});

test('where the part refuses, the key keeps its value and nothing is remembered', async () => {
  const { applied, overrides } = overridable();
  try {
    await overrides.set('output.logLevel', 'error', TERM);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'it cannot be');
  }
  assert.equal([overrides.all, applied], [[], []]);
});

test.run();
