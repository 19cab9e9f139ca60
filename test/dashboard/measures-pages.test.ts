import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { axeViolations } from './axe.js';
import { closeBrowser, isTooWide, type Look, open, openAgain } from './browser.js';
import { CHANGE_TOKEN, type MeasuresDevice, measuresDevice } from './measures-device.js';

const inBrowser = needs('chromium', test);
let device: MeasuresDevice;

test.before(async () => {
  device = await measuresDevice(temporaryFolder('measures-pages'), 26);
});
test.after(async () => {
  await closeBrowser();
  await device.stop();
  device.days.close();
});
test.before.each(() => device.instead.clear());

/** States that axe looked at, by their text and size: what says that nothing is kept is one component on all pages. */
const examined = new Set<string>();

/** Opens a page, waits for a text on it, and sees that nothing is wrong with it. */
async function shown(
  path: string,
  text: string | RegExp,
  look: Look,
  use?: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, complaints } = await openAgain(`${device.url}#/${path}`, look);
  await page.getByText(text).first().waitFor();
  await use?.(page);
  assert.is(await isTooWide(page), false, `${path} is too wide`);
  const state = `${text} ${look.size}`;
  if (!examined.has(state)) assert.equal(await axeViolations(page), [], path);
  examined.add(state);
  assert.equal(complaints, [], path);
}

/** Waits until so many charts are drawn. */
const charts = (page: Page, least: number): Promise<void> =>
  page
    .locator('.chart canvas')
    .nth(least - 1)
    .waitFor();

inBrowser(
  'why the board was slow yesterday at three stands on the page, with what happened then and what to do',
  async () => {
    await shown('performance', /slowed down by heat for 90 %/, { size: 'desktop' }, async (page) => {
      const why = (await page.locator('.slow-time').first().textContent())!;
      assert.match(why, /95 % of the answers came within 3\d\d ms, usually 1\d\d ms/);
      assert.match(why, /It took longer in: inference/);
      assert.match(why, /its processor ran at 1\.\d GHz, usually 2\.4 GHz/);
      assert.match(why, /Clean filter and fan/);
      assert.match(why, /Too hot/);
      assert.match(why, /\(batching\) taken back/);
      assert.match(why, /\(scheduling\) kept/);
      assert.match((await page.locator('.happenings').last().textContent())!, /42 min without readings/);
      await charts(page, 6);
      // its own time is shown on demand, and the address can be sent to somebody
      await page.getByRole('button', { name: 'Show this time' }).click();
      await page.getByLabel('from', { exact: true }).waitFor();
      assert.match(page.url(), /from=\d+&to=\d+/);
    });
  },
);

inBrowser('on a phone, in Spanish and of one camera alone, performance is as good to read', async () => {
  const look = { size: 'phone', language: 'es', scheme: 'dark' } as const;
  await shown('performance?camera=south', /el calor frenó el equipo/, look, async (page) => {
    await charts(page, 6);
    assert.is(await page.getByLabel('Cámara').inputValue(), 'south');
    assert.is(await page.getByRole('heading', { name: 'Cada cámara' }).count(), 0);
    await page.getByLabel('Percentil').selectOption('p50');
    await page.getByLabel('Cámara').selectOption('');
    await page.getByRole('heading', { name: 'Cada cámara' }).waitFor();
    await charts(page, 6);
  });
});

inBrowser('resources say what is left, what is held back and which sensors are missing', async () => {
  await shown('resources', 'What is left', { size: 'desktop', scheme: 'dark' }, async (page) => {
    await charts(page, 10);
    const left = (await page.locator('.card', { hasText: 'What is left' }).textContent())!;
    assert.match(left, /Processor little left 78 % used; from 92 % on nothing is left/);
    assert.match(left, /Heat little left 77 °C; slowed down from 85 °C on/);
    assert.match(left, /Life of the medium not known this medium does not tell/);
    await page.getByText(/this user may not read it/).waitFor();
    await page.getByText('This machine does not tell of: processor quota.').waitFor();
  });
  await shown('resources', 'Qué queda', { size: 'phone', language: 'es' }, (page) => charts(page, 10));
});

inBrowser('the cache says what more memory would bring, and both caches what they find', async () => {
  await shown('cache', /would be found instead of/, { size: 'desktop' }, async (page) => {
    await page.getByRole('heading', { name: 'Cache: tenant city' }).waitFor();
    await charts(page, 2);
    await page.getByText('lru 16 MiB → lfu 16 MiB', { exact: true }).first().waitFor();
  });
  await shown('cache', /se encontraría/, { size: 'phone', language: 'es', scheme: 'dark' });
});

inBrowser(
  'invalidating asks once more, needs the token, is done in the cache that is meant, and is taken down',
  async () => {
    const { page, complaints, close } = await open(`${device.url}#/cache`);
    const theirs = page.locator('.card', { hasText: 'Cache: tenant city' });
    await theirs.getByRole('button', { name: 'Invalidate still' }).click();
    const dialog = page.getByRole('dialog');
    assert.match(
      (await dialog.textContent())!,
      /Everything under the tag “still” .* in the cache of tenant city .* cannot be taken back/,
    );
    assert.equal(await axeViolations(page), []);
    await dialog.getByRole('button', { name: 'Invalidate it' }).click();
    await dialog.getByLabel('Enter the token of this device').fill(CHANGE_TOKEN);
    assert.is(
      device.caches.get('city')!.has('still-0') || device.caches.get('city')!.has('still-3'),
      true,
      'not without a token',
    );
    await dialog.getByRole('button', { name: 'Use' }).click();
    await dialog.getByRole('button', { name: 'Invalidate it' }).click();
    await theirs.getByText('Done: still was invalidated.', { exact: false }).waitFor();
    assert.is(device.caches.get('city')!.has('still-3'), false);
    const [change] = device.changes;
    assert.equal(
      [change!.path, change!.body, change!.status],
      ['/api/v1/cache/invalidate', { cache: 'city', tags: ['still'] }, 200],
    );
    const own = page.locator('.card', { hasText: "Cache: the device's own" });
    await own.getByRole('button', { name: 'Forget everything' }).click();
    await dialog.getByRole('button', { name: 'Forget everything' }).click();
    await own.getByText('everything was forgotten', { exact: false }).waitFor();
    assert.is(device.caches.get('device')!.getStats().memory!.entries, 0);
    assert.equal(complaints, []);
    await close();
  },
);

inBrowser('a database is examined on demand, without any value of what it was asked', async () => {
  await shown('database', 'What it is asked', { size: 'desktop' }, async (page) => {
    const history = page.locator('.card', { hasText: 'history.db' }).first();
    assert.match((await history.textContent())!, /of 100/);
    await history.getByRole('button', { name: 'Examine history.db' }).click();
    await history.getByText(/^Examined /).waitFor({ timeout: 60_000 });
    await history.getByRole('heading', { name: 'Indexes (dry run)' }).waitFor();
    await history.getByRole('heading', { name: 'Tables' }).waitFor();
    await page.getByText('It cannot be looked at now: outbox.db is not open: see the alerts').waitFor();
  });
  await shown('database', 'Qué se le pide', { size: 'phone', language: 'es', scheme: 'dark' });
});

inBrowser(
  'an examination that somebody else began is followed to its end, and not while nobody sees the page',
  async () => {
    const { page, complaints, close } = await open(`${device.url}#/database`);
    const history = page.locator('.card', { hasText: 'history.db' }).first();
    await history.getByRole('button', { name: /^Examine history.db/ }).waitFor();
    let looks = 0;
    let state = 'running';
    const tells = () => ({
      ...{ state, startedAt: device.days.now() + 1000, endedAt: state === 'done' ? device.days.now() + 2000 : null },
      ...{ failure: null, health: null, tables: [], advice: null, adviceObstacle: 'the cores are busy by 90 %' },
    });
    const databases = (await (await fetch(`${device.url}api/v1/databases`)).json()) as { databases: object[] };
    const others = databases.databases.slice(1);
    device.instead.set('/databases', () => {
      const told = { ...databases, databases: [{ ...databases.databases[0], examination: tells() }, ...others] };
      return { status: 200, body: JSON.stringify(told) };
    });
    device.instead.set('/examination', () => {
      looks++;
      return { status: 200, body: JSON.stringify(tells()) };
    });
    const seen = (isHidden: boolean): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await seen(false);
    await history.getByText('It is being examined …').waitFor();
    await eventually('it is looked at', () => looks > 1);
    await seen(true);
    await page.waitForTimeout(300);
    const before = looks;
    await page.waitForTimeout(2500);
    assert.is(looks, before, 'a page that nobody sees asks for nothing');
    state = 'done';
    await seen(false);
    await history.getByText(/^Examined /).waitFor();
    await history.getByText('No index was looked for: the cores are busy by 90 %').waitFor();
    assert.equal(complaints, []);
    await close();
  },
);

const PAGES = [
  ['performance', '/several'],
  ['resources', '/resources'],
  ['cache', '/cache'],
  ['database', '/databases'],
] as const;

inBrowser('of a time of which nothing is kept, and of a device that has nothing yet, that is said', async () => {
  const long = `from=${Date.UTC(2020, 1, 1)}&to=${Date.UTC(2020, 1, 2)}`;
  await shown(`performance?${long}`, /Nothing was kept of this time/, { size: 'phone' });
  await shown(`resources?${long}`, /Nothing was kept of this time/, { size: 'phone' });
  await shown(`cache?${long}`, /Nothing was kept of this time/, { size: 'desktop' });
  device.instead.set('/databases', () => ({ status: 200, body: '{"at":0,"databases":[],"trials":[]}' }));
  await shown('database', 'This device has no databases.', { size: 'phone' });
});

inBrowser('what fails inside the device, and what a token may not see, is told with what to do', async () => {
  for (const [path, route] of PAGES) {
    device.instead.set(route, () => ({ status: 500, body: 'this failed inside the program\n' }));
    await shown(path, /The log of the device says why/, { size: 'phone' });
    device.instead.set(route, () => ({ status: 403, body: 'this is of the operator\n' }));
    await shown(path, 'This token may not see this.', { size: 'desktop' });
    device.instead.clear();
  }
});

inBrowser('a device that went away leaves what was shown, said to be old, and is back by itself', async () => {
  const opened = await Promise.all(PAGES.map(([path]) => open(`${device.url}#/${path}`, { size: 'phone' })));
  for (const { page } of opened) await page.locator('.card').nth(1).waitFor();
  await device.stop();
  // whoever comes back to a page looks at once
  const wake = 'document.dispatchEvent(new Event("visibilitychange"))';
  for (const { page } of opened) {
    await page.evaluate(wake);
    await page.getByText(/The device has not answered since/).waitFor();
    await page
      .getByText(/Not renewed since/)
      .first()
      .waitFor();
    assert.ok((await page.locator('.card').count()) > 1);
  }
  await device.start();
  for (const { page, complaints, close } of opened) {
    await page.evaluate(wake);
    await page.getByText(/The device has not answered since/).waitFor({ state: 'detached' });
    assert.equal(complaints, []);
    await close();
  }
});

test.run();
