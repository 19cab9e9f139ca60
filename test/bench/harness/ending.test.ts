import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { endWithTests, eventually } from '../../temporary.js';

const at = (name: string) => JSON.stringify(pathToFileURL(join(PROJECT_ROOT, `dist/bench/harness/${name}.js`)).href);

/** A benchmark with a folder, a program that fills it, another child, and one thing that cannot be cleaned up. */
const BENCH = `
import { spawn } from 'node:child_process';
import { endWithBench, scratchFolder, whenEnding } from ${at('ending')};
import { start } from ${at('program')};
const folder = scratchFolder('ending-test');
const filling = \`let i = 0; console.log('there'); for (;;) require('fs').writeFileSync(\${JSON.stringify(folder)} + '/' + i++, '')\`;
const child = endWithBench(spawn('sleep', ['60'], { stdio: 'ignore' }));
whenEnding(() => console.log('the last words'));
whenEnding(() => { throw new Error('it cannot be removed'); });
const program = start([process.execPath, '-e', filling], 60_000, () =>
  console.log(JSON.stringify({ folder, pids: [child.pid, program.pid] })),
);
await program.ended;
`;

/** Also where nobody has asked yet how it ended. */
function hasEnded(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return !/^[^Z]/.test(stdout.trim());
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`after ${signal} the programs of a benchmark are gone, and then its folder`, async () => {
    const bench = endWithTests(
      spawn(process.execPath, ['--input-type=module', '-e', BENCH], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    let [told, failed] = ['', ''];
    bench.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    bench.stderr.setEncoding('utf8').on('data', (text: string) => (failed += text));
    await eventually('the program fills the folder', () => told.includes('}\n'));
    const { folder, pids } = JSON.parse(told) as { folder: string; pids: number[] };
    await eventually('there is a file in it', () => existsSync(join(folder, '0')));
    bench.kill(signal);
    const [exit] = await once(bench, 'close');
    assert.is(exit, code, failed);
    assert.match(told, /}\nthe last words\n$/);
    assert.is(failed, 'it cannot be removed\n');
    await eventually('its programs have ended', () => pids.every(hasEnded));
    assert.not(existsSync(folder));
  });
}

test.run();
