import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decimal,
  flag,
  OptionError,
  optionalText,
  place,
  readOptions,
  someOf,
  text,
  texts,
  wholeNumber,
  wholeNumbers,
} from '../../../bench/harness/options.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';

const DECLARED = {
  rounds: wholeNumber({ least: 1, usual: 5, quick: 2 }),
  seeds: wholeNumbers({ least: 0, usual: [1, 2] }),
  only: someOf(['memory', 'disk']),
  model: text('roadside-n'),
  keep: optionalText,
  quick: flag,
};
const read = (...args: string[]) => readOptions(args, 'usage', DECLARED);

test('without options every one has its usual value', () => {
  assert.equal(read(), {
    rounds: 5,
    seeds: [1, 2],
    only: ['memory', 'disk'],
    model: 'roadside-n',
    keep: null,
    quick: false,
  });
});

test('--quick changes only what has a value for it, and less than what is given', () => {
  assert.is(read('--quick').rounds, 2);
  assert.equal(read('--quick').seeds, [1, 2]);
  assert.is(read('--rounds', '7', '--quick').rounds, 7);
});

test('values are read as what they are declared to be, apart or after an equals sign', () => {
  const { seeds, only, keep, model } = read('--seeds', '3,0', '--only=disk', '--keep', 'there', '--model=a=b');
  assert.equal([seeds, only, keep, model], [[3, 0], ['disk'], 'there', 'a=b']);
});

test('a usual place is named whole, wherever the command is called', () => {
  assert.is(place('../beside/film').usual, join(PROJECT_ROOT, '../beside/film'));
});

test('numbers may have decimals, and what may be given several times is a list', () => {
  const declared = { minutes: decimal({ least: 0, usual: 30 }), source: texts(['sim://road']) };
  const of = (...args: string[]) => readOptions(args, '', declared);
  assert.equal(of(), { minutes: 30, source: ['sim://road'] });
  assert.equal(of('--source', 'a', '--source=b', '--minutes', '0.5'), { minutes: 0.5, source: ['a', 'b'] });
  assert.throws(() => of('--minutes', 'long'), '--minutes: expected a number of at least 0, got long');
});

test('what is wrong is told with the option and what was expected', () => {
  const wrong: readonly [args: string[], told: string][] = [
    [['--rounds', '0'], '--rounds: expected a whole number of at least 1, got 0'],
    [['--seeds', '1,x'], '--seeds: expected a whole number of at least 0, got x'],
    [['--only', 'disc'], '--only: expected some of memory, disk, got disc'],
    [
      ['--round=3'],
      '--round=3: there is no such option, only --rounds, --seeds, --only, --model, --keep, --quick, --help',
    ],
  ];
  for (const [args, told] of wrong) {
    assert.throws(
      () => read(...args),
      (error: unknown) => error instanceof OptionError && error.message === told,
    );
  }
});

test.run();
