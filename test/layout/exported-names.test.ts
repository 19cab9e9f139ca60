import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

const SOURCES = join(PROJECT_ROOT, 'src');
/** A declaration that is exported where it stands; a re-export declares nothing. */
const DECLARED = /^export (?:declare |abstract |async )*(?:class|function\*?|const|let|interface|type|enum) (\w+)/gm;

/** The names that a file declares and exports: overloads and a type beside its value of one name count once. */
const declaredIn = (text: string): Set<string> => new Set([...text.matchAll(DECLARED)].map(([, name]) => name!));

/** Every name that is exported by the files, with the files that declare it. */
function declarations(files: Iterable<readonly [file: string, text: string]>): Map<string, string[]> {
  const declared = new Map<string, string[]>();
  for (const [file, text] of files) {
    for (const name of declaredIn(text)) declared.set(name, [...(declared.get(name) ?? []), file]);
  }
  return declared;
}

const twice = (declared: ReadonlyMap<string, readonly string[]>): string[] =>
  [...declared].filter(([, files]) => files.length > 1).map(([name, files]) => `${name}: ${files.join(', ')}`);

/** The pages run in a browser: what they export, nobody else imports. */
const PAGES = join('dashboard', 'app');

function* sources(isPage: boolean): Generator<[string, string]> {
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.tsx?$/.test(file) || file.startsWith(PAGES) !== isPage) continue;
    yield [file, readFileSync(join(SOURCES, file), 'utf8')];
  }
}

test('a name that is declared in two files is found, whatever it names; a re-export is no declaration', () => {
  const files: [string, string][] = [
    ['a.ts', 'export interface Plan {}\nexport const one = 1;\nexport async function load() {}\nclass Own {}\n'],
    ['b.ts', 'export type Plan = string;\nexport abstract class Own {}\nexport function load(): void;\n'],
    ['c.ts', "export { one } from './a.js';\nexport type { Plan } from './a.js';\n"],
  ];
  assert.equal(twice(declarations(files)), ['Plan: a.ts, b.ts', 'load: a.ts, b.ts']);
});

test('every exported name of src has one meaning', () => {
  const declared = declarations(sources(false));
  assert.ok(declared.has('FrameResult'), 'the sources were read');
  assert.equal(twice(declared), []);
  const ofPages = declarations(sources(true));
  assert.ok(ofPages.has('Chart'), 'the sources of the pages were read');
  assert.equal(twice(ofPages), []);
});

test.run();
