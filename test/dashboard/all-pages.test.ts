import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { needs } from '../optional.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { axeViolations } from './axe.js';
import { closeBrowser, isTooWide, type Look, open } from './browser.js';
import { runDevice } from './running-device.js';

const MOST_BYTES = 250 * 1024;
const LOOKS: readonly Look[] = [
  { size: 'phone', language: 'en', scheme: 'light' },
  { size: 'phone', language: 'es', scheme: 'dark' },
  { size: 'desktop', language: 'en', scheme: 'dark' },
  { size: 'desktop', language: 'es', scheme: 'light' },
];
const LOST = { en: /has not answered since/, es: /no responde desde/ };

const inBrowser = needs('chromium', test);
const endings = endingsOf(test);
// with a broker all that there is to be shown is open
const device = await runDevice(join(temporaryFolder('all-pages'), 'device'), {
  mqtt: { broker: 'embedded', embeddedPort: 0 },
});
endings.push(closeBrowser, () => device.stop());

/** Addresses of all pages, as the navigation has them. */
const pagesOf = (page: Page): Promise<string[]> =>
  page.evaluate('[...document.querySelectorAll("nav a")].map((link) => link.hash)') as Promise<string[]>;

async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.locator(`nav a[href="${hash}"][aria-current=page]`).waitFor({ state: 'attached' });
  // the policy of the page forbids to wait for an expression within it
  const loading = page.locator('main').getByText(/^(Loading|Cargando) …$/);
  while ((await loading.count()) > 0) await page.waitForTimeout(50);
}

test('all pages together are light enough for a phone over a slow link', () => {
  const folder = join(PROJECT_ROOT, 'dist/src/dashboard/page');
  const files = readdirSync(folder).filter((name) => name.endsWith('.gz'));
  const bytes = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  assert.ok(files.length > 3 && bytes <= MOST_BYTES, `${files.length} files, ${(bytes / 1024).toFixed(1)} KiB gzipped`);
});

for (const look of LOOKS) {
  inBrowser(`every page stands, ${look.size}, ${look.language}, ${look.scheme}`, async () => {
    const { page, complaints, close } = await open(`${device.url}#token=${device.token}`, look);
    await page.locator('h1').waitFor();
    const problems: string[] = [];
    for (const hash of await pagesOf(page)) {
      await show(page, hash);
      if (await isTooWide(page)) problems.push(`${hash} is wider than the screen`);
      if ((await page.locator('.problem').count()) > 0)
        problems.push(`${hash}: ${await page.locator('.problem').first().textContent()}`);
      problems.push(...(await axeViolations(page)).map((violation) => `${hash} ${violation}`));
    }
    assert.equal(problems, []);
    assert.equal(complaints, []);
    await close();
  });
}

inBrowser(
  'by keys alone: the skip link comes first, all that is reached is seen to be, Escape closes what opens',
  async () => {
    const { page, close } = await open(`${device.url}#token=${device.token}`, { size: 'desktop' });
    await page.locator('h1').waitFor();
    await show(page, '#/tuning');
    await page.keyboard.press('Tab');
    assert.match(await focused(page), / Skip to the page$/);
    await page.keyboard.press('Enter');
    assert.is(await page.evaluate('document.activeElement.id'), 'main');
    const unseen: string[] = [];
    let dialog = false;
    for (let step = 0; step < 80 && !dialog; step++) {
      await page.keyboard.press('Tab');
      if (!(await page.evaluate(IS_SEEN))) unseen.push(await focused(page));
      dialog = (await focused(page)) === 'BUTTON Hold';
    }
    assert.equal(unseen, []);
    assert.ok(dialog, 'a button of the page is reached by Tab');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    assert.ok(await page.evaluate('document.querySelector("dialog[open]").contains(document.activeElement)'));
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    assert.is(await focused(page), 'BUTTON Hold');
    await close();

    const phone = await open(device.url, { size: 'phone' });
    const menu = phone.page.getByRole('button', { name: 'Menu' });
    await menu.focus();
    await phone.page.keyboard.press('Enter');
    await phone.page.locator('nav.open').waitFor();
    await phone.page.keyboard.press('Tab');
    await phone.page.keyboard.press('Escape');
    await phone.page.locator('nav.open').waitFor({ state: 'detached' });
    await phone.close();
  },
);

const IS_SEEN = `(() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
})()`;

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    '[document.activeElement.tagName, document.activeElement.textContent.trim()].join(" ")',
  ) as Promise<string>;

inBrowser('a program that is restarted under open pages is told to be away, and shown again by itself', async () => {
  const pages = await Promise.all(
    (['en', 'es'] as const).map(async (language) => ({
      language,
      ...(await open(`${device.url}#token=${device.token}`, { language, size: 'phone' })),
    })),
  );
  for (const { page } of pages) {
    await page.locator('h1').waitFor();
    await show(page, '#/tuning');
    await page.locator('.tile').first().waitFor();
  }
  await device.stop();
  for (const { page, language } of pages) {
    await page.getByText(LOST[language]).waitFor();
    assert.ok((await page.locator('.tile').count()) > 0, 'what was known is still shown');
  }
  await device.start();
  for (const { page, language, complaints, close } of pages) {
    await page.getByText(LOST[language]).waitFor({ state: 'detached' });
    await page.locator('.problem').waitFor({ state: 'detached' });
    assert.equal(complaints, []);
    await close();
  }
});

test.run();
