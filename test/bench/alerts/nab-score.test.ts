import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { goldenScores, nabSeries, seriesOf } from '../../../bench/alerts/nab-corpus.js';
import { NAB_PROFILES, NabScoring, type NabSeries, probationOf } from '../../../bench/alerts/nab-score.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';

const CORPUS = join(PROJECT_ROOT, '../shared/data/nab');

/** 100 rows, the first 15 of them in probation, with a window from row 40 to 59. */
const SERIES: NabSeries = {
  file: 'made/up.csv',
  times: Array.from({ length: 100 }, (_, i) => i),
  values: new Array(100).fill(0),
  windows: [[40, 59]],
};

/** What alarms at these rows are worth together, in the standard profile. */
function raw(...rows: readonly number[]): number {
  const scores = SERIES.values.map((_, i) => (rows.includes(i) ? 1 : 0));
  return Number(new NabScoring([SERIES], [scores], NAB_PROFILES.standard).at(1).raw.toFixed(4));
}

test('a window is worth most at its first row, little at its last, and once', () => {
  assert.is(raw(40), 1);
  assert.is(raw(50), 0.8598);
  assert.is(raw(59), 0.126);
  assert.is(raw(59, 50, 40), 1);
  assert.is(raw(), -1);
});

test('an alarm outside costs: in full before the first window, little just behind one, in full far behind', () => {
  assert.is(raw(20, 40), 0.89);
  assert.is(raw(40, 60), 0.9856);
  assert.is(raw(40, 99), 0.89);
  assert.is(raw(40, 20, 21, 22), 0.67);
});

test('alarms in the probation count for nothing', () => {
  assert.is(raw(0, 14, 40), 1);
  assert.is(raw(15, 40), 0.89);
  assert.is(probationOf(4032), 604);
  assert.is(probationOf(15_902), 750);
});

test('the best threshold is the first that gives most, and none where alarms only cost', () => {
  const scores = SERIES.values.map((_, i) => (i === 40 ? 0.7 : i === 20 ? 0.9 : i === 80 ? 0.5 : 0));
  const best = new NabScoring([SERIES], [scores], NAB_PROFILES.standard).best();
  assert.is(best.threshold, 0.7);
  assert.is(best.falseAlarms, 1);
  assert.is(best.foundWindows, 1);
  assert.is(best.normalised.toFixed(2), '94.50');
  const wrong = SERIES.values.map((_, i) => (i === 20 ? 1 : 0));
  const nothing = new NabScoring([SERIES], [wrong], NAB_PROFILES.standard).best();
  assert.is(nothing.normalised, 0);
  assert.is(nothing.threshold, Number.POSITIVE_INFINITY);
});

test('the profiles weigh false alarms and misses', () => {
  const scores = SERIES.values.map((_, i) => (i === 20 ? 1 : 0));
  const rawOf = (profile: keyof typeof NAB_PROFILES) =>
    new NabScoring([SERIES], [scores], NAB_PROFILES[profile]).at(1).raw;
  assert.is(rawOf('standard'), -1.11);
  assert.is(rawOf('lowFalsePositives'), -1.22);
  assert.is(rawOf('lowFalseNegatives'), -2.11);
});

test('windows are found by the first row of their times, and rows stay in the order of the file', () => {
  const text =
    'timestamp,value\n2014-01-01 00:00:00,1\n2014-01-01 00:10:00,2\n2014-01-01 00:05:00,3\n2014-01-01 00:10:00,4\n';
  const series = seriesOf('a.csv', text, [['2014-01-01 00:10:00.000000', '2014-01-01 00:05:00.000000']]);
  assert.equal(series.values, [1, 2, 3, 4]);
  assert.equal(series.windows, [[1, 2]]);
});

if (existsSync(CORPUS)) {
  const series = nabSeries(CORPUS);
  const windows = series.reduce((sum, one) => sum + one.windows.length, 0);
  test('published detectors get their published results', () => {
    // of the part of the corpus that is there
    assert.equal([series.length, windows], [31, 65]);
    const results = goldenScores(CORPUS, series).map(({ detector, byFile }) => [
      detector,
      ...Object.values(NAB_PROFILES).map((profile) => {
        const scores = series.map(({ file }) => byFile[file]!);
        return new NabScoring(series, scores, profile).best().normalised.toFixed(2);
      }),
    ]);
    assert.equal(results, [
      ['twitterADVec', '45.70', '31.75', '52.52'],
      ['windowedGaussian', '43.02', '28.64', '49.97'],
    ]);
  });

  test('published detectors get their published results on single files', () => {
    const standardOf = (detector: string, file: string): string => {
      const { byFile } = goldenScores(CORPUS, series).find((one) => one.detector === detector)!;
      const one = series.find((some) => some.file === file)!;
      return new NabScoring([one], [byFile[file]!], NAB_PROFILES.standard).at(1).raw.toFixed(6);
    };
    assert.is(standardOf('twitterADVec', 'artificialNoAnomaly/art_daily_no_noise.csv'), '-0.880000');
    assert.is(standardOf('windowedGaussian', 'artificialWithAnomaly/art_increase_spike_density.csv'), '-1.000000');
    assert.is(standardOf('windowedGaussian', 'realTraffic/speed_t4013.csv'), '1.766318');
  });
} else
  console.log(
    'SKIPPED (no copy of the Numenta Anomaly Benchmark here): published detectors get their published results',
  );

test.run();
