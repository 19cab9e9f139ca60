import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clip } from '../../cli/clip.js';
import { startEdgeOptimizer } from '../../cli/command-line.js';
import { LINUX, leftOf, MARK } from '../../cli/left-processes.js';
import { parseStrictly } from '../../cli/strict-json.js';
import { endWithTests, eventually, temporaryFolder } from '../../temporary.js';

const WATCHDOG = new URL('../../../src/runtime/health/watchdog.js', import.meta.url).href;
const folder = temporaryFolder('watchdog');
/** A machine may be busy with other things. */
const PATIENCE_MS = 60_000;

/** A process with a watchdog of `limitMs` that then does `work`. */
function watched(limitMs: number, work: string) {
  const script = `
    import { Watchdog } from '${WATCHDOG}';
    const watchdog = new Watchdog(${limitMs});
    watchdog.start();
    ${work}`;
  const child = endWithTests(
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stderr })),
  );
  return { child, ended, printed: () => stdout };
}

test('a process whose main thread hangs is killed, and says so', async () => {
  const { ended } = watched(1000, 'setTimeout(() => { for (;;); }, 300);');
  const { signal, stderr } = await ended;
  assert.is(signal, 'SIGKILL');
  const { level, msg } = parseStrictly(stderr.trimEnd());
  assert.is(level, 'error');
  assert.match(msg as string, /^the main thread did nothing for 1 s: the process is killed, .*\(watchdog\.hangS\)$/);
});

test('it is killed also where it hangs because nobody reads what it says', async () => {
  const { child, ended } = watched(
    1000,
    `import { writeSync } from 'node:fs';
     const much = Buffer.alloc(1 << 20, 46);
     setTimeout(() => { for (;;) try { writeSync(2, much); } catch { /* full: again */ } }, 300);`,
  );
  child.stderr.pause();
  child.once('exit', () => child.stderr.resume());
  assert.is((await ended).signal, 'SIGKILL');
});

test('it keeps no process alive, and none that is idle or that stopped it is killed', async () => {
  assert.is((await watched(1000, '').ended).code, 0);
  assert.is((await watched(1000, 'setTimeout(() => process.exit(3), 3000);').ended).code, 3);
  const busy = 'await watchdog.stop(); const end = Date.now() + 3000; while (Date.now() < end);';
  assert.is((await watched(1000, busy).ended).code, 0);
  assert.is((await watched(0, 'const end = Date.now() + 1500; while (Date.now() < end);').ended).code, 0);
});

test('a process that was stopped for longer than the limit goes on afterwards', async () => {
  const { child, ended, printed } = watched(2000, "setInterval(() => console.log('beat'), 100);");
  await eventually('it runs', () => printed().includes('beat'), PATIENCE_MS);
  child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const before = printed().length;
  child.kill('SIGCONT');
  await eventually('it goes on', () => printed().length > before + 30, PATIENCE_MS);
  child.kill('SIGTERM');
  assert.is((await ended).signal, 'SIGTERM');
});

if (LINUX) {
  test('a run that hangs is killed with its detector worker and ffmpeg', async () => {
    const mark = randomUUID();
    const hangsOnDemand = "data:text/javascript,process.on('SIGUSR2',()=>{for(;;);})";
    const sources = ['--source', 'sim://road', ...clip(folder)];
    const { child, ended } = startEdgeOptimizer(['run', ...sources, '--no-http', '--json', '--log-level', 'error'], {
      [MARK]: mark,
      NODE_OPTIONS: `--import=${hangsOnDemand}`,
      EDGE_WATCHDOG_HANG_S: '3',
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    assert.is(leftOf(mark).length, 1 + sources.length / 2);
    child.kill('SIGUSR2');
    const { stderr } = await ended;
    assert.is(child.signalCode, 'SIGKILL');
    assert.match(parseStrictly(stderr.trimEnd())['msg'] as string, 'the main thread did nothing for 3 s');
    await eventually('nothing of the run is left', () => leftOf(mark).length === 0, PATIENCE_MS);
  });
}

test.run();
