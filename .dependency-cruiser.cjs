// Enforces the two rules that keep the folders apart (docs/decisions.md):
//   1. one npm package is imported by one file, named after the part it plays;
//   2. rooms (the folders of src/) see each other only through the table ALLOWED below: downward, never in a circle.
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const ONE_IMPORTER = {
  'onnxruntime-node': 'src/detect/worker/onnx-runtime.ts',
  sharp: 'src/media/image.ts',
  'better-sqlite3': 'src/store/sqlite.ts',
  'sqlite3-parser': 'src/database/sql/parser.ts',
  'libpg-query': 'src/database/postgres/statements/postgres-grammar.ts',
  pg: 'src/database/postgres/server/postgres-connection.ts',
  'lru-cache': 'src/cache/strategies/lru.ts',
  '@redis/client': 'src/cache/shared/redis-client.ts',
  munkres: 'src/answer/tracking/assignment.ts',
  'point-in-polygon-hao': 'src/frame/polygon.ts',
  'robust-predicates': 'src/events/line-crossings.ts',
  // a connection, and what makes its session a lasting one
  mqtt: ['src/telemetry/mqtt/mqtt.ts', 'src/telemetry/mqtt/lasting-session.ts'],
  aedes: 'src/telemetry/mqtt/broker.ts',
  systeminformation: 'src/board/machine/system-information.ts',
  pino: 'src/foundation/log.ts',
  'pino-pretty': 'src/foundation/log.ts',
  zod: 'src/foundation/validate.ts',
  'fastest-levenshtein': 'src/foundation/validate.ts',
  // reading, and writing into what a person wrote
  yaml: ['src/config/yaml.ts', 'src/config/yaml-edit.ts'],
  hono: 'src/http/app.ts',
  '@hono/node-server': 'src/http/server.ts',
  fastify: 'src/web/frameworks/fastify.ts',
  'prom-client': 'src/telemetry/metrics/prometheus.ts',
  '@opentelemetry': 'src/telemetry/otlp/',
  croner: 'src/tune/background/due-times.ts',
  commander: 'src/cli/program/',
  preact: 'src/dashboard/app/',
  uplot: 'src/dashboard/app/kit/chart.tsx',
  // models are fetched, and evidence is sent, through the proxy of the environment
  undici: ['src/models/download.ts', 'src/evidence/push/http-upload.ts'],
  aws4fetch: 'src/evidence/push/s3-signature.ts',
  'cli-progress': 'src/cli/progress.ts',
  'log-update': 'src/cli/live-view.ts',
  // channels that are cut out of a model, and forecasts
  'ml-matrix': ['src/optimize/prune/least-squares.ts', 'src/forecast/regression.ts'],
  // two formats of two rooms: ONNX files, Sparkplug's messages
  '@bufbuild/protobuf': ['src/onnx/', 'src/telemetry/sparkplug/payload.ts'],
  echarts: 'src/optimize/report/echarts.ts',
  '@ffmpeg-installer/ffmpeg': 'src/capture/ffmpeg-binary.ts',
};

// A row a room: the rooms below it that it may import, besides foundation/, which every room may. From the top floor down.
// biome-ignore format: a row a room
const ALLOWED = {
  cli: [
    'collector', 'diagnose', 'update', 'setup', 'runtime', 'tune', 'optimize', 'pictures', 'profile', 'models', 'report', 'database', 'forecast', 'evidence', 'telemetry', 'detect', 'frame', 'http',
    'media', 'config', 'board', 'store', 'cache', 'simulator', 'onnx',
  ],
  collector: ['dashboard', 'database', 'telemetry', 'http', 'config', 'store'],
  diagnose: [
    'runtime', 'tune', 'profile', 'plausibility', 'models', 'telemetry', 'capture', 'detect', 'frame', 'http', 'media', 'config', 'board', 'store', 'cache',
  ],
  setup: ['config', 'board'],
  runtime: [
    'dashboard', 'update', 'tune', 'profile', 'pictures', 'answer', 'events', 'evidence', 'plausibility', 'schedule', 'models', 'report', 'database', 'forecast', 'telemetry', 'capture', 'detect', 'frame', 'http',
    'media', 'config', 'board', 'store', 'cache', 'kernels',
  ],
  dashboard: ['plausibility', 'telemetry', 'frame', 'http', 'config', 'store'],
  update: ['telemetry', 'store', 'board'],
  tune: ['schedule', 'profile', 'models', 'database', 'telemetry', 'detect', 'frame', 'config', 'board', 'store', 'cache'],
  optimize: ['models', 'pictures', 'detect', 'frame', 'media', 'config', 'onnx'],
  pictures: ['answer', 'capture', 'detect', 'frame', 'media', 'config', 'simulator', 'onnx'],
  answer: ['detect', 'frame', 'config', 'store', 'cache', 'kernels'],
  events: ['frame', 'config', 'telemetry', 'store'],
  evidence: ['telemetry', 'frame', 'media', 'config', 'store', 'kernels'],
  plausibility: ['frame', 'config', 'store', 'kernels'],
  schedule: ['detect', 'frame', 'kernels'],
  profile: ['detect', 'config', 'board', 'store'],
  models: ['detect', 'frame', 'config', 'board', 'store', 'simulator', 'onnx'],
  report: ['forecast', 'telemetry', 'store'],
  forecast: ['store'],
  web: ['telemetry', 'cache'],
  database: ['telemetry', 'store'],
  telemetry: ['frame', 'http', 'config', 'board', 'store'],
  capture: ['frame', 'media', 'config', 'simulator', 'kernels'],
  detect: ['frame', 'config', 'board', 'onnx', 'kernels'],
  frame: ['config', 'kernels'],
  http: ['config'],
  media: [],
  config: ['board'],
  board: [],
  cache: ['store'],
  store: [],
  simulator: [],
  onnx: [],
  kernels: [],
  foundation: [],
};
const ROOMS = Object.keys(ALLOWED);

/** The rooms that `room` may import. */
const below = (room) => [...ALLOWED[room], 'foundation'];

const unlisted = readdirSync(join(__dirname, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !ROOMS.includes(entry.name))
  .map((entry) => entry.name);
const phantoms = ROOMS.filter((room) => !existsSync(join(__dirname, 'src', room)));
if (unlisted.length > 0) throw new Error(`rooms without a row in ALLOWED: ${unlisted.join(', ')}`);
if (phantoms.length > 0) throw new Error(`rows of ALLOWED without a room: ${phantoms.join(', ')}`);
for (const [index, room] of ROOMS.entries()) {
  const upward = below(room).filter((other) => other !== room && ROOMS.indexOf(other) < index);
  if (upward.length > 0) throw new Error(`${room} may import only rooms below it, not ${upward.join(', ')}`);
}

/** They know what their collector answers; the other pages do not know that there is one. */
const FLEET_PAGES = '^src/dashboard/app/fleet/';

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
        pathNot:
          '^(@huggingface/transformers|bentocache|bentocache/drivers/.*|cacheable|@keyv/redis|keyv-file|kysely|@fastify/caching|fastify-lcache|route-cache|apicache|autocannon)$',
      },
    },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      // scripts/vendor-charts.mjs puts echarts into what is built, scripts/dashboard.mjs preact and uplot; OpenTelemetry's packages, Redis's client, pg, libpg-query and fastify are optional peers
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg'],
        pathNot: '^node_modules/(echarts|preact|uplot|@opentelemetry|@redis|pg|@types/pg|libpg-query|fastify)/',
      },
    },
    ...Object.entries(ONE_IMPORTER).map(([name, file]) => ({
      name: `only-${file}-imports-${name}`,
      severity: 'error',
      from: { path: '^src/', pathNot: [file].flat().map(literal) },
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
    ...ROOMS.map((room) => ({
      name: `${room}-imports`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: FLEET_PAGES },
      to: { path: '^src/', pathNot: [room, ...below(room)].map((name) => `^src/${name}/`) },
    })),
    {
      name: 'fleet-pages-take-answers',
      comment: 'the pages of a fleet show what its collector answers, which serves them',
      severity: 'error',
      from: { path: FLEET_PAGES },
      to: { path: '^src/', pathNot: '^src/(dashboard|collector/api)/' },
    },
    {
      name: 'pages-take-types-only',
      comment: 'what runs in the browser takes from the program nothing that runs',
      severity: 'error',
      from: { path: '^src/dashboard/app/' },
      to: { path: '^src/', pathNot: '^src/dashboard/app/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-the-faces',
      comment: 'src/main.ts is the command line, src/index.ts the library: what they use is below them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|index)[.]ts$' },
      to: { path: '^src/[^/]+$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
