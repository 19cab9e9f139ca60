import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { encodeJpeg } from '../../src/media/image.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { temporaryFolder } from '../temporary.js';
import { blocksOf } from './documents.js';

const test = suite('examples of docs/frameworks.md');

/** Where the package is found by its own name, and its packages too. */
const folder = join(PROJECT_ROOT, '.cache/framework-examples');
const home = temporaryFolder('framework-examples');
const PRINTS = /^\s*(?:console\.log\(|\w+: .*console\.log\().* \/\/ (.*)$/;

const road = new Road(parseSimulatorUrl('sim://road?seed=3&traffic=rush'));
const rgb = new Uint8Array(road.width * road.height * 3);
road.render(40, rgb);
writeFileSync(join(home, 'street.jpg'), await encodeJpeg(rgb, road.width, road.height, 95));

test.before(() => {
  mkdirSync(folder, { recursive: true });
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

for (const { line, language, text } of blocksOf('docs/frameworks.md')) {
  if (language !== 'ts') continue;
  test(`the example at line ${line} prints what it says`, async () => {
    const expected = text.split('\n').flatMap((code) => PRINTS.exec(code)?.[1] ?? []);
    assert.ok(expected.length > 0, 'an example that says nothing shows nothing');
    const { code, stdout, stderr } = await run(join(folder, `example-${line}.mjs`), text);
    assert.is(code, 0, stderr);
    assert.equal(stdout.trimEnd().split('\n'), expected);
  });
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example as a program of its own, whose data are in a folder of their own. */
function run(file: string, text: string): Promise<Ran> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  writeFileSync(file, ts.transpileModule(text, { compilerOptions }).outputText);
  const child = spawn(process.execPath, [file], { cwd: home });
  return new Promise((resolve) => {
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (out.stdout += chunk));
    child.stderr.on('data', (chunk) => (out.stderr += chunk));
    child.on('close', (code) => resolve({ code, ...out }));
  });
}

test.run();
