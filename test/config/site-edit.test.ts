import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CameraShapes, editedSite, readSite, shapesInSite } from '../../src/config/site-edit.js';
import { temporaryFolder } from '../temporary.js';

const dir = temporaryFolder('site-edit');
const file = join(dir, 'site.yaml');
const SITE = `site: demo # ours
board: none
cameras:
  - id: south
    url: sim://road
  - id: north
    url: sim://road
    lines:
      - { id: gate, from: [0.1, 0.5], to: [0.9, 0.5] }
`;
writeFileSync(file, SITE);
const sources = { file, env: {} };
const NONE: CameraShapes = { lines: [], zones: [], rules: [], masks: [], privacyMasks: [] };
const GATE = { id: 'gate', from: [0.1, 0.5], to: [0.9, 0.5] };

test('what the file says of each camera is told', () => {
  const shapes = shapesInSite(readSite(file));
  assert.equal([...shapes.keys()], ['south', 'north']);
  assert.equal(shapes.get('north'), { ...NONE, lines: [GATE] });
});

test('shapes that are in order are written beside what was there, and what changes is told', () => {
  const polygon = [
    [0, 0],
    [1, 0],
    [1, 1],
  ];
  const edit = editedSite(sources, 'north', { ...NONE, lines: [GATE], zones: [{ id: 'bay', polygon }] });
  assert.equal(edit.problems, []);
  assert.equal(
    edit.difference.filter(({ kind }) => kind !== 'same').map(({ kind, text }) => `${kind} ${text}`),
    ['added     zones:', 'added       - id: bay', 'added         polygon: [[0, 0], [1, 0], [1, 1]]'],
  );
  assert.ok(edit.text.startsWith('site: demo # ours\n'));
  assert.is(edit.before.text, SITE);
  assert.is.not(edit.sha256, edit.before.sha256);
});

test('what is wrong is told as the schema says it, at the shape that it belongs to', () => {
  const lines = [
    GATE,
    { id: 'gate', from: [0, 0], to: [0, 0], left: 'in', right: 'in' },
    { id: 'out', from: [0, 2], to: [1, 1] },
  ];
  const { problems } = editedSite(sources, 'north', {
    ...NONE,
    lines,
    masks: [
      [
        [0, 0],
        [1, 1],
      ],
    ],
  });
  const at = (path: string): string =>
    problems
      .filter((one) => one.at.includes(path))
      .map(({ text }) => text)
      .join('\n');
  assert.match(
    at('lines.1.id'),
    /cameras.1.lines.0.id and cameras.1.lines.1.id: expected different ids, got "gate" twice/,
  );
  assert.match(at('lines.0.id'), /different ids/);
  assert.match(at('lines.1.to'), /expected two different ends/);
  assert.match(at('lines.1.left'), /expected different names/);
  assert.match(at('lines.2.from.1'), /expected a number from 0 to 1, got 2/);
  assert.match(at('masks.0'), /expected a list/);
});

test('a rule of a line that is not there any more is told', () => {
  const rules = [{ id: 'r', offence: 'wrong-way', line: 'gate', direction: 'left' }];
  assert.equal(editedSite(sources, 'north', { ...NONE, lines: [GATE], rules }).problems, []);
  const { problems } = editedSite(sources, 'north', { ...NONE, rules });
  assert.match(problems[0]!.text, /rules.0.line: expected one of the ids/);
  assert.equal(problems[0]!.at, ['rules.0.line']);
});

test('a camera that the file has not, and a file that is not there, are refused with their names', () => {
  assert.throws(() => editedSite(sources, 'west', NONE), /got west/);
  assert.throws(() => readSite(join(dir, 'none.yaml')), /no such file/);
});

test.run();
