import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scenarioOf } from '../../../bench/control/conditions.js';
import { curveAt } from '../../../bench/control/curve.js';
import { filesIn } from '../../../bench/control/json-file.js';
import { readPlant } from '../../../bench/control/plant-file.js';
import { readTrace } from '../../../bench/control/trace-file.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { smallBoard, smallPlant, smallScenario } from './small-board.js';

const test = suite<{ folder: string }>('files of boards and traces');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'control-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was wrong';
}

test('every board that ships can be read, and every trace runs on every board that it is for', () => {
  const folder = join(PROJECT_ROOT, 'bench/control');
  const plants = readdirSync(join(folder, 'plants')).map((name) => readPlant(join(folder, 'plants', name)));
  const traces = readdirSync(join(folder, 'traces')).map((name) => readTrace(join(folder, 'traces', name)));
  assert.ok(plants.length >= 10);
  assert.ok(traces.length >= 18);
  for (const trace of traces.filter(({ hours }) => hours <= 10)) {
    for (const plant of plants) assert.ok(scenarioOf(plant, trace, 1).conditions.length > 0);
  }
});

test('a board with mistakes names each of them with its place', ({ folder }) => {
  const file = join(folder, 'board.json');
  const board = smallBoard();
  writeFileSync(
    file,
    JSON.stringify({
      ...board,
      cores: 0,
      wings: 2,
      clocks: [{ mhz: 500, speed: 0.5, energy: 1 }],
    }),
  );
  const message = messageOf(() => readPlant(file));
  assert.match(message, file);
  assert.match(message, /cores: Too small/);
  assert.match(message, /wings: no such key/);
});

test('numbers that contradict each other are told with what was expected', ({ folder }) => {
  const file = join(folder, 'board.json');
  const board = smallBoard();
  const [first] = board['points'] as object[];
  writeFileSync(
    file,
    JSON.stringify({
      ...board,
      clocks: [{ mhz: 500, speed: 0.5, energy: 1 }],
      governor: { trips: [{ at: 80, lowestClock: 3 }], hysteresis: 2 },
      thermal: { nodes: [{ name: 'soc', joulesPerKelvin: 5, shareOfPower: 0.5 }] },
      points: [first, first, { ...first, variant: 'c', picturesPerS: 500, millijoules: null }],
    }),
  );
  const message = messageOf(() => readPlant(file));
  for (const problem of [
    /thermal\.nodes: expected shareOfPower to add up to 1, got 0\.5/,
    /thermal\.nodes: expected wattsPerKelvinToAmbient above 0/,
    /clocks: expected speed 1 at the last one/,
    /governor\.trips\.0\.lowestClock: expected an index of clocks, below 1, got 3/,
    /points\.1: expected each once/,
    /points\.2\.picturesPerS: expected at most workers × 1000 \/ serviceMs = 100\.00/,
    /points\.2\.truth\.millijoules: expected a number/,
  ]) {
    assert.match(message, problem);
  }
});

test('what is no JSON, an event of no kind and an end before the beginning are told', ({ folder }) => {
  const file = join(folder, 'trace.json');
  writeFileSync(file, '{');
  assert.match(
    messageOf(() => readTrace(file)),
    /trace\.json:\n {2}.*JSON/,
  );
  const trace = { name: 't', about: '', hours: 1 };
  writeFileSync(file, JSON.stringify({ ...trace, events: [{ at: 5, kind: 'earthquake' }] }));
  assert.match(
    messageOf(() => readTrace(file)),
    /events\.0\.kind/,
  );
  writeFileSync(file, JSON.stringify({ ...trace, events: [{ at: 50, until: 40, kind: 'sun', kelvin: 5 }] }));
  assert.match(
    messageOf(() => readTrace(file)),
    /events\.0\.until: expected later than at \(50\), got 40/,
  );
  writeFileSync(file, JSON.stringify({ ...trace, events: [{ at: 4000, kind: 'sensor-gone' }] }));
  assert.match(
    messageOf(() => readTrace(file)),
    /events\.0\.at: expected within the trace's 3600 s, got 4000/,
  );
});

test('an event about a point that the board has not names those that it has', ({ folder }) => {
  const file = join(folder, 'trace.json');
  const event = { at: 0, kind: 'point-fails', point: { variant: 'bb' } };
  writeFileSync(file, JSON.stringify({ name: 't', about: '', hours: 1, events: [event] }));
  const message = messageOf(() => scenarioOf(smallPlant(), readTrace(file), 1));
  assert.match(
    message,
    /no point is \{"variant":"bb"\}, did you mean b\?; there are n a cpu 1 × 2 threads batch 1; s b/,
  );
});

test('what is slow, leaks or finds less does so with any number of workers; what cannot be loaded is one point', () => {
  const { points } = smallBoard() as { points: Record<string, unknown>[] };
  const board = { points: [...points, { ...points[1], workers: 2, intraOpThreads: 1 }] };
  const of = (kind: string, rest: object) =>
    smallScenario({ events: [{ at: 0, kind, point: 'most-accurate', ...rest }] }, board);
  const [conditions] = of('point-slower', { factor: 2 }).conditions;
  assert.equal([...conditions!.slowdown], [1, 2, 2]);
  assert.equal(of('point-leaks', { bytesPerS: 1 }).harmful[0]!.points, [1, 2]);
  assert.equal([...of('point-fails', {}).conditions[0]!.fails], [0, 1, 0]);
  const named = { point: { variant: 'b', workers: 2 }, finds: 0.5 };
  assert.equal([...of('point-inaccurate', named).conditions[0]!.finds], [1, 1, 0.5]);
});

test('a CSV file is a trace by itself, and a curve of one beside it', ({ folder }) => {
  const csv = join(folder, 'road.csv');
  writeFileSync(csv, '# counted\nseconds,traffic,ambient\n0,0,20\n3600,1,30\n7200,0.5,30\n');
  const trace = readTrace(csv);
  assert.is(trace.name, 'road');
  assert.is(trace.hours, 2);
  assert.is(curveAt(trace.traffic, 1800), 0.5);
  const json = join(folder, 'trace.json');
  const curve = { csv: 'road.csv', column: 'traffic' };
  writeFileSync(json, JSON.stringify({ name: 't', about: '', hours: 1, traffic: curve }));
  assert.is(curveAt(readTrace(json).traffic, 5400), 0.75);
  writeFileSync(json, JSON.stringify({ name: 't', about: '', hours: 1, traffic: { ...curve, column: 'cars' } }));
  assert.match(
    messageOf(() => readTrace(json)),
    /expected a column cars, got seconds, traffic, ambient/,
  );
  writeFileSync(csv, 'seconds,traffic\n0,0\n3600,many\n');
  assert.match(
    messageOf(() => readTrace(csv)),
    /row 3, traffic: expected a number, got many/,
  );
});

test('a folder that is none, or holds no file of the kind, is told with its option', ({ folder }) => {
  assert.match(
    messageOf(() => filesIn('plants', join(folder, 'x'), ['.json'])),
    /--plants:\n {2}expected a folder/,
  );
  assert.match(
    messageOf(() => filesIn('plants', folder, ['.json'])),
    /no file ends in \.json/,
  );
});

test.run();
