import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Model } from '../../../src/onnx/model.js';
import { inferKnownShapes } from '../../../src/onnx/shapes.js';
import { type FilterGroup, filterGroups } from '../../../src/optimize/prune/filter-groups.js';
import { followChannels } from '../../../src/optimize/prune/follow-channels.js';
import { INPUT_DIMS, SmallModel } from './small-models.js';

function groupsOf(model: Model): FilterGroup[] {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, { dims }] of inferKnownShapes(model, INPUT_DIMS)) if (dims) shapes.set(name, dims);
  return filterGroups(model.graph, followChannels(model.graph, shapes));
}

/** `producers: channels`, and why they stay, as text. */
function asText(groups: readonly FilterGroup[]): string[] {
  return groups.map(
    ({ producers, channels, reason }) =>
      `${producers.map(({ name }) => name).join('+')}: ${channels.length}${reason ? ' stay' : ''}`,
  );
}

test('a layer whose filters are the output keeps them, and says so', () => {
  const small = new SmallModel();
  small.conv('head', small.relu(small.conv('first', 'image', 8, 3)), 4, 8);
  const groups = groupsOf(small.done('head'));
  assert.equal(asText(groups), ['first: 8', 'head: 4 stay']);
  assert.is(groups[1]!.reason, 'they are output head of the graph');
});

test('an addition makes one group of two layers', () => {
  const small = new SmallModel();
  const first = small.conv('first', 'image', 8, 3);
  small.node('Add', 'sum', [first, small.conv('second', first, 8, 8)]);
  small.conv('head', 'sum', 4, 8);
  assert.equal(asText(groupsOf(small.done('head'))), ['first+second: 8', 'head: 4 stay']);
});

test('layers that are joined side by side stay apart', () => {
  const small = new SmallModel();
  const parts = [small.conv('left', 'image', 8, 3), small.conv('right', 'image', 6, 3)];
  small.node('Concat', 'both', parts, { axis: { type: 'int', value: 1 } });
  small.conv('head', 'both', 4, 14);
  assert.equal(asText(groupsOf(small.done('head'))), ['left: 8', 'right: 6', 'head: 4 stay']);
});

test('what is joined side by side and then added to one layer ties each of its parts', () => {
  const small = new SmallModel();
  const parts = [small.conv('left', 'image', 8, 3), small.conv('right', 'image', 6, 3)];
  small.node('Concat', 'both', parts, { axis: { type: 'int', value: 1 } });
  small.node('Add', 'sum', ['both', small.conv('wide', 'image', 14, 3)]);
  small.conv('head', 'sum', 4, 14);
  assert.equal(asText(groupsOf(small.done('head'))), ['left+wide: 8', 'right+wide: 6', 'head: 4 stay']);
});

test('the parts of a split are groups of their own', () => {
  const small = new SmallModel();
  const first = small.conv('first', 'image', 12, 3);
  const sizes = small.integers('sizes', 4, 8);
  small.node('Split', 'split', [first, sizes], { axis: { type: 'int', value: 1 } }, ['a', 'b']);
  small.conv('head', small.relu('a'), 4, 4);
  small.conv('other', small.relu('b'), 4, 8);
  assert.equal(asText(groupsOf(small.done('head', 'other'))), [
    'first: 4',
    'first: 8',
    'head: 4 stay',
    'other: 4 stay',
  ]);
});

test('a depthwise layer goes with the layer before it', () => {
  const small = new SmallModel();
  small.conv('head', small.conv('depthwise', small.conv('first', 'image', 8, 3), 8, 8, 8), 4, 8);
  assert.equal(asText(groupsOf(small.done('head'))), ['first+depthwise: 8', 'head: 4 stay']);
});

test('a layer in two groups loses the same place of both', () => {
  const small = new SmallModel();
  small.conv('head', small.conv('grouped', small.conv('first', 'image', 8, 3), 12, 8, 2), 4, 12);
  assert.equal(asText(groupsOf(small.done('head'))), ['first: 4', 'grouped: 6', 'head: 4 stay']);
});

test('an operator that is not understood is named', () => {
  const small = new SmallModel();
  small.node('DepthToSpace', 'shuffle', [small.conv('first', 'image', 8, 3)], { blocksize: { type: 'int', value: 2 } });
  small.conv('head', 'shuffle', 4, 2);
  const [first] = groupsOf(small.done('head'));
  assert.is(first!.reason, 'node shuffle (DepthToSpace) reads them: the operator is not followed');
});

test('a shape may be asked for height and width, not for channels', () => {
  const small = new SmallModel();
  const height = small.integers('height', 2);
  const channels = small.integers('channels', 1);
  const asked = small.conv('asked', 'image', 8, 3);
  const counted = small.conv('counted', 'image', 8, 3);
  small.node('Gather', 'h', [small.node('Shape', 'shape of asked', [asked]), height]);
  small.node('Gather', 'c', [small.node('Shape', 'shape of counted', [counted]), channels]);
  small.conv('head', small.node('Concat', 'all', [asked, counted], { axis: { type: 'int', value: 1 } }), 4, 16);
  const model = small.done('head');
  model.graph.outputs = [
    ...model.graph.outputs,
    ...['h', 'c'].map((name) => ({ name, type: 'int64' as const, dims: null })),
  ];
  assert.equal(asText(groupsOf(model)), ['asked: 8', 'counted: 8 stay', 'head: 4 stay']);
});

test.run();
