import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../optional.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { axeViolations } from './axe.js';
import { closeBrowser, isTooWide, type Look, open } from './browser.js';
import { REPORT_TOKEN, reportedDevice } from './reported-device.js';

const inBrowser = needs('chromium', test);
const endings = endingsOf(test);
const device = await reportedDevice(temporaryFolder('reports-page'));
endings.push(closeBrowser, () => device.stop());

async function shown(look: Look = {}) {
  const opened = await open(`${device.url}#token=${REPORT_TOKEN}`, look);
  await opened.page.locator('h1').waitFor();
  await opened.page.evaluate("location.hash = '#/reports'");
  await opened.page.locator('figure.chart canvas').waitFor();
  return opened;
}

inBrowser(
  'the newest day comes first, what to do before what happened; the next 24 hours as chart and table',
  async () => {
    const { page, complaints, close } = await shown();
    const report = page.getByRole('article', { name: 'daily-2026-11-26' });
    await report.waitFor();
    const titles = await report.getByRole('heading', { level: 4 }).allTextContents();
    assert.equal(titles.slice(0, 2), ['What to do', 'The day in figures']);
    const options = await page.locator('main select').first().locator('option').allTextContents();
    assert.equal(options, ['day 2026-11-26', 'week 2026-W47']);
    await page.getByText('As a table').click();
    const table = page.getByRole('region', { name: 'Vehicles per hour, north: gate, away' });
    const rows = await table.locator('tbody tr').allTextContents();
    assert.is(rows.length, 24);
    assert.not.match(rows.join(), /–/);
    await page.getByLabel('Where').selectOption('north: gate, near');
    await page.getByRole('img', { name: 'Vehicles per hour, north: gate, near' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a page' }).click();
    assert.is((await download).suggestedFilename(), 'daily-2026-11-26.en.html');
    // where another cannot be had the one before does not stand in its place
    await page.route('**/api/v1/reports/weekly-*', (route) =>
      route.fulfill({ status: 500, json: { error: 'no disk' } }),
    );
    await page.locator('main select').first().selectOption('week 2026-W47');
    const week = page.getByRole('article', { name: 'weekly-2026-W47' });
    await week.getByText('no disk').waitFor();
    assert.is(await week.getByRole('heading').count(), 0);
    assert.equal(complaints, []);
    await close();
  },
);

inBrowser(
  'evidence is verified on demand, and a record that was changed is named with why, in both languages',
  async () => {
    const { page, close } = await shown({ language: 'es', size: 'phone', scheme: 'dark' });
    await page.getByText('Sin verificar desde el arranque').waitFor();
    await page.getByRole('article', { name: 'coche, cruzó una línea' }).locator('img').first().waitFor();
    await page.getByRole('button', { name: 'Verificar ahora' }).click();
    await page.getByText('los registros 1 a 3 siguen intactos').waitFor();
    const records = join(device.chain.folder, 'records');
    const second = join(records, readdirSync(records).sort()[1]!);
    writeFileSync(second, readFileSync(second, 'utf8').replace('"car"', '"bus"'));
    await page.getByRole('button', { name: 'Verificar ahora' }).click();
    await page.getByText('roto en el registro 2').waitFor();
    await page.getByText('se cambió después de firmarlo').waitFor();
    assert.is(await isTooWide(page), false);
    assert.equal(await axeViolations(page), []);
    await close();
    const english = await shown();
    await english.page.getByText('broken at record 2').waitFor();
    await english.page.getByText('it was changed after it was signed').waitFor();
    await english.close();
  },
);

test.run();
