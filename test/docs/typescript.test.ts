import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type Block, blocksOf, DOCUMENTS, problemAt } from './documents.js';

const test = suite('TypeScript in documents');

/** What people import; in the project itself its parts are the sources that `exports` names. */
const PACKAGE = 'edge-inference-optimizer';
const LANGUAGES = ['ts', 'typescript'];

test('every TypeScript example compiles', () => {
  const examples = DOCUMENTS.flatMap((file) => blocksOf(file)).filter(({ language }) => LANGUAGES.includes(language));
  assert.equal(faultsOf(examples), []);
});

test('an example that does not compile would be found', () => {
  const text = "import { Cache } from '../src/cache/cache.js';\n\nnew Cache().sett('a', 1);";
  const [fault] = faultsOf([{ file: 'docs/cache.md', line: 10, language: 'ts', text }]);
  assert.match(fault ?? '', /^docs\/cache\.md:12: Property 'sett' does not exist on type 'Cache'/);
});

/** Compiles examples as files beside their documents, each a module of its own. */
function faultsOf(examples: readonly Block[]): string[] {
  const options: ts.CompilerOptions = {
    ...projectOptions(),
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const sources = new Map(examples.map((example, index) => [pathOf(example, index), example]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.readFile = (path) => sources.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const example = sources.get(path);
    if (example === undefined) return getSourceFile(path, ...rest);
    return ts.createSourceFile(path, `${example.text}\nexport {};`, rest[0]);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([path, example]) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map((diagnostic) => faultAt(example, diagnostic)),
  );
}

function faultAt(example: Block, { file, start, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line;
  return problemAt(
    { file: example.file, line: example.line + line },
    ts.flattenDiagnosticMessageText(messageText, ' '),
  );
}

/** `docs/cache.md` → `…/docs/cache.3.ts`, where its relative imports mean what a reader takes them to mean. */
const pathOf = ({ file }: Block, index: number): string => join(PROJECT_ROOT, file.replace(/\.md$/, `.${index}.ts`));

function projectOptions(): ts.CompilerOptions {
  const file = join(PROJECT_ROOT, 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    PROJECT_ROOT,
  );
  const { composite, tsBuildInfoFile, incremental, declaration, sourceMap, ...rest } = options;
  return { ...rest, paths: Object.fromEntries(facesOf(PACKAGE)) };
}

/** What each name that people import is in the project itself: `…/cache` → `src/cache/library.ts`. */
function* facesOf(name: string): Iterable<[string, string[]]> {
  const { exports } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string }>;
  };
  for (const [subpath, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    const source = target.types.replace('./dist/', '').replace('.d.ts', '.ts');
    yield [join(name, subpath), [join(PROJECT_ROOT, source)]];
  }
}

test.run();
