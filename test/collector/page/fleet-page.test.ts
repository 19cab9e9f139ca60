import { readFileSync } from 'node:fs';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedTokenLine, parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { axeViolations } from '../../dashboard/axe.js';
import { closeBrowser, isTooWide, type Look, open } from '../../dashboard/browser.js';
import { needs } from '../../optional.js';
import { endingsOf, temporaryFolder } from '../../temporary.js';
import { shownFleet } from './shown-fleet.js';

const DEVICES = 2000;
const LOOKS: readonly Look[] = [
  { size: 'phone', language: 'es', scheme: 'dark' },
  { size: 'desktop', language: 'en', scheme: 'light' },
];

const inBrowser = needs('chromium', test);
const endings = endingsOf(test);
const fleet = await shownFleet(temporaryFolder('fleet-page'), { devices: DEVICES, hours: 0.02 });
endings.push(closeBrowser, fleet.stop);

inBrowser('2,000 devices are found by name, put in order and paged, and the address keeps what is shown', async () => {
  const { page, complaints, close } = await open(fleet.url);
  await page.getByText('of 2,000 devices', { exact: true }).waitFor();
  const rows = page.getByRole('region', { name: 'Devices' }).locator('tbody tr');
  assert.is(await rows.count(), 50);
  await page.getByText('1 to 50 of 2,000').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('51 to 100 of 2,000').waitFor();
  await page.getByLabel('Find').fill('cabinet-199');
  await page.getByText('1 to 11 of 11').waitFor();
  await page.getByRole('button', { name: 'Device', exact: true }).click();
  await page.locator('th[aria-sort=ascending]').waitFor();
  assert.match(page.url(), 'text=cabinet-199');
  await rows.first().getByRole('link', { name: 'cabinet-199', exact: true }).waitFor();
  await page.reload();
  await page.getByText('1 to 11 of 11').waitFor();
  await page.getByRole('link', { name: 'cabinet-1990' }).click();
  await page.getByText('What is missing').waitFor();
  assert.match(await page.title(), 'Device');
  assert.equal(complaints, []);
  await close();
});

inBrowser('what a device tells is shown without anything being loaded anew', async () => {
  const { page, complaints, close } = await open(`${fleet.url}#/fleet?text=cabinet-new`);
  await page.getByText('No device is so.').waitFor();
  const device = await connectAsync(fleet.broker);
  const head = { ts: Date.now(), boot: '1f6b2c3d' };
  const say = (topic: string, body: object) =>
    device.publishAsync(`edge/v1/demo/cabinet-new/${topic}`, JSON.stringify({ ...head, ...body }), { qos: 1 });
  const about = { version: '7.7.7', model: 'm', variant: '<b>v</b>', provider: 'cpu', metrics: [] };
  await say('status', { seq: 0, online: true, bdSeq: 7, ...about });
  const alert = { severity: 'critical', message: '<img src=x>', action: 'cool it', since: head.ts };
  await say('alert/temperature-high', { seq: 1, code: 'temperature-high', ...alert });
  await page.getByRole('link', { name: 'cabinet-new' }).waitFor();
  await page.getByRole('cell', { name: '7.7.7' }).first().waitFor();
  await page.getByRole('link', { name: 'cabinet-new' }).click();
  await page.getByText('<img src=x>').waitFor();
  assert.is(await page.locator('main img').count(), 0);
  assert.equal(complaints, []);
  await device.endAsync();
  await close();
});

for (const look of LOOKS) {
  inBrowser(`every page stands, ${look.size}, ${look.language}, ${look.scheme}`, async () => {
    const { page, complaints, close } = await open(`${fleet.url}#/fleet?text=cabinet-199`, look);
    await page.locator('.tile').first().waitFor();
    const hashes = (await page.evaluate(
      '[...document.querySelectorAll("nav a")].map((link) => link.hash)',
    )) as string[];
    const problems: string[] = [];
    for (const hash of [
      ...hashes.map((one) => one.replace(/fleet$/, 'fleet?text=cabinet-199')),
      '#/device?site=site-0&device=cabinet-3',
    ]) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator('main :is(.card, .empty)').first().waitFor();
      const loading = page.locator('main').getByText(/^(Loading|Cargando) …$/);
      while ((await loading.count()) > 0) await page.waitForTimeout(50);
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

inBrowser('what is refused, who is unlike and what was are shown, and a report is saved', async () => {
  const device = await connectAsync(fleet.broker);
  await device.publishAsync('edge/v1/demo/cabinet-new/nonsense', '<b>{}</b>', { qos: 1 });
  await device.endAsync();
  const { page, complaints, close } = await open(`${fleet.url}#/received`, { language: 'es' });
  await page.getByRole('cell', { name: 'tipo de mensaje desconocido' }).first().waitFor();
  await page.getByRole('link', { name: 'Distintos' }).click();
  await page.getByText(/equipos comparados son distintos/).waitFor();
  assert.ok((await page.getByText(/veces su dispersión habitual/).count()) > 4);
  await page.getByRole('link', { name: 'Informes' }).click();
  const button = page.getByRole('button', { name: 'Guardar como CSV' });
  await button.waitFor();
  const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
  assert.match(saved.suggestedFilename(), /^fleet-\d{4}-\d\d-\d\d-day\.csv$/);
  assert.ok(readFileSync(await saved.path(), 'utf8').split('\r\n').length > DEVICES);
  assert.equal(complaints, []);
  await close();
});

inBrowser('who needs a token is asked for it, and a viewer sees the fleet', async () => {
  const tokens = parseNamedTokens(namedTokenLine('ben', 'viewer', 'a-token-of-ben-1'));
  const guarded = await shownFleet(temporaryFolder('fleet-guarded'), { devices: 2, hours: 0.02, options: { tokens } });
  endings.push(guarded.stop);
  const { page, complaints, close } = await open(guarded.url);
  await page.getByRole('alert').getByLabel('Enter your token for this collector').fill('a-token-of-ben-1');
  await page.getByRole('alert').getByRole('button', { name: 'Use' }).click();
  await page.getByRole('link', { name: 'cabinet-1' }).waitFor();
  assert.equal(complaints, []);
  await close();
});

test.run();
