import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TELEMETRY_DOCUMENTS, withTable } from '../../scripts/telemetry-reference.js';
import { KEYS } from '../../src/config/keys.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { IDENTIFIER } from '../../src/foundation/identifier.js';
import { declarations } from '../../src/runtime/declarations.js';
import { prometheusName } from '../../src/telemetry/metrics/prometheus.js';

const { metrics, alerts, commands, routes, settings } = declarations();

const repeated = (names: readonly string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);

test('what parts bring has a name of its own', () => {
  assert.equal(repeated(metrics.map(prometheusName)), []);
  assert.equal(repeated(alerts.map(({ code }) => code)), []);
  assert.equal(repeated(commands.map(({ name }) => name)), []);
  assert.equal(repeated(routes.map(({ path, method = 'GET' }) => `${method} ${path}`)), []);
  for (const { code } of alerts) assert.match(code, IDENTIFIER);
  const unversioned = routes.filter(({ path, openTo }) => !path.startsWith('/api/v1/') && openTo !== 'public');
  assert.equal(unversioned.map(({ path }) => path).sort(), [
    '/alerts',
    '/api/alerts',
    '/api/databases',
    '/api/history',
    '/api/optimization',
    '/api/optimize',
    '/api/performance',
    '/api/status',
    '/api/traffic',
    '/api/trials',
    '/healthz',
    '/metrics',
    '/readyz',
  ]);
});

test('what is of the versioned API describes itself', () => {
  const silent = routes.filter(({ path, api }) => path.startsWith('/api/v1/') && api === undefined);
  assert.equal(
    silent.map(({ path }) => path),
    [],
  );
});

test('the documents list every metric and every alert as they are now', () => {
  for (const file of TELEMETRY_DOCUMENTS.keys()) {
    const document = readFileSync(file, 'utf8');
    assert.is(document, withTable(file, document), 'node dist/scripts/telemetry-reference.js brings it up to date');
  }
});

test('docs/commands.md tells of every setting that a command may change', () => {
  const document = readFileSync(join(PROJECT_ROOT, 'docs/commands.md'), 'utf8');
  const live = settings.filter(({ apply }) => apply !== undefined).map(({ path }) => path);
  assert.equal(
    live.filter((path) => !document.includes(`\`${path}\``)),
    [],
  );
});

test('only pinging and rebirth need no signature', () => {
  assert.equal(
    commands.filter(({ access }) => access === 'open').map(({ name }) => name),
    ['ping', 'rebirth'],
  );
});

/** The declaration that holds for a key: its own, else that of the nearest section around it. */
function ownerOf(key: string): string | undefined {
  for (let path = key; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    if (settings.some((setting) => setting.path === path)) return path;
  }
  return undefined;
}

test('every key of the configuration belongs to one part', () => {
  assert.equal(repeated(settings.map(({ path }) => path)), []);
  const keys = KEYS.map(({ path }) => path);
  assert.equal(
    keys.filter((key) => ownerOf(key) === undefined),
    [],
  );
  const owners = new Set(keys.map(ownerOf));
  assert.equal(
    settings.map(({ path }) => path).filter((path) => !owners.has(path)),
    [],
    'declared, but there is no such key',
  );
});

test('some settings can change while the program runs, most of them by command', () => {
  assert.equal(
    settings.filter(({ requiresRestart }) => !requiresRestart).map(({ path }) => path),
    [
      'output.logLevel',
      'publish.events',
      'publish.eventDetail',
      'publish.metricsFullEvery',
      'model.name',
      'model.variant',
      'detector.workers',
      'detector.intraOpThreads',
      'schedule.maxBatch',
      'schedule.batchWindowMs',
      'preview.intervalMs',
      'preview.quality',
      'schedule.stalenessMs',
      'answer.inferenceIntervalMs',
      'publish.maxEventsPerSecond',
      'thresholds',
      'optimization.everyS',
      'optimization.cache',
      'optimization.model',
      'optimization.batching',
      'optimization.scheduling',
      'optimization.compression',
      'optimization.database',
      'tune.enabled',
      'publish.metricsIntervalMs',
    ],
  );
});

test.run();
