import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { endWithTests, eventually, temporaryFolder } from '../temporary.js';

const KPI = JSON.stringify(pathToFileURL(join(PROJECT_ROOT, 'dist/bench/kpi.js')).href);

test('a run that is asked to end has told each clip that was done, and tells its figures once more', async () => {
  const { path } = await findFfmpeg({ env: process.env });
  const folder = temporaryFolder('kpi-ended');
  const clips = join(folder, 'clips');
  mkdirSync(clips);
  for (const name of ['a', 'b']) {
    const film = ['-f', 'lavfi', '-i', 'testsrc=size=160x96:rate=10:duration=1', '-c:v', 'mpeg4'];
    assert.is(spawnSync(path, ['-v', 'error', ...film, join(clips, `${name}.avi`)]).status, 0);
  }
  const args = ['--clips', clips, '--sims', 'none', '--seconds', '2', '--steady', '10'];
  const code = `const { run } = await import(${KPI}); await run(${JSON.stringify(args)}, ${JSON.stringify(folder)});`;
  const bench = endWithTests(
    spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'inherit', 'pipe'] }),
  );
  let told = '';
  bench.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  await eventually('the second clip is begun', () => told.includes('[2/2] b: reference'), 120_000);
  assert.match(told, /\[1\/2\] a: [\d.]+ % without inference, F1 [\d.]+, mean latency [\d.]+ of the naive script's\n/);
  bench.kill('SIGTERM');
  assert.is((await once(bench, 'close'))[0], 143);
  const [, table = ''] = told.split('ended before its end; of 1 of 2 clips, kept nowhere:\n');
  for (const contender of ['naive', 'inferred', 'full', 'decoding']) assert.match(table, `a ${contender}`);
});

test.run();
