import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findSequences } from '../../../bench/truth/sequence.js';
import { temporaryFolder } from '../../temporary.js';

const test = suite('sequences with the truth beside them');

/** A folder with one sequence; its film is not looked into. */
function folderWith(truth: object): string {
  const folder = temporaryFolder('truth');
  mkdirSync(join(folder, 'junction'));
  writeFileSync(join(folder, 'junction', 'truth.json'), JSON.stringify(truth));
  writeFileSync(join(folder, 'junction', 'video.mp4'), '');
  return folder;
}

const DRAWN = {
  fps: 25,
  width: 960,
  height: 540,
  video: 'video.mp4',
  frames: [{ frame: 1, boxes: [[10, 20, 90, 60, 'van', 7]], ignore: [[0, 0, 50, 50]] }],
};

test('hand-drawn boxes with ids are read as they are, and judged from half an overlap on', () => {
  const [sequence] = findSequences(folderWith(DRAWN), 'ffmpeg', 'unused');
  assert.is(sequence!.name, 'junction');
  assert.equal([sequence!.width, sequence!.height, sequence!.fps, sequence!.firstFrame], [960, 540, 25, 1]);
  assert.equal(sequence!.truth, DRAWN.frames);
  assert.is(sequence!.leastIou, 0.5);
});

test('a folder that has a truth.json itself is one sequence', () => {
  const [sequence, ...others] = findSequences(join(folderWith(DRAWN), 'junction'), 'ffmpeg', 'unused');
  assert.equal([sequence!.name, others.length], ['junction', 0]);
});

test('truth from masks is judged from an overlap of 0.4 on', () => {
  const [sequence] = findSequences(folderWith({ ...DRAWN, truth_kind: 'boxes from human masks' }), 'ffmpeg', 'unused');
  assert.is(sequence!.leastIou, 0.4);
});

test('a region to be ignored that covers the whole picture is left out: nothing could be wrong then', () => {
  const ignore_static = [
    [0, 0, 960, 540],
    [0, 0, 960, 100],
  ];
  const [sequence] = findSequences(folderWith({ ...DRAWN, ignore_static }), 'ffmpeg', 'unused');
  assert.equal(sequence!.ignore, [[0, 0, 960, 100]]);
});

test('what is missing is said with the file that lacks it', () => {
  assert.throws(() => findSequences(folderWith({ ...DRAWN, fps: 0 }), 'ffmpeg', 'unused'), /truth\.json: expected fps/);
  assert.throws(
    () => findSequences(folderWith({ ...DRAWN, video: 'film.mp4' }), 'ffmpeg', 'unused'),
    /there is no .*film\.mp4/,
  );
  assert.throws(() => findSequences(temporaryFolder('truth'), 'ffmpeg', 'unused'), /has a truth\.json/);
});

test.run();
