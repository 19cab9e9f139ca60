import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';
import { installPackage, NAME } from './installed.js';

const project = join(temporaryFolder('package-faces'), 'project');
const modules = join(project, 'node_modules');
const { exports } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string }>;
};
/** What may be imported: `edge-inference-optimizer`, `edge-inference-optimizer/cache`, … */
const FACES = Object.keys(exports)
  .filter((subpath) => typeof exports[subpath] !== 'string')
  .map((subpath) => join(NAME, subpath));

/** Imports what it is told to, and tells what that did. */
const PROBE = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const touched = [];
const watched = ['openSync', 'open', 'readFileSync', 'readFile', 'writeFileSync', 'mkdirSync', 'existsSync', 'statSync', 'readdirSync', 'readdir'];
for (const name of watched) {
  const original = fs[name];
  fs[name] = function (path, ...rest) {
    if (!String(path).includes('node_modules')) touched.push(String(path));
    return original.call(this, path, ...rest);
  };
}
syncBuiltinESMExports();
const native = () => process.report.getReport().sharedObjects.filter((file) => /[.]node$|onnxruntime|vips/.test(file)).map((file) => file.split('/').at(-1));
const it = await import(process.argv[2]);
const loaded = native();
if (process.argv[3] === 'file') it.createCache({ file: 'data/cache.db' }).stop();
console.log(JSON.stringify({ names: Object.keys(it).length, touched, loaded, later: native(), timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout') }));
`;

/** @returns what the probe tells, and nothing else may be said; ends by itself, or this throws */
function probed(face: string, ...more: string[]) {
  const told = execFileSync(process.execPath, ['probe.mjs', face, ...more], {
    cwd: project,
    encoding: 'utf8',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { names, ...effects } = JSON.parse(told) as {
    names: number;
    touched: string[];
    loaded: string[];
    later: string[];
    timers: string[];
  };
  return { names, effects };
}

installPackage(project);
writeFileSync(join(project, 'probe.mjs'), PROBE);

for (const face of FACES) {
  test(`importing ${face} says nothing, opens nothing, keeps nothing running and loads nothing native`, () => {
    const { names, effects } = probed(face);
    assert.ok(names > 0);
    assert.equal(effects, { touched: [], loaded: [], later: [], timers: [] });
    assert.equal(readdirSync(project).sort(), ['node_modules', 'package.json', 'probe.mjs']);
  });
}

test('what is native is loaded by whoever uses it', () => {
  const { effects } = probed(`${NAME}/cache`, 'file');
  assert.equal([effects.loaded, effects.later], [[], ['better_sqlite3.node']]);
});

/** What both compilers are given. */
const COMPILED = { target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, types: ['node'] };

test('its types hold by themselves in another project, as TypeScript 5 finds modules of Node', () => {
  const { module, moduleResolution } = {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  };
  const options = {
    ...COMPILED,
    target: ts.ScriptTarget.ES2022,
    module,
    moduleResolution,
    typeRoots: [join(modules, '@types')],
  };
  const program = ts.createProgram([mainFile()], options);
  const faults = ts.getPreEmitDiagnostics(program).map(({ file: at, messageText }) => {
    return `${at?.fileName.split('node_modules/').at(-1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
  assert.equal(faults, []);
});

test('its types hold by themselves in another project, as TypeScript 7 finds modules for a bundler', () => {
  const compilerOptions = {
    ...COMPILED,
    module: 'esnext',
    moduleResolution: 'bundler',
    typeRoots: [join(modules, '@types')],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [mainFile()] }));
  const compiler = join(PROJECT_ROOT, 'node_modules/@typescript/native/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  assert.is(stdout, '');
  assert.is(status, 0);
});

/** A program that imports every face. */
function mainFile(): string {
  const file = join(project, 'main.ts');
  writeFileSync(file, FACES.map((face, i) => `export * as face${i} from '${face}';`).join('\n'));
  return file;
}

test.run();
