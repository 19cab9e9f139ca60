import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { JsonSchema } from '../../src/foundation/http-route.js';
import { localDay } from '../../src/report/day/local-day.js';
import { makeReport, type ReportTask } from '../../src/report/make-report.js';
import { needs } from '../optional.js';
import { DAY, HOUR, MINUTE, WrittenHistory } from '../report/written-history.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { closeBrowser, isTooWide, open } from './browser.js';
import { REPORT_TOKEN, reportedDevice } from './reported-device.js';
import { runDevice } from './running-device.js';

/** Were it markup anywhere, there would be a picture, and a mark on the document. It ends in what breaks nowhere, as hashes do. */
const HOSTILE = `"><img src=x onerror="document.documentElement.dataset.hit='1'"><script>document.documentElement.dataset.hit='2'</script>${'f0'.repeat(32)}`;
const INJECTED = 'document.querySelectorAll("img[src=x], [onerror], body script:not([src])").length';
const MARK = 'document.documentElement.dataset.hit ?? null';

const inBrowser = needs('chromium', test);
const endings = endingsOf(test);
endings.push(closeBrowser);

test('a name of a site, device, tenant, camera, line, zone, rule or signal is refused where it holds markup', () => {
  const line = { id: 'gate', from: [0.1, 0.5], to: [0.9, 0.5] };
  const zone = {
    id: 'bay',
    polygon: [
      [0.1, 0.1],
      [0.5, 0.1],
      [0.3, 0.5],
    ],
  };
  const rule = { id: 'stop', offence: 'no-stopping', zone: 'bay' };
  const camera = { id: 'north', url: 'sim://road', lines: [line], zones: [zone], rules: [rule] };
  const problemsOf = (config: object): number => configSchema.safeParse(config).error?.issues.length ?? 0;
  assert.is(problemsOf({ site: 'madrid', device: 'cabinet7', cameras: [camera] }), 0);
  const withCamera = (more: object): object => ({ cameras: [{ ...camera, ...more }] });
  for (const config of [
    { site: HOSTILE },
    { device: HOSTILE },
    { tenants: [{ id: HOSTILE }] },
    withCamera({ id: HOSTILE }),
    withCamera({ lines: [{ ...line, id: HOSTILE }] }),
    withCamera({ zones: [{ ...zone, id: HOSTILE }] }),
    withCamera({ rules: [{ ...rule, id: HOSTILE }] }),
    withCamera({ rules: [{ id: 'red', offence: 'red-light', line: 'gate', direction: 'in', signal: HOSTILE }] }),
  ])
    assert.ok(problemsOf(config) > 0, JSON.stringify(config));
});

/** A reply with every text that may be any text, by its schema, ending in hostile markup. */
function spoiled(schema: JsonSchema | undefined, value: unknown): unknown {
  if (schema === undefined || value === null) return value;
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonSchema[] | undefined;
  if (choices !== undefined)
    return spoiled(
      choices.find((choice) => fits(choice, value)),
      value,
    );
  if (typeof value === 'string') return isFree(schema) ? `${value}${HOSTILE}` : value;
  if (Array.isArray(value)) return value.map((item) => spoiled(schema['items'] as JsonSchema, item));
  if (typeof value !== 'object') return value;
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const others = schema['additionalProperties'] as JsonSchema | undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      MEANT.includes(key) ? one : spoiled(properties[key] ?? others, one),
    ]),
  );
}

/** Texts that a browser computes with: another time zone or metric is none. */
const MEANT: readonly string[] = ['timeZone', 'metric'];

const isFree = (schema: JsonSchema): boolean => !['enum', 'const', 'pattern', 'format'].some((word) => word in schema);

function fits(schema: JsonSchema, value: unknown): boolean {
  if ('const' in schema) return schema['const'] === value;
  if ('enum' in schema) return (schema['enum'] as unknown[]).includes(value);
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const told = Object.entries(properties).every(
    ([key, one]) => !('const' in one) || one['const'] === (value as Record<string, unknown>)[key],
  );
  const type = Array.isArray(value) ? 'array' : typeof value;
  return told && (schema['type'] === type || (type === 'number' && schema['type'] === 'integer'));
}

type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };
type Described = {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >;
};

/** Answers what the page asks with what the device answers, spoiled. */
async function spoil(route: Route, { paths }: Document): Promise<void> {
  const url = decodeURIComponent(route.request().url().replaceAll('+', ' ')).replaceAll(HOSTILE, '');
  const path = new URL(url).pathname;
  const template = Object.keys(paths).find((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  const { responses } = paths[template ?? '']?.[route.request().method().toLowerCase()] ?? { responses: {} };
  const schema = responses['200']?.content?.['application/json']?.schema;
  if (schema === undefined) return route.continue();
  const response = await route.fetch({ url });
  await route.fulfill(response.ok() ? { response, json: spoiled(schema, await response.json()) } : { response });
}

const textOf = (page: Page): Promise<string> => page.locator('body').innerText();

inBrowser('on every page a text of the device is text, whatever it holds', async () => {
  const device = await runDevice(join(temporaryFolder('hostile'), 'device'));
  endings.push(() => device.stop());
  const document = await device.get<Document>('/api/v1/openapi.json');
  const pages = ['now', 'performance', 'resources', 'cache', 'database', 'tuning', 'alerts', 'models', 'setup'];
  assert.equal(await pagesShowing(`${device.url}#token=${device.token}`, document), pages);
  const reported = await reportedDevice(temporaryFolder('hostile-reported'), 2);
  endings.push(() => reported.stop());
  assert.equal(await pagesShowing(`${reported.url}#token=${REPORT_TOKEN}`, document, ['reports']), ['reports']);
});

/** Those of the pages that have hostile texts to show, and show them as texts; the browser complains of none. */
async function pagesShowing(url: string, document: Document, wanted?: readonly string[]): Promise<string[]> {
  const { page, complaints, close } = await open('about:blank', { size: 'phone' });
  await page.route('**/api/v1/**', (route) => spoil(route, document).catch(() => route.abort().catch(() => undefined)));
  await page.goto(url);
  await page.locator('h1').waitFor();
  const links = (await page.evaluate('[...document.querySelectorAll("nav a")].map((link) => link.hash)')) as string[];
  const ids = links.map((hash) => hash.replace('#/', ''));
  const showing: string[] = [];
  for (const id of wanted ?? ids) {
    await page.evaluate(`location.hash = '#/${id}'`);
    await page.locator(`nav a[href="#/${id}"][aria-current=page]`).waitFor({ state: 'attached' });
    const loading = page.locator('main').getByText(/^Loading …$/);
    while ((await loading.count()) > 0) await page.waitForTimeout(50);
    assert.equal([id, await page.evaluate(INJECTED), await page.evaluate(MARK)], [id, 0, null]);
    assert.not(await isTooWide(page), `${id} is wider than a phone`);
    if ((await textOf(page)).includes('<img src=x')) showing.push(id);
  }
  if (wanted === undefined) assert.ok(ids.length >= 10);
  assert.equal(complaints, []);
  await close();
  return showing;
}

inBrowser('in the pages of reports names are text, whatever they hold', async () => {
  const day = localDay('2026-11-26', 'Europe/Madrid');
  const folder = temporaryFolder('hostile-reports');
  const history = new WrittenHistory(folder, day.from - 7 * DAY);
  history.counts(`north${HOSTILE}`, { from: day.from - 7 * DAY, to: day.to }, () => ({
    away: { [`car${HOSTILE}`]: 20 },
  }));
  const labels = { camera: `north${HOSTILE}` };
  history.steps(HOUR, day.from, day.to, [
    { metric: 'fps_captured', labels, at: () => 15 },
    { metric: 'estimated_f1', labels, at: () => 0.9 },
  ]);
  const file = history.close();
  const task: ReportTask = {
    kind: 'daily',
    date: '2026-11-26',
    timeZone: 'Europe/Madrid',
    file,
    deviceFile: file,
    name: `madrid/cabinet7${HOSTILE}`,
    cameras: [`north${HOSTILE}`],
    tenant: `harbour${HOSTILE}`,
    terms: { currency: 'EUR', costPerKwh: 0.2, costPerGb: 4, accuracyFloor: 0.95, latencyMs: 300 },
    prospects: [],
    health: [],
    madeAt: day.to + 20 * MINUTE,
    languages: ['en', 'es'],
  };
  // a page of its own, without the policy that would keep scripts from running
  const { page, close } = await open('about:blank', { size: 'phone' });
  for (const kind of ['daily', 'weekly'] as const) {
    for (const { html } of makeReport({ ...task, kind }).pages) {
      await page.setContent(html);
      assert.equal([await page.evaluate(INJECTED), await page.evaluate(MARK)], [0, null]);
      assert.match(await textOf(page), '<img src=x');
    }
  }
  await close();
});

test.run();
