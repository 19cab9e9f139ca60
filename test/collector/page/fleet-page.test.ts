import { readFileSync } from 'node:fs';
import { connectAsync } from 'mqtt';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedTokenLine, parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { axeViolations } from '../../dashboard/axe.js';
import { closeBrowser, heldBack, isTooWide, type Look, open } from '../../dashboard/browser.js';
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

inBrowser('what is typed while the list is asked for stays, and a slow answer is waited for in sight', async () => {
  const { page, complaints, close } = await open(fleet.url);
  await page.getByText('1 to 50 of 2,000').waitFor();
  // a key that comes while what was typed before is put into the address
  await page.evaluate(`addEventListener('hashchange', () => {
    const field = document.querySelector('input[type=search]');
    field.value += '9';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }, { once: true })`);
  const find = page.getByLabel('Find');
  await find.fill('cabinet-19');
  await page.getByText('1 to 11 of 11').waitFor();
  assert.is(await find.inputValue(), 'cabinet-199');
  const answer = await heldBack(page, '**/api/v1/fleet/overview?**');
  await page.getByRole('button', { name: 'Show all devices' }).click();
  await page.locator('.waits').waitFor();
  await page.getByText('1 to 11 of 11').waitFor();
  answer();
  await page.getByText('1 to 50 of 2,000').waitFor();
  assert.is(await page.locator('.waits').count(), 0);
  assert.is(await find.inputValue(), '');
  assert.equal(complaints, []);
  await close();
});

inBrowser('the figures of a day do not stand under the date of another one', async () => {
  const { page, complaints, close } = await open(`${fleet.url}#/reports`);
  await page.locator('.tile').first().waitFor();
  const answer = await heldBack(page, '**/api/v1/fleet/report/summary?**');
  await page.getByRole('button', { name: 'Earlier' }).click();
  await page.getByText('Loading …').waitFor();
  assert.is(await page.locator('.tile').count(), 0);
  answer();
  await page.locator('main :is(.tile, .empty)').first().waitFor();
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

const BEN = 'a-token-of-ben-1';
const ANA = 'a-token-of-ana-1';
const OFFICE = 'a-token-of-the-harbour';
/** Two devices of nobody, one of each of two tenants. */
const guarded = await shownFleet(temporaryFolder('fleet-guarded'), {
  devices: 2,
  hours: 0.02,
  more: ['harbour', 'airport'].map((tenant, index) => ({
    at: Date.now(),
    topic: `edge/v1/${tenant}/cabinet-of-${tenant}/status`,
    payload: JSON.stringify({
      ...{ ts: Date.now(), seq: 0, boot: `1f6b2c3${index}`, online: true, bdSeq: 1 },
      ...{ version: '1.0.0', model: 'm', variant: 'v', provider: null, tenant, metrics: [] },
    }),
  })),
  options: {
    tokens: parseNamedTokens(
      [
        namedTokenLine('ana', 'operator', ANA),
        namedTokenLine('ben', 'viewer', BEN),
        namedTokenLine('office', 'viewer', OFFICE, 'harbour'),
      ].join('\n'),
    ),
  },
});
endings.push(guarded.stop);

/** Pages that the navigation offers, and one device. */
const offered = async (page: Page, device: string): Promise<string[]> => [
  ...((await page.evaluate('[...document.querySelectorAll("nav a")].map((link) => link.hash)')) as string[]),
  `#/device?${device}`,
];
async function settled(page: Page, hash: string): Promise<string> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.locator('main :is(.card, .empty, .problem)').first().waitFor();
  const loading = page.locator('main').getByText(/^(Loading|Cargando) …$/);
  while ((await loading.count()) > 0) await page.waitForTimeout(50);
  return (await page.locator('main').innerText()) as string;
}
/** What changes something: what pages offer to those who may is named here. */
const CHANGES = /^(Add|Take|Tick|Begin|Ask|Set|Resume|Abort)/;

inBrowser(
  'who needs a token is asked for it; a viewer sees all, with labels, and no button that changes anything',
  async () => {
    const { page, complaints, close } = await open(guarded.url);
    await page.getByRole('alert').getByLabel('Enter your token for this collector').fill(BEN);
    await page.getByRole('alert').getByRole('button', { name: 'Use' }).click();
    await page.getByRole('link', { name: 'cabinet-1' }).waitFor();
    const found: string[] = [];
    for (const hash of await offered(page, 'site=airport&device=cabinet-of-airport')) {
      await settled(page, hash);
      const buttons = page.locator('main').getByRole('button', { name: CHANGES });
      if ((await buttons.count()) + (await page.locator('main input[type=checkbox], a.act').count()) > 0)
        found.push(hash);
    }
    assert.equal(found, []);
    await page.getByText('It has none.').waitFor();
    assert.equal(complaints, []);
    await close();
  },
);

inBrowser('a tenant sees its own devices on every page that it is offered, and no word of others', async () => {
  const { page, complaints, close } = await open(`${guarded.url}#token=${OFFICE}`);
  await page.getByRole('link', { name: 'cabinet-of-harbour' }).waitFor();
  await page.getByRole('link', { name: 'Audit' }).waitFor({ state: 'detached' });
  const hashes = await offered(page, 'site=harbour&device=cabinet-of-harbour');
  assert.equal(hashes.slice(0, -1), ['#/fleet', '#/reports']);
  for (const hash of hashes) {
    const text = await settled(page, hash);
    assert.not.match(text, /airport|site-0|cabinet-[01]/, hash);
    assert.is(await page.locator('.problem').count(), 0, hash);
  }
  for (const hash of [
    '#/device?site=airport&device=cabinet-of-airport',
    '#/actions',
    '#/audit',
    '#/received',
    '#/unlike',
  ]) {
    assert.not.match(
      (await settled(page, hash)).replace(/airport\/cabinet-of-airport/g, ''),
      /airport|cabinet-[01]/,
      hash,
    );
    assert.ok((await page.locator('.problem').count()) > 0, hash);
  }
  assert.equal(complaints, []);
  await close();
});

inBrowser('an operator gives a device a label, finds it by that, and takes it again', async () => {
  const { page, complaints, close } = await open(`${guarded.url}#token=${ANA}`);
  await page.locator('.tile').first().waitFor();
  await page.evaluate('location.hash = "#/device?site=site-0&device=cabinet-1"');
  await page.getByLabel('New label').fill('canary');
  await page.getByRole('button', { name: 'Add' }).click();
  const take = page.getByRole('button', { name: 'Take the label canary' });
  await take.waitFor();
  await page.getByRole('link', { name: '← All devices' }).click();
  await page.getByLabel('Label').selectOption('=canary');
  await page.getByText('1 to 1 of 1').waitFor();
  await page.locator('td .tag', { hasText: 'canary' }).waitFor();
  await page.getByRole('link', { name: 'cabinet-1' }).click();
  await take.click();
  await page.getByText('It has none.').waitFor();
  assert.equal(complaints, []);
  await close();
});

test.run();
