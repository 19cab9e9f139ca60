import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeReadouts } from '../../../src/models/recognition/judgement.js';
import type { FoundBox, Readout, StrongRow } from '../../../src/models/recognition/readout.js';

const CAR: FoundBox = { class: 'car', score: 0.8, box: [100, 200, 300, 360] };

function rows(count: number, flaw: StrongRow['flaw'] = null, score = 0.8): StrongRow[] {
  return Array.from({ length: count }, () => ({ score, flaw }));
}

/** A picture of a road with one vehicle, which is found. */
function readout(change: Partial<Readout> = {}): Readout {
  return {
    scene: { id: 'road 1', kind: 'road' },
    unreadable: null,
    rows: 8400,
    peak: 0.8,
    foreignClass: false,
    brokenClasses: 0,
    wrongBackground: 0,
    certain: 12,
    strongest: rows(20),
    stacked: 0,
    found: [CAR],
    wanted: 1,
    hits: [CAR],
    ...change,
  };
}

const GREY = { scene: { id: 'grey', kind: 'grey' }, wanted: 0, hits: [], found: [], certain: 0, peak: 0.01 } as const;

const faultOf = (...changes: Partial<Readout>[]) => judgeReadouts(changes.map(readout)).faults;

test('a model that finds the vehicle and nothing in grey has no fault', () => {
  assert.equal(judgeReadouts([readout(), readout(GREY)]), {
    faults: [],
    peak: 0.8,
    hits: 1,
    wanted: 1,
    named: 1,
    worth: 0.8,
  });
});

test('numbers that cannot be read are a fault in the words of whoever failed', () => {
  assert.equal(faultOf({}, { unreadable: 'output a holds NaN in place of numbers' }), [
    'output a holds NaN in place of numbers',
  ]);
});

test('a score over 1 is none, but for rounding', () => {
  assert.equal(faultOf({ peak: 1.004 }), []);
  assert.equal(faultOf({ peak: 3.25 }), ['a score of 3.25, expected 0 to 1, in the picture "road 1"']);
  assert.is(faultOf({ peak: Number.NaN }).length, 1);
});

test('a background that most rows contradict is a fault', () => {
  assert.equal(faultOf({ rows: 300, wrongBackground: 150 }), []);
  assert.equal(faultOf({ rows: 300, wrongBackground: 151 }), [
    '151 of 300 rows whose background speaks against it in the picture "road 1"',
  ]);
});

test('boxes that end before they begin, lie outside or are points are a fault from a quarter of those looked at on', () => {
  assert.equal(faultOf({ strongest: [...rows(15), ...rows(5, 'reversed')] }), []);
  assert.equal(faultOf({ strongest: [...rows(14), ...rows(6, 'reversed')] }), [
    '6 of the 20 strongest boxes end before they begin',
  ]);
  assert.equal(faultOf({ strongest: rows(1, 'outside') }), ['1 of the 1 strongest boxes lie far outside the picture']);
  assert.equal(faultOf({ strongest: rows(9, 'tiny') }, {}), [
    '9 of the 29 strongest boxes are smaller than two pixels',
  ]);
});

test('rows that only fill up may have any box', () => {
  assert.equal(faultOf({}, { ...GREY, strongest: rows(20, 'reversed', 0.007) }), []);
  assert.equal(faultOf({ ...GREY, strongest: rows(20, 'reversed', 0.007) }), [
    '20 of the 20 strongest boxes end before they begin',
  ]);
});

test('a class that is no whole number, or none of the model, is a fault', () => {
  assert.equal(faultOf({ rows: 300, brokenClasses: 12 }), [
    '12 rows whose class is no whole number in the picture "road 1"',
  ]);
  assert.equal(faultOf({ foreignClass: true }), [
    'a row with a score of 0.25 or more is of a class beyond those that are named in the picture "road 1"',
  ]);
});

test('a model that is sure of many rows where there is nothing is read wrongly; of many rows on a road it need not be', () => {
  assert.equal(faultOf({ ...GREY, certain: 84 }), []);
  assert.equal(faultOf({ ...GREY, certain: 8400 }), [
    '8400 of 8400 rows with a score of 0.5 or more in the picture "grey"',
  ]);
  assert.equal(faultOf({ certain: 1260 }), []);
  assert.equal(faultOf({ certain: 1261 }), ['1261 of 8400 rows with a score of 0.5 or more in the picture "road 1"']);
  assert.equal(faultOf({ rows: 100, certain: 95 }), [
    '95 of 100 rows with a score of 0.5 or more in the picture "road 1"',
  ]);
});

test('many boxes on one spot are one vehicle of which NMS was not done', () => {
  const found = Array.from({ length: 60 }, () => CAR);
  assert.equal(faultOf({ found, stacked: 59 }), ['59 of 60 boxes that lie on another one in the picture "road 1"']);
  assert.equal(faultOf({ found, stacked: 30 }), []);
});

test('what is found where there is nothing, and under a wrong name, makes a reading worth less', () => {
  const bird = { ...CAR, class: 'bird' };
  assert.is(judgeReadouts([readout({ hits: [CAR, bird] })]).worth, 0.8 + 0.8 * 0.6);
  assert.is(judgeReadouts([readout({ hits: [CAR, bird] })]).named, 1);
  assert.is(judgeReadouts([readout(), readout({ ...GREY, found: [CAR] })]).worth, 0.8 - 0.5);
});

test.run();
