import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asAscii, brailleChart } from '../../src/cli/braille-chart.js';

const FRAME = { from: 0, to: 80, stepMs: 10, width: 4, height: 2, low: 0, high: 7 };
const points = (...values: (number | null)[]) =>
  values.flatMap((value, i) => (value === null ? [] : [{ t: 10 * i, value }]));

test('values go up from the lower edge to the upper one, a step a dot', () => {
  assert.equal(brailleChart(points(0, 1, 2, 3, 4, 5, 6, 7), FRAME), ['  ⡠⠊', '⡠⠊']);
});

test('a line goes from one value to the next, and has a hole where there is none', () => {
  assert.equal(brailleChart(points(0, 7, 7, null, null, 7, 7, 7), FRAME), ['⢸⠁⠈⠉', '⡸']);
});

test('values outside of the edges lie on them, and a line without range in the middle', () => {
  assert.equal(brailleChart(points(-5, 99), FRAME), ['⢸', '⡸']);
  assert.equal(brailleChart(points(3, 3, 3, 3, 3, 3, 3, 3), { ...FRAME, low: 3, high: 3 }), ['⣀⣀⣀⣀', '']);
});

test('steps longer than a dot are as wide as they are, and of shorter ones all are shown', () => {
  assert.equal(
    brailleChart(
      [
        { t: 0, value: 0 },
        { t: 40, value: 7 },
      ],
      { ...FRAME, stepMs: 40 },
    ),
    ['  ⡏⠉', '⣀⣀⠇'],
  );
  const fine = Array.from({ length: 80 }, (_, t) => ({ t, value: t % 8 }));
  assert.equal(brailleChart(fine, { ...FRAME, stepMs: 1 }), ['⣿⣿⣿⣿', '⣿⣿⣿⣿']);
});

test('a terminal without braille gets the halves of each character', () => {
  assert.is(asAscii(' 2 ┤⠉⣀⡇ ⠒x'), " 2 +'.: 'x");
  assert.is(asAscii('└──'), '+--');
});

test('without points nothing is drawn, and what lies outside of the time neither breaks it', () => {
  assert.equal(brailleChart([], FRAME), ['', '']);
  assert.equal(brailleChart([{ t: 75, value: 0 }], FRAME), ['', '   ⢀']);
});

test.run();
