import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../../src/config/yaml.js';
import { editLists, listsText } from '../../src/config/yaml-edit.js';

const SITE = `# of the north
site:   demo
cameras:
  - id: a   # the first
    url: "rtsp://10.0.0.1/x"
    lines:
      # counts both ways
      - { id: l1, from: [0.1, 0.2], to: [0.3,0.4] } # keep
      - id: l2
        from: [0, 0] # here
        to: [1, 1]
        # of l2
    # about zones
    zones: [] # none yet

  - id: b
    url: y
    # end of b
mqtt:
  broker:    off
`;
const L1 = { id: 'l1', from: [0.1, 0.2], to: [0.3, 0.4] };
const L2 = { id: 'l2', from: [0, 0], to: [1, 1] };
const edit = (key: string, items: readonly unknown[], camera = 0, text = SITE) =>
  editLists(text, [{ mapping: ['cameras', camera], key, items }]);
const cameras = (text: string): Record<string, unknown>[] =>
  parseYaml(text).data['cameras'] as Record<string, unknown>[];
const changedLines = (before: string, after: string): string[] => {
  const old = before.split('\n');
  return after.split('\n').filter((line) => !old.includes(line));
};

test('what is as it was changes no byte', () => {
  assert.is(edit('lines', [L1, L2]), SITE);
  assert.is(edit('zones', []), SITE);
});

test('an item that changed is written alone, in its own way, and comments stay', () => {
  const moved = edit('lines', [{ ...L1, to: [0.5, 0.4] }, L2]);
  assert.equal(changedLines(SITE, moved), ['      - { id: l1, from: [0.1, 0.2], to: [0.5, 0.4] } # keep']);
  const other = edit('lines', [L1, { ...L2, from: [0.2, 0] }]);
  assert.equal(changedLines(SITE, other), ['        from: [0.2, 0] # here']);
  assert.ok(other.includes('# of l2') && other.includes('# counts both ways'));
});

test('items are added behind the last and taken out with their lines', () => {
  const more = edit('lines', [L1, L2, { id: 'l3', from: [0, 1], to: [1, 0], left: 'north' }]);
  assert.equal(cameras(more)[0]!['lines'], [L1, L2, { id: 'l3', from: [0, 1], to: [1, 0], left: 'north' }]);
  assert.equal(changedLines(SITE, more), [
    '      - id: l3',
    '        from: [0, 1]',
    '        to: [1, 0]',
    '        left: north',
  ]);
  const fewer = edit('lines', [L2]);
  assert.equal(changedLines(SITE, fewer), []);
  assert.equal(cameras(fewer)[0]!['lines'], [L2]);
  assert.ok(!fewer.includes('l1') && fewer.includes('# counts both ways'));
  const none = edit('lines', []);
  assert.is(cameras(none)[0]!['lines'], undefined);
  assert.equal(cameras(none)[1], { id: 'b', url: 'y' });
});

test('a list that is empty or missing is written where it belongs', () => {
  const zone = {
    id: 'z',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  };
  const filled = edit('zones', [zone]);
  assert.equal(changedLines(SITE, filled), [
    '    zones:',
    '      - id: z',
    '        polygon: [[0, 0], [1, 0], [1, 1]] # none yet',
  ]);
  assert.equal(cameras(filled)[0]!['zones'], [zone]);
  const added = edit(
    'masks',
    [
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    ],
    1,
  );
  assert.equal(changedLines(SITE, added), ['    masks:', '      - [[0, 0], [1, 0], [1, 1]]']);
  assert.equal(cameras(added)[1]!['masks'], [
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  ]);
});

test('files in braces, with other line ends and without a last one, can be edited', () => {
  const json = '{"cameras": [{"id": "a", "url": "x"}], "site": "demo"}';
  assert.equal(cameras(edit('lines', [L1], 0, json)), [{ id: 'a', url: 'x', lines: [L1] }]);
  const windows = 'cameras:\r\n  - id: a\r\n    url: x';
  const edited = edit('lines', [L1], 0, windows);
  assert.equal(cameras(edited), [{ id: 'a', url: 'x', lines: [L1] }]);
  assert.is(edited.replaceAll('\r\n', '').includes('\n'), false);
});

test('names that YAML would read otherwise are quoted, and any order can be written', () => {
  const odd = [{ id: 'no', from: [0, 0], to: [1, 1], left: 'yes: #', right: '5' }, L2, L1];
  assert.equal(cameras(edit('lines', odd))[0]!['lines'], odd);
  assert.equal(cameras(edit('lines', [L2, L1]))[0]!['lines'], [L2, L1]);
});

test('what is used elsewhere too is not torn apart, and what is not there is not edited', () => {
  const shared =
    'cameras:\n  - id: a\n    url: x\n    lines: &common\n      - id: l\n        from: [0, 0]\n        to: [1, 1]\n  - id: b\n    url: y\n    lines: *common\n';
  assert.throws(() => edit('lines', [L1], 0, shared), /by hand/);
  assert.equal(cameras(edit('lines', [L1], 1, shared))[1]!['lines'], [L1]);
  assert.throws(() => edit('lines', [L1], 7), /cameras.7/);
});

test('lists as a text of their own can be read back', () => {
  const lists = {
    lines: [L1],
    zones: [],
    masks: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    ],
  };
  assert.equal(parseYaml(listsText(lists)).data, lists);
});

test.run();
