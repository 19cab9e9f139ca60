// Enforces the two rules that keep the folders apart (docs/decisions.md):
//   1. one npm package is imported by one file, named after the part it plays;
//   2. folders see each other only through the table ALLOWED below.
const ONE_IMPORTER = {
  'onnxruntime-node': 'src/detect/worker/onnx-runtime.ts',
  sharp: 'src/media/image.ts',
  'better-sqlite3': 'src/store/database.ts',
  'lru-cache': 'src/cache/strategies/lru.ts',
  'linear-sum-assignment': 'src/answer/tracking/assignment.ts',
  'point-in-polygon-hao': 'src/frame/polygon.ts',
  'robust-predicates': 'src/events/line-crossings.ts',
  mqtt: 'src/telemetry/mqtt/mqtt.ts',
  aedes: 'src/telemetry/mqtt/broker.ts',
  systeminformation: 'src/tune/machine.ts',
  pino: 'src/foundation/log.ts',
  'pino-pretty': 'src/foundation/log.ts',
  zod: 'src/foundation/validate.ts',
  'fastest-levenshtein': 'src/foundation/validate.ts',
  yaml: 'src/config/yaml.ts',
  hono: 'src/http/server.ts',
  '@hono/node-server': 'src/http/server.ts',
  'prom-client': 'src/telemetry/metrics/metrics.ts',
  commander: 'src/main.ts',
  undici: 'src/models/download.ts',
  'cli-progress': 'src/cli/progress.ts',
  'log-update': 'src/cli/live-view.ts',
  'ml-matrix': 'src/optimize/prune/least-squares.ts',
  '@bufbuild/protobuf': 'src/onnx/',
  echarts: 'src/optimize/report/charts.ts',
  '@ffmpeg-installer/ffmpeg': 'src/capture/ffmpeg-binary.ts',
};

// folder -> what it may import besides its own files and FOUNDATION
const FOUNDATION = [
  'src/foundation/errors.ts',
  'src/foundation/log.ts',
  'src/config/config.ts',
  'src/foundation/validate.ts',
  'src/foundation/home.ts',
];
// while the folders become rooms, one after another, only the rules above hold; the table comes back with a row a room
const ALLOWED = {};

const literal = (path) => `^${path.replace(/[.]/g, '\\.')}${path.endsWith('/') ? '' : '$'}`;

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      comment: 'the benchmarks install their rivals on demand',
      severity: 'error',
      from: {},
      to: {
        couldNotResolve: true,
        pathNot: '^(@huggingface/transformers|bentocache|bentocache/drivers/.*|cacheable|keyv-file|kysely)$',
      },
    },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
    ...Object.entries(ONE_IMPORTER).map(([name, file]) => ({
      name: `only-${file}-imports-${name}`,
      severity: 'error',
      from: { path: '^src/', pathNot: literal(file) },
      to: { path: `^node_modules/${name}/` },
    })),
    {
      name: 'every-package-has-its-file',
      comment: 'a new dependency must be entered in ONE_IMPORTER',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '^node_modules/',
        pathNot: [...Object.keys(ONE_IMPORTER).map((n) => `^node_modules/${n}/`), '^node_modules/@types/node/'],
      },
    },
    ...Object.entries(ALLOWED).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: [`^src/${folder}/`, ...FOUNDATION.map(literal), ...allowed.map(literal)] },
    })),
    {
      name: 'foundation-imports-nothing-of-ours',
      severity: 'error',
      from: { path: FOUNDATION.map(literal) },
      to: { path: '^src/', pathNot: FOUNDATION.map(literal) },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
