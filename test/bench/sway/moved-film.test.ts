import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { framesOfProgram } from '../../../bench/path/frames.js';
import { movedFilm } from '../../../bench/sway/moved-film.js';
import { MOVEMENTS, pathOf } from '../../../bench/sway/movement.js';
import { BLOCKS, emptySignature } from '../../../src/answer/scene/grid.js';
import { SteadyPicture } from '../../../src/answer/sway/steady-picture.js';
import { findFfmpeg } from '../../../src/capture/ffmpeg-binary.js';
import type { SceneShift } from '../../../src/frame/scene-shift.js';
import { HEIGHT, landscape, pictureOf, WIDTH } from '../../answer/sway/swaying.js';
import { seeded } from '../../seeded.js';

const test = suite('films of cameras that move');
const folder = mkdtempSync(join(tmpdir(), 'moved-film-'));
const FPS = 12.5;
const FRAMES = 40;

async function clip() {
  const { path: ffmpeg } = await findFfmpeg({ env: process.env });
  const [picture, path] = [join(folder, 'one.ppm'), join(folder, 'still.mkv')];
  const pixels = pictureOf(landscape(3), 0, 0);
  writeFileSync(picture, Buffer.concat([Buffer.from(`P6 ${WIDTH} ${HEIGHT} 255\n`), pixels]));
  const input = ['-loop', '1', '-framerate', String(FPS), '-i', picture, '-frames:v', String(FRAMES)];
  const { status, stderr } = spawnSync(ffmpeg, ['-v', 'error', '-y', ...input, '-c:v', 'libx264', path], {
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  return { ffmpeg, clip: { name: 'still', path, width: WIDTH, height: HEIGHT, fps: FPS, format: 'matroska' } };
}

/** How far the program says that the scene has gone in each picture of a film. */
async function measured(film: string): Promise<SceneShift[]> {
  const signature = emptySignature();
  const shifts: SceneShift[] = [];
  let picture: SteadyPicture | null = null;
  for await (const frame of framesOfProgram(film, FRAMES)) {
    picture ??= new SteadyPicture(frame, new Uint8Array(BLOCKS));
    picture.take(frame, signature);
    shifts.push(picture.shift);
  }
  return shifts;
}

/** What an expression of ffmpeg says at a time. */
const at = (expression: string, seconds: number): number =>
  new Function('T', 'sin', 'mod', 'abs', `return ${expression}`)(
    seconds,
    Math.sin,
    (a: number, b: number) => a % b,
    Math.abs,
  ) as number;

test('one that rolls is moved as it should be, and the program measures that', async () => {
  const source = await clip();
  const film = await movedFilm(source.ffmpeg, { ...source, movement: 'roll', seed: 4, frames: FRAMES }, folder);
  const path = pathOf('roll', seeded(4));
  const shifts = await measured(film);
  // ffmpeg counts pictures from 1
  const moved = (of: keyof typeof path, i: number) => at(path[of], (i + 1) / FPS) - at(path[of], 1 / FPS);
  assert.is(shifts.length, FRAMES);
  const held = shifts.flatMap((shift, i) => (shift.x === 0 ? [] : [{ shift, i }]));
  assert.ok(held.length > FRAMES / 2, `${held.length}`);
  for (const { shift, i } of held) {
    assert.ok(Math.abs(shift.x - WIDTH * moved('right', i)) < 0.4, `${i}: ${shift.x}, ${WIDTH * moved('right', i)}`);
    assert.ok(Math.abs(shift.turn + moved('turn', i)) < 0.0015, `${i}: ${shift.turn}, ${moved('turn', i)}`);
    assert.ok(Math.abs(shift.growth + moved('growth', i)) < 0.0015, `${i}: ${shift.growth}, ${moved('growth', i)}`);
  }
});

test('a film that is there is not made again; each movement makes one, and a seed always the same', async () => {
  const source = await clip();
  const made = (movement: (typeof MOVEMENTS)[number]) =>
    movedFilm(source.ffmpeg, { ...source, movement, seed: 1, frames: 5 }, folder);
  for (const movement of MOVEMENTS) assert.ok(existsSync(await made(movement)), movement);
  const { mtimeMs } = statSync(await made('pan'));
  assert.is(statSync(await made('pan')).mtimeMs, mtimeMs);
  assert.equal(pathOf('sway', seeded(5)), pathOf('sway', seeded(5)));
  assert.is.not(pathOf('sway', seeded(5)).right, pathOf('sway', seeded(6)).right);
});

test('a film that ffmpeg was kept from finishing is none: it is made anew', async () => {
  const { ffmpeg, clip: still } = await clip();
  const interrupted = join(folder, 'interrupted.sh');
  writeFileSync(interrupted, `#!/bin/sh\n"${ffmpeg}" -re "$@" & sleep 1; kill -TERM $!; wait $!\n`, { mode: 0o700 });
  const plan = { clip: still, movement: 'pan', seed: 9, frames: FRAMES } as const;
  const failure = await movedFilm(interrupted, plan, folder).catch((error: Error) => error.message);
  assert.match(failure, /ffmpeg makes no film of/);
  const film = await movedFilm(ffmpeg, plan, folder);
  assert.is((await measured(film)).length, FRAMES);
});

test('what ffmpeg cannot read is told in its words', async () => {
  const { ffmpeg, clip: good } = await clip();
  const plan = {
    clip: { ...good, name: 'none', path: join(folder, 'none.mkv') },
    movement: 'sway',
    seed: 1,
    frames: 5,
  } as const;
  const failure = await movedFilm(ffmpeg, plan, folder).catch((error: Error) => error.message);
  assert.match(failure, /ffmpeg makes no film of .*No such file/s);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
