import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FfmpegReport, type PictureNote } from '../../src/capture/ffmpeg-report.js';
import { rememberSecretsOf } from '../../src/foundation/known-secrets.js';

function read(text: string, aspect?: number) {
  const notes: PictureNote[] = [];
  const report = new FfmpegReport((note) => notes.push(note), aspect);
  for (let at = 0; at < text.length; at += 37) report.push(text.slice(at, at + 37));
  return { notes, report };
}

const size = (w: number, h: number) =>
  `[graph 0 input from stream 0:0 @ 0x5] [verbose] w:${w} h:${h} pixfmt:yuv420p tb:1/90000 fr:25/1 sar:1/1\n` +
  `[Parsed_scale_0 @ 0x5] [verbose] w:${w} h:${h} fmt:yuv420p sar:1/1 -> w:640 h:360 fmt:rgb24 sar:1/1 flags:0x0\n`;
/** One picture whose pixels have this aspect. */
const squeezed = (w: number, h: number, sar: string) =>
  size(w, h).replaceAll('sar:1/1 ->', `sar:${sar} ->`) + frame(0, '0');
const frame = (n: number, t: string) => `[metadata@picture @ 0x5] [info] frame:${n}    pts:90    pts_time:${t}\n`;
const KEY = '[metadata@key @ 0x5] [info] frame:7    pts:90    pts_time:0.5\n[metadata@key @ 0x5] [info] key=1\n';
const MAPPING = '[info] Stream mapping:\n[info]   Stream #0:0 -> #0:0 (h264 (native) -> ppm (native))\n';
const COMPLAINT = '[h264 @ 0x5] [error] error while decoding MB 12 3, bytestream -5\n';

test('reads native size, rate and picture times', () => {
  const { notes, report } = read(size(1920, 1080) + frame(0, '0.04') + frame(1, '0.08'));
  assert.is(report.fps, 25);
  assert.equal(notes, [
    { index: 0, mediaMs: 40, sourceWidth: 1920, sourceHeight: 1080, damaged: false },
    { index: 1, mediaMs: 80, sourceWidth: 1920, sourceHeight: 1080, damaged: false },
  ]);
});

test('a squeezed picture is as large as its square pixels make it, whatever side is squeezed', () => {
  const sizeOf = (text: string, aspect?: number) => {
    const { sourceWidth, sourceHeight } = read(text, aspect).notes[0]!;
    return [sourceWidth, sourceHeight];
  };
  assert.equal(sizeOf(squeezed(640, 720, '2/1')), [1280, 720]);
  assert.equal(sizeOf(squeezed(704, 288, '6/11')), [704, 528]);
  assert.equal(sizeOf(squeezed(720, 576, '0/1')), [720, 576]);
  assert.equal(sizeOf(squeezed(720, 576, '1000/1')), [720, 576]);
  assert.equal(sizeOf(squeezed(960, 1080, '1/1'), 16 / 9), [1920, 1080]);
  assert.equal(sizeOf(squeezed(704, 288, '12/11'), 4 / 3), [704, 528]);
});

test('takes the average rate of a stream before the one that ffmpeg guesses', () => {
  const line =
    '[info]   Stream #0:0(und): Video: h264 (High) (avc1 / 0x31), yuv420p, 640x360, 9.79 fps, 25 tbr, 90k tbn\n';
  assert.is(read(line + size(640, 360)).report.fps, 9.79);
});

test("reads showinfo's lines of older builds", () => {
  const line = '[Parsed_showinfo_2 @ 0x1] [info] n:   3 pts:  27000 pts_time:0.5     pos:  9588 fmt:rgb24 sar:1/1\n';
  assert.is(read(line).notes[0]!.mediaMs, 500);
});

test('goes on counting when ffmpeg rebuilds its filters for another size', () => {
  const { notes } = read(size(640, 360) + frame(0, '0') + frame(1, '1') + size(320, 240) + frame(0, '2'));
  assert.equal(
    notes.map((n) => [n.index, n.sourceWidth]),
    [
      [0, 640],
      [1, 640],
      [2, 320],
    ],
  );
});

test('pictures are damaged from a complaint of the decoder until the next key frame', () => {
  const text = [
    MAPPING,
    KEY,
    frame(0, '0'),
    COMPLAINT,
    frame(1, '1'),
    frame(2, '2'),
    KEY,
    frame(3, '3'),
    frame(4, '4'),
  ];
  const { notes, report } = read(text.join(''));
  assert.equal(
    notes.map(({ damaged }) => damaged),
    [false, true, true, false, false],
  );
  assert.is(report.complaints, 1);
  assert.is(report.failure, null);
});

test('a key frame that the decoder complained about is damaged, and what is made from it', () => {
  const { notes } = read(
    MAPPING + frame(0, '0') + COMPLAINT + KEY + frame(1, '1') + frame(2, '2') + KEY + frame(3, '3'),
  );
  assert.equal(
    notes.map(({ damaged }) => damaged),
    [false, true, true, false],
  );
});

test("in older builds' lines a key frame ends the damage too", () => {
  const info = (n: number, key: number) =>
    `[Parsed_showinfo_2 @ 0x1] [info] n:   ${n} pts:  27000 pts_time:${n}     pos: 9 i:P iskey:${key} type:P checksum:0\n`;
  const { notes } = read(MAPPING + COMPLAINT + info(0, 0) + info(1, 0) + info(2, 1));
  assert.equal(
    notes.map(({ index, damaged }) => [index, damaged]),
    [
      [0, true],
      [1, true],
      [2, false],
    ],
  );
});

test('what was said while probing is said again of the pictures, if it is true of them', () => {
  const { notes, report } = read(COMPLAINT + MAPPING + KEY + frame(0, '0') + frame(1, '1'));
  assert.equal(
    notes.map(({ damaged }) => damaged),
    [false, false],
  );
  assert.is(report.complaints, 1);
});

test('what the decoder said before the first picture may be why none came', () => {
  assert.is(read(COMPLAINT).report.failure, 'error while decoding MB 12 3, bytestream -5');
});

test('a picture without a timestamp has none', () => {
  assert.is(read(frame(0, 'NOPTS')).notes[0]!.mediaMs, null);
});

test('keeps the last failures, with no credentials in them', () => {
  const secret =
    '[tcp @ 0x1] [error] login as hunter2 failed\n[error] rtsp://admin:hunter2@cam/x: Connection refused\n';
  rememberSecretsOf('rtsp://admin:hunter2@cam/x');
  const { report } = read(`[info] hello\n${secret}`);
  assert.is(report.failure, 'login as *** failed; rtsp://***@cam/x: Connection refused');
});

test('a password is masked before a long message is cut', () => {
  const { report } = read(`[error] ${'x'.repeat(296)}hunter2\n`);
  assert.is(report.failure, `${'x'.repeat(296)}***`);
});

test('a flood of messages does not grow', () => {
  const report = new FfmpegReport(() => {});
  for (let i = 0; i < 1000; i++) report.push(`[error] problem ${i}\n`);
  report.push('x'.repeat(1_000_000));
  assert.is(report.failure, 'problem 996; problem 997; problem 998; problem 999');
});

test('counts the jumps in timestamps that ffmpeg mended', () => {
  const line = '[mpegts @ 0x5] [warning] DTS discontinuity in stream 0: packet 74 with DTS 81, packet 75 with DTS 85\n';
  assert.is(read(line).report.jumps, 1);
});

test('takes the matrix of the colours from what the stream says of itself', () => {
  const matrixOf = (format: string) =>
    read(`[info]   Stream #0:0: Video: h264 (High), ${format}, 1920x1080, 25 fps, 25 tbr, 90k tbn\n`).report.matrix;
  assert.is(matrixOf('yuv420p'), 'bt601');
  assert.is(matrixOf('yuv420p(progressive)'), 'bt601');
  assert.is(matrixOf('yuv420p(tv, bt709, progressive)'), 'bt709');
  assert.is(matrixOf('yuvj420p(pc, bt709/unknown/unknown)'), 'bt709');
  assert.is(matrixOf('yuv420p(bt709)'), 'bt709');
  assert.is(matrixOf('yuv420p(tv, bt470bg/bt709/bt709, progressive)'), 'bt601');
});

test.run();
