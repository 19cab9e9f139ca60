import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../../temporary.js';
import { needsModel, ROADSIDE_FILE } from '../roadside-request.js';

const test = suite('ONNX Runtime');

const RUNTIME = new URL('../../../src/detect/worker/onnx-runtime.js', import.meta.url).href;

/** Loads a model in a process with a home of its own, of which it returns what is in it then. */
function homeAfterLoading(name: string, env: NodeJS.ProcessEnv): string[] {
  const home = join(temporaryFolder('onnx-runtime'), name);
  mkdirSync(home);
  const script = `
    const { loadRuntime } = await import(${JSON.stringify(RUNTIME)});
    await loadRuntime(null).ort.InferenceSession.create(${JSON.stringify(ROADSIDE_FILE)});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env['PATH'], HOME: home, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.is(status, 0, stderr);
  return readdirSync(home);
}

needsModel(test)('its telemetry is off: it leaves no device id at home, and so has nothing to send', () => {
  assert.equal(homeAfterLoading('as-it-comes', {}), []);
});

test.run();
