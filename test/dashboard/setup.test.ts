import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml } from '../../src/config/yaml.js';
import { type SetupPort, type SetupReply, setupRoutes } from '../../src/dashboard/api/setup.js';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import { HttpServer } from '../../src/http/server.js';
import { needs } from '../optional.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { axeViolations } from './axe.js';
import { bridgeDevice } from './bridge-device.js';
import { closeBrowser, isTooWide, type Look, open } from './browser.js';

const endings = endingsOf(test);
const inBrowser = needs('chromium', test);
const device = await bridgeDevice(temporaryFolder('setup-page'));
endings.push(() => device.stop(), closeBrowser);

interface Camera {
  readonly lines?: Record<string, unknown>[];
  readonly zones?: Record<string, unknown>[];
  readonly masks?: unknown[];
  readonly rules?: Record<string, unknown>[];
}
const north = (): Camera => (parseYaml(readFileSync(device.file, 'utf8')).data['cameras'] as Camera[])[0]!;

/** With the token, as the address has it that the device prints. */
async function openSetup(look: Look = {}) {
  const opened = await open(device.trusted('x'), look);
  await opened.page.goto(`${device.url}?x#/setup?camera=north`);
  await opened.page.locator('.board').waitFor();
  return opened;
}

async function tap(page: Page, x: number, y: number): Promise<void> {
  await page.locator('.board').scrollIntoViewIfNeeded();
  const { x: left, y: top, width, height } = (await page.locator('.board').boundingBox())!;
  await page.mouse.click(left + x * width, top + y * height);
}

async function write(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Write it into the file' }).click();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByText(/Written\. The version before is in/).waitFor();
}

inBrowser(
  'a line is drawn with the pointer, named, shown as a change, and written with the comments kept',
  async () => {
    const { page, complaints, close } = await openSetup();
    await page.getByText('Nothing is changed.').waitFor();
    await page.getByRole('button', { name: '+ Line' }).click();
    await tap(page, 0.25, 0.3);
    await tap(page, 0.75, 0.32);
    const fields = page.getByRole('group', { name: 'line line1' });
    await fields.getByLabel(/^Name/).fill('exit');
    await page.locator('.difference .added').first().waitFor();
    assert.match((await page.locator('.difference').textContent())!, /id: exit/);
    assert.equal(await axeViolations(page), []);
    await write(page);
    const { lines } = north();
    assert.equal([lines!.length, lines![1]!['id']], [2, 'exit']);
    const [x, y] = lines![1]!['from'] as [number, number];
    assert.ok(Math.abs(x - 0.25) < 0.01 && Math.abs(y - 0.3) < 0.01, `${x}, ${y}`);
    const text = readFileSync(device.file, 'utf8');
    assert.ok(text.includes('# towards the town') && text.includes('# over the river'));
    await page
      .getByText(/It holds from the next start of the program/)
      .first()
      .waitFor();
    assert.equal(complaints, []);
    await close();
  },
);

inBrowser('corners are moved by keys, steps are taken back and done again', async () => {
  const { page, close } = await openSetup();
  const zone = page.getByRole('group', { name: 'zone bay' });
  await zone.getByText('Show its corners').click();
  const corner = page.getByRole('button', { name: /^Corner 1 of zone bay/ });
  const across = zone.getByLabel('Corner 1, across');
  assert.is(await across.inputValue(), '0.1');
  await corner.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  assert.is(await across.inputValue(), '0.155');
  await page.keyboard.press('Control+z');
  assert.is(await across.inputValue(), '0.105');
  await page.getByRole('button', { name: 'Redo' }).click();
  assert.is(await across.inputValue(), '0.155');
  await page.getByRole('button', { name: 'Add a corner behind corner 1' }).click();
  await page.getByRole('button', { name: /^Corner 4 of zone bay/ }).focus();
  await page.keyboard.press('Delete');
  assert.is(await page.getByRole('button', { name: /^Corner \d of zone bay/ }).count(), 3);
  await close();
});

inBrowser('a mask is drawn on a phone without the pointer, a zone by its corners, in Spanish too', async () => {
  const { page, complaints, close } = await openSetup({ size: 'phone', language: 'es', scheme: 'dark' });
  await page.getByRole('button', { name: '+ Máscara' }).click();
  await page.getByRole('button', { name: 'Ponerla en el centro' }).click();
  await page.getByRole('group', { name: 'máscara' }).waitFor();
  await page.getByRole('button', { name: '+ Zona' }).click();
  for (const [x, y] of [
    [0.6, 0.7],
    [0.9, 0.7],
    [0.8, 0.9],
  ] as const)
    await tap(page, x, y);
  await page.getByRole('button', { name: 'Listo' }).click();
  await page.getByRole('group', { name: 'zona zone1' }).waitFor();
  await page.locator('.difference').waitFor();
  assert.match((await page.locator('.difference').textContent())!, /masks:/);
  assert.is(await isTooWide(page), false);
  assert.equal(await axeViolations(page), []);
  assert.equal(complaints, []);
  await close();
});

inBrowser('what is wrong is said at the shape, in the words of the schema, and cannot be written', async () => {
  const { page, close } = await openSetup();
  await page
    .getByRole('group', { name: 'line gate' })
    .getByLabel(/left is called/)
    .fill('out');
  await page
    .getByRole('group', { name: 'line gate' })
    .getByText(/expected different names, got "out" twice/)
    .waitFor();
  assert.is(await page.getByRole('button', { name: 'Write it into the file' }).count(), 0);
  await close();
});

inBrowser('a rule is made of what is drawn, and written', async () => {
  const { page, close } = await openSetup();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const rule = page.getByRole('group', { name: 'rule1' });
  await rule.getByLabel('What is forbidden').selectOption('no-stopping');
  await rule.getByLabel(/^Zone/).selectOption('bay');
  await rule.getByLabel(/Longer than/).fill('20');
  await page.locator('.difference', { hasText: 'no-stopping' }).waitFor();
  await write(page);
  assert.equal(north().rules, [{ id: 'rule1', offence: 'no-stopping', zone: 'bay', longerThanS: 20 }]);
  await close();
});

inBrowser('a file that changed meanwhile is not written over, and without a token nothing is', async () => {
  const { page, close } = await openSetup();
  await page.getByRole('button', { name: '+ Mask' }).click();
  await page.getByRole('button', { name: 'Put it in the middle' }).click();
  await page.getByRole('button', { name: 'Write it into the file' }).waitFor();
  const theirs = `${readFileSync(device.file, 'utf8')}# by hand\n`;
  writeFileSync(device.file, theirs);
  await page.getByRole('button', { name: 'Write it into the file' }).click();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByText(/changed by somebody else meanwhile/).waitFor();
  assert.is(readFileSync(device.file, 'utf8'), theirs);
  await close();
  const refused = await fetch(`${device.url}api/v1/setup/save`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ camera: 'north', shapes: {}, sha256: '0'.repeat(64) }),
  });
  assert.is(refused.status, 401);
});

const mask = (page: Page) => page.getByRole('group', { name: 'mask' }).last();
async function drawMask(page: Page): Promise<void> {
  await page.getByRole('button', { name: '+ Mask' }).click();
  await page.getByRole('button', { name: 'Put it in the middle' }).click();
}
const UNSAVED = 'You have drawn something that is not written yet.';

inBrowser('what is drawn and not written is there again after a look at another camera or page', async () => {
  const { page, complaints, close } = await openSetup();
  const masks = (north().masks ?? []).length;
  await drawMask(page);
  await page.getByRole('button', { name: 'Write it into the file' }).waitFor();
  await page.getByLabel('Camera').selectOption('south');
  await page.getByText('Nothing is drawn yet.').waitFor();
  await page.getByLabel('Camera').selectOption('north');
  await page.getByText(UNSAVED).waitFor();
  assert.is(await page.getByRole('group', { name: 'mask' }).count(), masks + 1);
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('heading', { name: 'Models' }).waitFor();
  await page.getByRole('link', { name: 'Setup' }).click();
  await page.getByText(UNSAVED).waitFor();
  await mask(page).waitFor();
  // the file changes meanwhile, and the page looks at it again: what is drawn stays, and is not written over it
  writeFileSync(device.file, `${readFileSync(device.file, 'utf8')}# by somebody else\n`);
  const told = page.waitForResponse((reply) => reply.url().endsWith('/api/v1/setup'));
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  await told;
  await page.waitForTimeout(200);
  assert.is(await page.getByRole('group', { name: 'mask' }).count(), masks + 1);
  await page.getByRole('button', { name: 'Write it into the file' }).click();
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByText(/changed by somebody else meanwhile/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Load the file again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Load the file again' }).click();
  await page.getByText('Nothing is changed.').waitFor();
  assert.is(await page.getByRole('group', { name: 'mask' }).count(), masks);
  assert.equal(complaints, []);
  await close();
});

inBrowser('two cameras are drawn on and written one after the other; undoing a name leaves the line', async () => {
  const { page, complaints, close } = await openSetup();
  await drawMask(page);
  await page.getByLabel('Camera').selectOption('south');
  await page.getByRole('button', { name: '+ Line' }).click();
  await page.getByRole('button', { name: 'Put it in the middle' }).click();
  await page.getByRole('group', { name: 'line line1' }).getByLabel(/^Name/).fill('quay');
  await page.getByRole('group', { name: 'line quay' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('group', { name: 'line line1' }).waitFor();
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.getByRole('group', { name: 'line quay' }).waitFor();
  await write(page);
  await page.getByLabel('Camera').selectOption('north');
  await mask(page).waitFor();
  await write(page);
  const cameras = parseYaml(readFileSync(device.file, 'utf8')).data['cameras'] as Camera[];
  assert.is(cameras[1]!.lines![0]!['id'], 'quay');
  assert.is(cameras[0]!.masks!.length, await page.getByRole('group', { name: 'mask' }).count());
  assert.equal(complaints, []);
  await close();
});

inBrowser('without a site file it says how one is made', async () => {
  const setup: SetupReply = {
    obstacle: { code: 'no-file', detail: 'make one with `edge-optimizer config init --out site.yaml`' },
    file: null,
    restart: 'by-hand',
    classes: [],
    cameras: [
      {
        id: 'a',
        shapes: { lines: [], zones: [], rules: [], masks: [], privacyMasks: [] },
        inFile: false,
        waitsForRestart: false,
      },
    ],
  };
  const port = { setup: () => setup } as unknown as SetupPort;
  const config = { enabled: true, host: '127.0.0.1', port: 0 };
  const http = new HttpServer({ config, routes: [...pageRoutes(), ...setupRoutes(port)] });
  const { port: taken } = await http.start();
  const { page, complaints, close } = await open(`http://127.0.0.1:${taken}/#/setup`, { size: 'phone' });
  await page.getByText(/edge-optimizer config init/).waitFor();
  await page.getByText(/started without a site file/).waitFor();
  assert.is(await page.getByRole('button', { name: 'Write it into the file' }).count(), 0);
  assert.equal(await axeViolations(page), []);
  assert.equal(complaints, []);
  await close();
  await http.stop();
});

test.run();
