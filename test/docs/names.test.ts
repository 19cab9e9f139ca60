import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { declarations } from '../../src/runtime/declarations.js';
import { anchorsOf, codeOf, DOCUMENTS, HISTORY, linksOf, matches, type Piece, problemAt } from './documents.js';

const test = suite('names in documents');

const OURS = ['src', 'bench', 'scripts', 'test', 'models', 'device-config', 'docs'];
const SOURCES: readonly string[] = ['src', 'bench', 'scripts', 'test'].flatMap((folder) =>
  readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    // what a benchmark installed is not ours
    .filter((name) => /\.(ts|mjs|py)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name)),
);
/** Made when the program runs, and ignored by git. */
const MADE = /^(models\/\.downloads|bench\/results\/NAME\.json)$/;
/** Of other projects. */
const GENERATED = 'src/onnx/schema/onnx_pb.ts';
/** Its names are made of those in the sources; the metrics' own test compares them. */
const METRICS = 'docs/metrics.md';
/** The same of those of the collector, which a test of its own holds against docs/collector.md. */
const COLLECTOR_METRIC = /^edge_collector_/;
/** Words of other programs that look like names of this one. */
const FOREIGN = new Set([
  'systemd-analyze',
  'StandardOutput',
  'SupplementaryGroups',
  'libonnxruntime_providers_cuda',
  'libonnxruntime_providers_shared',
  'libonnxruntime_providers_tensorrt',
  'linux-x64-gpu',
  'device_id',
  'UpdateTensorRTProviderOptions',
  'mosquitto_sub',
]);

const text = (file: string): string => readFileSync(join(PROJECT_ROOT, file), 'utf8');

for (const file of DOCUMENTS) {
  test(`every link in ${file} leads somewhere`, () => {
    const problems = linksOf(file)
      .filter(({ text: target }) => !/^[a-z]+:/.test(target))
      .flatMap((piece) => {
        const [path, anchor] = piece.text.split('#') as [string, string?];
        const target = path === '' ? file : normalize(join(dirname(file), path));
        if (!existsSync(join(PROJECT_ROOT, target))) return [problemAt(piece, `no such file: ${target}`)];
        if (anchor === undefined || anchorsOf(target).has(anchor)) return [];
        return [problemAt(piece, `${target} has no heading #${anchor}`)];
      });
    assert.equal(problems, []);
  });
}

test('docs/README.md leads to every document', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ text: target }) => join('docs', target)));
  const documents = DOCUMENTS.filter((file) => file.startsWith('docs/') && file !== 'docs/README.md');
  assert.equal(
    documents.filter((file) => !linked.has(file)),
    [],
  );
});

test('every alert and every command that the program has is told of somewhere', () => {
  const { alerts, commands } = declarations();
  const told = new Set(
    DOCUMENTS.filter((file) => file !== HISTORY).flatMap((file) => codeOf(file).map((piece) => piece.text)),
  );
  assert.equal(
    [...alerts.map(({ code }) => code), ...commands.map(({ name }) => name)].filter((name) => !told.has(name)),
    [],
  );
});

test('every room has its line in CONTRIBUTING.md', () => {
  const rooms = readdirSync(join(PROJECT_ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = new Set(codeOf('CONTRIBUTING.md').map((piece) => piece.text));
  assert.equal(
    rooms.map(({ name }) => `src/${name}/`).filter((room) => !named.has(room)),
    [],
  );
});

test('every variant with a size that documents name comes with the project', () => {
  const variants = ['roadside-n', 'roadside-s'].flatMap((model) =>
    (JSON.parse(text(`models/${model}/model.json`)).variants as { id: string }[]).map(({ id }) => id),
  );
  const problems = DOCUMENTS.flatMap((file) => matches(file, text(file), /\b((?:fp32|fp16|int8)(?:-\w+)*-\d+x\d+)\b/g))
    .filter(({ text: variant }) => !variants.includes(variant))
    .map((piece) => problemAt(piece, `no variant is called ${piece.text}`));
  assert.equal(problems, []);
});

test('every file that documents, sources and comments name is there', () => {
  const problems = [...DOCUMENTS, ...SOURCES]
    .filter((file) => file !== HISTORY && file !== GENERATED && !file.startsWith('test/'))
    .flatMap((file) => pathsOf(file))
    .filter(({ text: path }) => !MADE.test(path) && !isThere(path))
    .map((piece) => problemAt(piece, `no such file: ${piece.text}`));
  assert.equal(problems, []);
});

/** `src/runtime/runtime.ts`, `device-config/*.yaml`, `bench/kpi/`: anything beneath one of the project's folders. */
function pathsOf(file: string): Piece[] {
  return matches(file, text(file), new RegExp(`(?<![\\w./}-])((?:${OURS.join('|')})/[\\w./*<>-]*[\\w*>])`, 'g'));
}

function isThere(path: string): boolean {
  if (existsSync(join(PROJECT_ROOT, path)) || existsSync(join(PROJECT_ROOT, path.replace(/\.js$/, '.ts')))) return true;
  const pattern = path.replace(/[.]/g, '\\.').replace(/\*|<\w+>/g, '[^/]*');
  if (pattern === path.replace(/[.]/g, '\\.')) return false;
  const top = path.split('/')[0]!;
  const names = readdirSync(join(PROJECT_ROOT, top), { recursive: true, encoding: 'utf8' });
  return names.some((name) => new RegExp(`^${pattern}$`).test(join(top, name)));
}

/** Every word of the sources. */
const known = new Set(
  [...SOURCES, 'package.json', '.npmrc', 'models/roadside-n/model.json'].flatMap(
    (file) => text(file).match(/[\w-]+/g) ?? [],
  ),
);

for (const file of DOCUMENTS.filter((name) => name !== HISTORY && name !== METRICS)) {
  test(`every name in ${file} is one that the program has`, () => {
    const problems = codeOf(file).flatMap((piece) =>
      (piece.text.match(/^[\w.-]+/)?.[0] ?? '')
        .split('.')
        .filter((word) => /[a-z][A-Z]|[a-z]_[a-z]|^[a-z]+-[a-z]+/.test(word) && !known.has(word) && !FOREIGN.has(word))
        .filter((word) => !COLLECTOR_METRIC.test(word))
        .map((word) => problemAt(piece, `nothing is called ${word}`)),
    );
    assert.equal(problems, []);
  });
}

test.run();
