import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, originShares } from '../../bench/kpi/answers.js';
import { pictureSize } from '../../bench/kpi/contenders.js';
import { decodedOf } from '../../bench/kpi/decoding.js';
import { findClips } from '../../bench/kpi/filmed-clips.js';
import { fourOf, medianMemory } from '../../bench/kpi/four-cameras.js';
import { type ClipOutcome, goals, worstEstimate } from '../../bench/kpi/goals.js';
import { identitySwitches } from '../../bench/kpi/identity.js';
import { judge, reached, referencesOf, trueReferences } from '../../bench/kpi/judgement.js';
import { longFilm } from '../../bench/kpi/long-film.js';
import { type Outcome, outcomeOf } from '../../bench/kpi/outcome.js';
import { clipLine, unfinished } from '../../bench/kpi/progress.js';
import { curveRows, rowOf } from '../../bench/kpi/rows.js';
import { timeline } from '../../bench/kpi/timeline.js';
import { findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import type { Truth } from '../../src/simulator/road.js';
import { temporaryFolder } from '../temporary.js';

const CAR = [10, 10, 50, 50, 0.9, 0];
const VAN = [100, 10, 140, 50, 0.4, 0];

const answer = (seq: number, detections: number[][], origin: Answer['origin'] & string = 'inferred'): Answer => ({
  seq,
  capturedAt: 1000 + seq * 40,
  latencyMs: 5,
  detections,
  origin,
});

const truth = (rows: number[][], ids: number[], visible = ids.map(() => 1)): Truth => ({
  count: rows.length,
  data: Float32Array.from(rows.flat()),
  ids: Int32Array.from(ids),
  visible: Float32Array.from(visible),
  ground: new Float32Array(ids.length * 2),
  acts: ids.map(() => []),
});

const tracked = (box: number[], track: number) => [...box, track];

const outcome = (values: Partial<Outcome>): Outcome => ({
  shares: { inferred: 1, propagated: 0, 'reused-memory': 0, 'reused-disk': 0 },
  withoutInference: 0,
  f1: null,
  recall: null,
  sameClass: null,
  truthF1: null,
  truthRecall: null,
  idSwitches: null,
  estimatedF1: null,
  pacedF1: null,
  pacedWithoutInference: null,
  meanMs: null,
  p95Ms: null,
  answered: null,
  fps: null,
  cpuPer1000: null,
  pacedCpuPer1000: null,
  peakRss: null,
  peakPss: null,
  ...values,
});

const clip = (name: string, full: Partial<Outcome>, naive: Partial<Outcome> = {}, filmed = true): ClipOutcome => ({
  name,
  filmed,
  naive: outcome(naive),
  inferred: null,
  full: outcome(full),
  decodingCpuPer1000: 1.5,
});

const NO_CAMERAS = { naive: null, full: null };

test('an unsure reference excuses a box and is no miss', () => {
  const references = referencesOf([answer(0, [CAR, VAN])]);
  assert.is(judge([answer(0, [CAR])], references).f1, 1);
  assert.is(judge([answer(0, [CAR, VAN])], references).f1, 1);
});

test('a frame without an answer misses what the reference is sure of', () => {
  const { f1, recall, sameClass } = judge([answer(0, [CAR])], referencesOf([answer(0, [CAR]), answer(1, [CAR, VAN])]));
  assert.is(f1, 2 / 3);
  assert.is(recall, 0.5);
  assert.is(sameClass, 1);
});

test('the class counts for the share of right classes alone', () => {
  const truck = [10, 10, 50, 50, 0.9, 1];
  const { f1, sameClass } = judge([answer(0, [truck])], referencesOf([answer(0, [CAR])]));
  assert.is(f1, 1);
  assert.is(sameClass, 0);
});

test('a run that was stopped early is judged by the frames that it reached', () => {
  const references = referencesOf([answer(0, [CAR]), answer(1, [CAR]), answer(2, [CAR])]);
  assert.is(judge([answer(1, [CAR])], reached(references, [answer(1, [CAR])])).recall, 0.5);
});

test('of the true vehicles only wide and visible ones must be found, and the others may be', () => {
  const narrow = [100, 10, 120, 30, 1, 0];
  const hidden = [200, 10, 240, 50, 1, 0];
  const references = trueReferences([truth([CAR, narrow, hidden], [1, 2, 3], [1, 1, 0.3])]);
  assert.is(judge([answer(0, [CAR])], references).f1, 1);
  assert.is(judge([answer(0, [CAR, narrow, hidden])], references).f1, 1);
  assert.is(judge([answer(0, [])], references).recall, 0);
});

test('a vehicle that comes back on another track is one identity switch', () => {
  const frames = [truth([CAR], [7]), truth([CAR], [7]), truth([CAR], [7])];
  const answers = [answer(0, [tracked(CAR, 1)]), answer(1, []), answer(2, [tracked(CAR, 2)])];
  assert.is(identitySwitches(answers, frames), 1);
});

test('a pair stays together while it overlaps, even if another box lies better', () => {
  const frames = [truth([CAR], [7]), truth([CAR], [7])];
  const drifted = [18, 10, 58, 50, 0.9, 0];
  const answers = [answer(0, [tracked(CAR, 1)]), answer(1, [tracked(CAR, 2), tracked(drifted, 1)])];
  assert.is(identitySwitches(answers, frames), 0);
});

test('identity switches are not counted where nothing is tracked', () => {
  assert.is(identitySwitches([answer(0, [tracked(CAR, 0)])], [truth([CAR], [7])]), null);
});

test('a script that names no origin infers', () => {
  const { origin: _, ...unnamed } = answer(0, []);
  assert.equal(originShares([unnamed, answer(1, [], 'propagated')]), {
    inferred: 0.5,
    propagated: 0.5,
    'reused-memory': 0,
    'reused-disk': 0,
  });
});

test('the median of the rounds is reported, and the largest peak of the runs of each', () => {
  const run = (fps: number, peakRss: number) => ({
    answers: [answer(0, [CAR])],
    meanMs: 1,
    p95Ms: 2,
    fps,
    cpuPer1000: null,
    peakRss,
    peakPss: null,
    answered: 1,
    estimatedF1: null,
  });
  const rounds = [10, 30, 20].map((fps) => ({ fast: run(1, 100), steady: run(fps, 150), paced: run(25, fps * 10) }));
  const { fps, peakRss, f1, cpuPer1000 } = outcomeOf(rounds, 'fast', referencesOf([answer(0, [CAR])]), null);
  assert.is(fps, 20);
  assert.is(peakRss, 200);
  assert.is(f1, 1);
  assert.is(cpuPer1000, null);
});

test('goals are medians over the filmed clips, each beside the naive script on the same clip', () => {
  const clips = [
    clip('a', { withoutInference: 0.95, f1: 0.98, meanMs: 1, fps: 600, pacedCpuPer1000: 3 }, { meanMs: 20, fps: 60 }),
    clip('b', { withoutInference: 0.93, f1: 0.93, meanMs: 4, fps: 300, pacedCpuPer1000: 6 }, { meanMs: 10, fps: 100 }),
    clip('c', { withoutInference: 0.91, f1: 0.99, meanMs: 2, fps: 300 }, { meanMs: 20, fps: 50 }),
    clip('sim', { withoutInference: 0, f1: 0, meanMs: 50, fps: 1 }, { meanMs: 1, fps: 9 }, false),
  ];
  const judged = goals(clips, { naive: { rss: 1000, pss: null }, full: { rss: 500, pss: null } });
  assert.equal(
    judged.map(({ value }) => value),
    [0.93, 0.98, 0.93, 0.1, 6, null, 3, 0.5, null],
  );
  assert.equal(
    judged.map(({ met }) => met),
    [true, true, false, true, true, null, false, true, null],
  );
});

test("what decoding took is read from ffmpeg's own words", () => {
  const progress = 'frame=10\nfps=25.0\nprogress=continue\nframe=250\nprogress=end\n';
  const log = 'Input #0\nbench: utime=0.412s stime=0.088s rtime=10.031s\nbench: maxrss=51234kB\n';
  assert.equal(decodedOf(progress, log), { frames: 250, cpuSeconds: 0.5 });
  assert.throws(() => decodedOf(progress, 'Conversion failed!'), /does not say .* Conversion failed!/);
});

test('a clip that is done is told in a line, and what is not known of it is said', () => {
  const done = clip('a', { withoutInference: 0.9312, f1: 0.9784, meanMs: 1 }, { meanMs: 8 });
  assert.is(clipLine(done), "93.1 % without inference, F1 0.978, mean latency 0.125 of the naive script's");
  const alone = { ...clip('a', { withoutInference: 1, f1: null, meanMs: 1 }), naive: null };
  assert.match(clipLine(alone), /F1 not measured, mean latency not measured of/);
  assert.is(clipLine({ ...alone, full: null }), 'no figures of this program');
});

test('a run that is ended tells the figures of the clips that were done', () => {
  assert.is(unfinished([], 0, 17), 'ended before a clip was measured\n');
  const text = unfinished([rowOf('a full', outcome({ withoutInference: 0.9 }), null)], 16, 17);
  assert.match(text, /of 16 of 17 clips, kept nowhere:\n.*noInfer%.*\n *a full +90 /);
});

test('without filmed clips the simulated ones are judged', () => {
  const [share] = goals([clip('sim', { withoutInference: 0.95 }, {}, false)], NO_CAMERAS);
  assert.is(share!.value, 0.95);
});

test('nothing is judged where everything failed', () => {
  const failed = { name: 'a', filmed: true, naive: null, inferred: null, full: null, decodingCpuPer1000: null };
  assert.ok(goals([failed], NO_CAMERAS).every(({ met, value }) => met === null && value === null));
});

test('an audit that is too kind on one clip and too strict on another is judged by its distance', () => {
  const clips = [clip('a', { f1: 0.9, estimatedF1: 0.94 }), clip('b', { f1: 0.98, estimatedF1: 0.96 })];
  const audit = goals(clips, NO_CAMERAS).at(-1)!;
  assert.is(audit.value, 0.03);
  assert.is(worstEstimate(clips)!.name, 'a');
  assert.is(worstEstimate([clip('c', { f1: 0.9 })]), null);
});

test('a chart shows each second: shares, F1 of it and its neighbours, vehicles', () => {
  const answers = [answer(0, [CAR]), answer(1, [CAR, VAN], 'propagated'), answer(4, [])];
  const wrong = { truePositives: 0, falsePositives: 1, misses: 0, classAgrees: 0 };
  const right = { truePositives: 1, falsePositives: 0, misses: 0, classAgrees: 1 };
  const tallies = [0, 1, 2, 3, 4, 5].map((seq) => ({ seq, tally: seq === 0 ? wrong : right }));
  const seconds = timeline(answers, tallies, 2);
  assert.is(seconds.length, 3);
  assert.is(seconds[0]!.shares.propagated, 0.5);
  assert.is(seconds[0]!.vehicles, 1.5);
  assert.is(seconds[0]!.f1, 6 / 7);
  assert.is(seconds[1]!.vehicles, null);
  assert.is(seconds[2]!.f1, 1);
});

test('the naive script reads pictures of the size that the program has', () => {
  assert.equal(pictureSize({ width: 1280, height: 720 }), { width: 640, height: 360 });
  assert.equal(pictureSize({ width: 768, height: 432 }), { width: 640, height: 360 });
  assert.equal(pictureSize({ width: 353, height: 288 }), { width: 352, height: 288 });
});

test("the naive script's boxes are in pixels of the source, of reported classes, without overlaps of one class", async () => {
  const { decode } = await import(pathToFileURL(join(PROJECT_ROOT, 'bench/kpi/roadside.mjs')).href);
  const rows = [
    [10, 20, 30, 40, 0.9, 0.1, 0],
    [10, 20, 30, 41, 0.8, 0.1, 0], // the same car again
    [10, 20, 30, 40, 0.1, 0.7, 0], // another class in the same place
    [50, 20, 70, 40, 0.2, 0.1, 0.9], // a class that is not reported
    [50, 20, 70, 40, 0.34, 0.1, 0], // too weak
    [190, 90, 220, 110, 0.5, 0, 0], // beyond the picture
  ];
  const boxes = decode(rows.flat(), 3, [0, 1], { width: 200, height: 128 }, { width: 400, height: 200 });
  assert.equal(boxes, [
    [20, 40, 60, 80, 0.9, 0],
    [20, 40, 60, 80, 0.7, 1],
    [380, 180, 400, 200, 0.5, 0],
  ]);
});

test('four cameras are spread over the clips, and come again where there are fewer', () => {
  assert.equal(fourOf(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']), ['a', 'c', 'e', 'g']);
  assert.equal(fourOf(['a', 'b']), ['a', 'b', 'a', 'b']);
  assert.equal(fourOf([]), []);
  assert.is(medianMemory([]), null);
});

test('a folder that is missing is a note that says how to name another', () => {
  const folder = temporaryFolder('kpi');
  const notes: string[] = [];
  assert.equal(findClips('ffmpeg', join(folder, 'none'), notes), []);
  assert.match(notes[0]!, /there is no .*none; name a folder of videos with --clips DIR/);
});

test('whatever ffmpeg reads as moving pictures takes part, and what is left out is named with its reason', async () => {
  const { path } = await findFfmpeg({ env: process.env });
  const folder = join(temporaryFolder('kpi-clips'), 'clips');
  mkdirSync(join(folder, 'older'), { recursive: true });
  const film = (...rest: string[]) => spawnSync(path, ['-v', 'error', '-f', 'lavfi', '-i', ...rest]);
  film('testsrc=size=64x48:rate=10:duration=1', join(folder, 'b.WMV'));
  film('testsrc=size=64x48:rate=25:duration=1', '-c:v', 'mpeg4', '-f', 'avi', join(folder, 'camera-7'));
  film('testsrc=size=64x48:rate=1:duration=1', '-frames:v', '1', join(folder, 'road.png'));
  film('sine=duration=1', join(folder, 'horn.wav'));
  writeFileSync(join(folder, 'README.txt'), 'filmed in May\n');
  writeFileSync(join(folder, 'cut.mp4'), '');
  const notes: string[] = [];
  assert.equal(
    findClips(path, folder, notes).map(({ name, width, height, fps }) => ({ name, width, height, fps })),
    [
      { name: 'b', width: 64, height: 48, fps: 10 },
      { name: 'camera-7', width: 64, height: 48, fps: 25 },
    ],
  );
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /^left out of .*: README\.txt /);
  for (const file of ['README.txt', 'cut.mp4', 'horn.wav', 'road.png']) {
    assert.match(notes[0]!, new RegExp(`${file} \\((a text|a picture|ffmpeg finds no video in it)\\)`));
  }
  assert.match(notes[0]!, /older \(a folder\)$|older \(a folder\), /);
});

test('a longer film is the clip over and over, whatever its name', async () => {
  const { path } = await findFfmpeg({ env: process.env });
  const folder = temporaryFolder("kpi's-film");
  const clip = join(folder, 'ten.avi');
  const ten = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1', '-c:v', 'mpeg4'];
  assert.is(spawnSync(path, ['-v', 'error', ...ten, clip]).status, 0);
  const film = longFilm(path, clip, 3, folder);
  const { stderr } = spawnSync(path, ['-i', film, '-f', 'null', '-'], { encoding: 'utf8' });
  assert.is([...stderr.matchAll(/frame= *(\d+)/g)].at(-1)![1], '30');
  assert.throws(() => longFilm(path, join(folder, 'none.avi'), 2, folder), /cannot make a longer film of .*none\.avi/);
});

test('a contender that failed has a row that says why, and one that failed once keeps its figures', () => {
  const failed = rowOf('a naive', null, 'it answered no frame');
  assert.is(failed['fps'], null);
  assert.is(failed['failed'], 'it answered no frame');
  const row = rowOf('a full', outcome({ fps: 100, peakRss: 2 ** 20 }), 'ended with SIGKILL');
  assert.is(row['fps'], 100);
  assert.is(row['rssMiB'], 1);
  assert.is(row['failed'], 'ended with SIGKILL');
});

test('the curve has a row per clip and a column per accuracy floor', () => {
  const points = [
    { clip: 'a', floor: 0.9, withoutInference: 0.954, f1: 0.961 },
    { clip: 'a', floor: 0.97, withoutInference: 0.921, f1: null },
  ];
  assert.equal(curveRows(points), [{ clip: 'a', 'floor 0.9': '95.4 / 0.961', 'floor 0.97': '92.1 / -' }]);
});

test.run();
