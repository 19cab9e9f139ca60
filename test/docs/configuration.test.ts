import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDesired } from '../../src/collector/actions/desired-configuration.js';
import { CAMERA_KEYS, entryKeys, KEYS, OTHER_VARIABLES, TENANT_KEYS } from '../../src/config/keys.js';
import { loadConfig } from '../../src/config/load.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';
import { blocksOf, codeOf, DOCUMENTS, HISTORY, matches, problemAt, textOf } from './documents.js';

const test = suite('configuration in documents');

const ALL_KEYS = [...KEYS, ...CAMERA_KEYS, ...TENANT_KEYS];
const ENTRIES = ALL_KEYS.flatMap(entryKeys);
/** As documents write them: `mqtt.broker`, `cameras[].lines`. */
const PATHS = new Set([...ALL_KEYS, ...ENTRIES].map(({ path }) => path.replaceAll('.*', '[]')));
/** Keys whose value is a section of its own, and sections: `mqtt`, `capture.ffmpeg`. */
const SECTIONS = new Set(
  [...PATHS].flatMap((path) => path.split('.').map((_, depth, all) => all.slice(0, depth).join('.'))),
);
const TOP_LEVEL = new Set([...PATHS].map((path) => path.split(/[.[]/)[0]!));
/** Files look like keys: `cache.db`, `site.yaml`, `alerts.ts`. */
const FILE = /\.(db|html|jsonl?|md|ts|txt|yaml)$/;
const VARIABLES = new Set([
  ...[...KEYS, ...CAMERA_KEYS].flatMap(({ variable }) => variable ?? []),
  ...Object.keys(OTHER_VARIABLES),
  ...variablesOfSources(),
]);

const folder = temporaryFolder('documents');

for (const file of DOCUMENTS.filter((name) => name !== HISTORY)) {
  test(`every key of the configuration that ${file} names is there`, () => {
    const problems = codeOf(file).flatMap((piece) => {
      // `detector.env`, `answer.accuracyFloor: 1`, `cameras[].masks`
      const path = /^([a-zA-Z]+(?:\[\])?(?:\.[a-zA-Z]+(?:\[\])?)+)(?=$|:)/.exec(piece.text)?.[1];
      if (path === undefined || !TOP_LEVEL.has(path.split(/[.[]/)[0]!)) return [];
      if (PATHS.has(path) || SECTIONS.has(path) || FILE.test(path)) return [];
      return [problemAt(piece, `there is no key ${path}`)];
    });
    assert.equal(problems, []);
  });

  test(`every EDGE_ variable that ${file} names is read`, () => {
    const problems = matches(file, textOf(file), /\b(EDGE_[A-Z][A-Z0-9_]*(?:<ID>_[A-Z0-9_]+)?)/g)
      .filter(
        ({ text }) =>
          !VARIABLES.has(text) &&
          !VARIABLES.has(text.replace(/^EDGE_CAMERA_.+?_(?=(URL|URL_FILE)$)/, 'EDGE_CAMERA_<ID>_')),
      )
      .map((piece) => problemAt(piece, `nothing reads ${piece.text}`));
    assert.equal(problems, []);
  });

  test(`every YAML example in ${file} is a configuration that can be used`, () => {
    const blocks = blocksOf(file).filter(({ language }) => language === 'yaml');
    // `model: {name: junction}`, but not a word and its colon alone
    const quoted = codeOf(file).filter(({ text }) => TOP_LEVEL.has(/^([a-z]+): /.exec(text)?.[1] ?? ''));
    const problems = [...blocks, ...quoted].flatMap((piece) => {
      const faults = /^groups:/m.test(piece.text) ? desiredFaults(piece.text) : faultsOf(piece.text);
      return faults.map((fault) => problemAt(piece, fault));
    });
    assert.equal(problems, []);
  });
}

/** What is wrong with what a fleet is to have. */
function desiredFaults(text: string): string[] {
  try {
    parseDesired(text);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

test('an example that could not be used would be found', () => {
  assert.equal(faultsOf('answer: {acuracyFloor: 0.9}'), [
    'answer.acuracyFloor: unknown key, did you mean accuracyFloor? (file example.yaml:1)',
  ]);
});

function faultsOf(yaml: string): readonly string[] {
  const file = join(folder, 'example.yaml');
  writeFileSync(file, yaml);
  try {
    // the files that it names are on the reader's machine
    loadConfig({ file, env: {}, flags: { board: 'none' }, inputFiles: 'elsewhere' });
    return [];
  } catch (error) {
    return (error as { problems?: readonly string[] }).problems ?? [String(error)];
  }
}

/** Variables that something beside the configuration reads: a benchmark, a worker. */
function variablesOfSources(): string[] {
  return ['src', 'bench', 'scripts'].flatMap((top) =>
    readdirSync(join(PROJECT_ROOT, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|py)$/.test(name))
      .flatMap((name) => readFileSync(join(PROJECT_ROOT, top, name), 'utf8').match(/\bEDGE_\w+/g) ?? []),
  );
}

test.run();
