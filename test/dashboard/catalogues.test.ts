import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { declarations } from '../../src/runtime/declarations.js';
import { temporaryFolder } from '../temporary.js';

const APP = join(PROJECT_ROOT, 'src/dashboard/app');
const CATALOGUE = /(^|\/)([\w-]+-)?(words|names)\.ts$/;

const compiled = temporaryFolder('catalogues');
const sources = readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.ts$/.test(name));
writeFileSync(join(compiled, 'package.json'), '{"type":"module"}');
for (const name of sources) {
  const { outputText } = ts.transpileModule(readFileSync(join(APP, name), 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      rewriteRelativeImportExtensions: true,
    },
  });
  mkdirSync(dirname(join(compiled, name)), { recursive: true });
  writeFileSync(join(compiled, name.replace(/ts$/, 'js')), outputText);
}

/** What a file of words exports; it imports nothing that needs a browser. */
const exportsOf = async (file: string): Promise<Record<string, unknown>> =>
  (await import(pathToFileURL(join(compiled, file.replace(/ts$/, 'js'))).href)) as Record<string, unknown>;

/** Texts of a catalogue by their path; of a function what it makes of its own parameters' names. */
function textsIn(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const given = Array.from({ length: value.length }, (_, index) => `«${index}»`);
    return [[path, String((value as (...values: string[]) => unknown)(...given))]];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => textsIn(one, path === '' ? key : `${path}.${key}`));
}

const files = sources.filter(
  (name) => CATALOGUE.test(name) && /\bes\b[:\s]/.test(readFileSync(join(APP, name), 'utf8')),
);

test('every text of the pages is there in both languages', async () => {
  assert.ok(files.length >= 4);
  const problems: string[] = [];
  for (const file of files) {
    for (const [name, catalogue] of Object.entries(await exportsOf(file))) {
      if (typeof catalogue !== 'object' || catalogue === null || !('en' in catalogue && 'es' in catalogue)) continue;
      const [en, es] = [new Map(textsIn(catalogue.en)), new Map(textsIn(catalogue.es))];
      for (const [path, text] of en) {
        const other = es.get(path);
        if (other === undefined) problems.push(`${file} ${name}.${path} is missing in Spanish`);
        else if (text.trim() === '' || other.trim() === '') problems.push(`${file} ${name}.${path} is empty`);
        // a sentence that is the same in both was not translated
        else if (other === text && text.split(' ').length > 3)
          problems.push(`${file} ${name}.${path} is not translated`);
        else {
          const values = (of: string) => [...new Set(of.match(/«\d»/g))].sort().join();
          if (values(text) !== values(other)) problems.push(`${file} ${name}.${path} tells other values in Spanish`);
        }
      }
    }
  }
  assert.equal(problems, []);
});

test('every alert that there can be has a name, and in Spanish when it is raised and what to do', async () => {
  const { alertNames } = (await exportsOf('words/alert-names.ts')) as {
    alertNames: Record<'en' | 'es', Record<string, { name: string; help?: string; action?: string }>>;
  };
  const codes = declarations().alerts.map(({ code }) => code);
  assert.equal(
    codes.filter((code) => !alertNames.en[code]?.name || !alertNames.es[code]?.name),
    [],
  );
  assert.equal(
    codes.filter((code) => !alertNames.es[code]?.help || !alertNames.es[code]?.action),
    [],
  );
});

test.run();
