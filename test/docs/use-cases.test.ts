import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeJpeg } from '../../src/media/image.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { installPackage } from '../package/installed.js';
import { temporaryFolder } from '../temporary.js';
import { type Block, blocksOf } from './documents.js';

const folder = temporaryFolder('use-cases');
const run = promisify(execFile);

/** A program of the document, and what it prints where that is said. */
interface Example {
  readonly name: string;
  readonly program: Block;
  readonly prints: string | null;
}

function examplesOf(file: string): Example[] {
  const blocks = blocksOf(file);
  return blocks.flatMap((program, at) => {
    const name = /^\/\/ (\S+)[.]ts$/m.exec(program.text)?.[1];
    if (program.language !== 'ts' || name === undefined) return [];
    const next = blocks[at + 1];
    return [{ name, program, prints: next?.language === 'text' ? next.text : null }];
  });
}

async function writePicture(file: string): Promise<void> {
  const road = new Road(parseSimulatorUrl('sim://road?seed=3&traffic=rush'));
  const rgb = new Uint8Array(road.width * road.height * 3);
  road.render(40, rgb);
  writeFileSync(file, await encodeJpeg(rgb, road.width, road.height, 95));
}

/** As `npx tsx` would: types are left out, the rest stays. */
async function outputOf({ name, program }: Example): Promise<string> {
  const project = join(folder, name);
  mkdirSync(project);
  installPackage(project);
  await writePicture(join(project, 'street.jpg'));
  const { outputText } = ts.transpileModule(program.text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  writeFileSync(join(project, `${name}.js`), outputText);
  const { stdout } = await run(process.execPath, [`${name}.js`], { cwd: project, timeout: 120_000 });
  return stdout.trimEnd();
}

const examples = examplesOf('docs/use-cases.md');

test('the document has a program for each use case', () => {
  assert.equal(
    examples.map(({ name }) => name),
    ['detect', 'infractions', 'thresholds', 'background', 'camera', 'memory', 'queries', 'hits'],
  );
});

// of library.md the database's alone works without a camera
for (const example of [...examples, ...examplesOf('docs/library.md')]) {
  const does = example.prints === null ? 'runs to its end' : 'prints what the document says';
  test(`${example.name}.ts of the documents ${does} in a project of its own`, async () => {
    const printed = await outputOf(example);
    assert.ok(printed.length > 0);
    if (example.prints !== null) assert.is(printed, example.prints);
  });
}

test.run();
