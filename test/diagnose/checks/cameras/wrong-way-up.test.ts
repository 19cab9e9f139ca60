import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { atHome } from '../../../../src/config/at-home.js';
import { judgeTurns, UprightLook } from '../../../../src/diagnose/checks/cameras/wrong-way-up.js';
import { type Quarters, turned } from '../../../../src/diagnose/picture/turned.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import { firstRoadScene } from '../../../../src/models/recognition/probe-scenes.js';
import { deviceScope } from '../../../../src/runtime/device-scope.js';
import { codesOf, patientWith, wordsOf } from './patient.js';

const test = suite('wrong way up');

test('a picture is turned by quarters, clockwise', () => {
  // a b c over d e f, the letter in red alone
  const picture = { width: 3, height: 2, data: Uint8Array.from('abcdef', (letter) => letter.charCodeAt(0)) };
  const data = new Uint8Array(18);
  for (const [at, byte] of picture.data.entries()) data[at * 3] = byte;
  const letters = (quarters: Quarters): string => {
    const { width, data: bytes } = turned({ ...picture, data }, quarters);
    const text = String.fromCharCode(...bytes.filter((_, at) => at % 3 === 0));
    return [...Array(6 / width).keys()].map((row) => text.slice(row * width, (row + 1) * width)).join('/');
  };
  assert.equal(([0, 1, 2, 3] as const).map(letters), ['abc/def', 'da/eb/fc', 'fed/cba', 'cf/be/ad']);
});

test('many more vehicles in the turned picture say that the camera is; a few more, or few at all, say nothing', () => {
  const [down] = judgeTurns('north', [1, 0, 9, 0]);
  assert.equal([down?.code, down?.values], ['camera-turned', { camera: 'north', degrees: 180, turned: 9, seen: 1 }]);
  assert.match(wordsOf(down), 'Mount north the right way up');
  assert.is(judgeTurns('north', [0, 0, 0, 5])[0]?.values.degrees, 270);
  for (const counts of [[], [0, 0, 3, 0], [3, 0, 9, 0], [8, 0, 3, 0], [0, 0, 0, 0]])
    assert.equal(judgeTurns('north', counts), []);
});

test("the site's model finds a road that hangs upside down or lies on its side, and leaves an upright one in peace", async () => {
  const patient = patientWith([]);
  const config = atHome(patient.config, PROJECT_ROOT, deviceScope(patient.config));
  const look = new UprightLook({ ...patient, config }, AbortSignal.timeout(20_000));
  const road = await firstRoadScene();
  const [upright, hanging, lying, none] = await Promise.all([
    look.look('upright', [road]),
    look.look('hanging', [turned(road, 2)]),
    look.look('lying', [turned(road, 1)]),
    look.look('none', []),
  ]);
  await look.close();
  assert.equal([codesOf(upright), codesOf(none)], [[], []]);
  assert.equal(codesOf(hanging), ['degraded camera-turned']);
  assert.is(hanging[0]?.values.degrees, 180);
  assert.is(lying[0]?.values.degrees, 270);
});

test.run();
