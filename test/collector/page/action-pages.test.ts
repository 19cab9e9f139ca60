import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedTokenLine, parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { configSchema } from '../../../src/config/config.js';
import { noteAccess } from '../../../src/evidence/access-log.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { ToldConfiguration } from '../../../src/runtime/commands/told-configuration.js';
import { evidenceCommand } from '../../../src/runtime/evidence/evidence-command.js';
import { axeViolations } from '../../dashboard/axe.js';
import { closeBrowser, heldBack, isTooWide, type Look, open } from '../../dashboard/browser.js';
import { someChain, someDraft, somePictures } from '../../evidence/chains.js';
import { needs } from '../../optional.js';
import { publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';
import { countingCommands, KEY } from '../actions/fleet-of-two.js';
import { shownFleet } from './shown-fleet.js';

const LOOKS: readonly Look[] = [
  { size: 'phone', language: 'es', scheme: 'dark' },
  { size: 'desktop', language: 'en', scheme: 'light' },
];
const OPERATOR = 'a-token-of-ana-1';
const VIEWER = 'a-token-of-ben-1';
const REAL = ['a', 'b', 'c'];
const PICTURE_WIDTH = "document.querySelector('.shots img').naturalWidth";

const inBrowser = needs('chromium', test);
const endings = endingsOf(test);
const folder = temporaryFolder('action-pages');
const desired = join(folder, 'desired.yaml');
writeFileSync(
  desired,
  'groups:\n- name: loud\n  choose: {site: [demo]}\n  values: {output.logLevel: debug, preview.quality: 33}\n',
);
const tokens = parseNamedTokens(
  `${namedTokenLine('ana', 'operator', OPERATOR)}\n${namedTokenLine('ben', 'viewer', VIEWER)}`,
);
const fleet = await shownFleet(folder, { devices: 60, hours: 0.02, options: { tokens, key: KEY, desired } });
endings.push(
  async () => {
    for (const { publisher } of devices) await publisher.stop('stopped');
  },
  closeBrowser,
  fleet.stop,
);

const chain = await someChain(join(folder, 'device'));
const jpeg = new Uint8Array(readFileSync(join(PROJECT_ROOT, 'docs/evidence-crop.jpg')));
await chain.append(
  someDraft(),
  somePictures(1).map((picture) => ({ ...picture, data: jpeg })),
);

/** At the collector's own broker: it obeys `report`, tells how it is configured, and has evidence. */
function realDevice(name: string) {
  const counted = countingCommands(name);
  const owners = () => (name === 'c' ? [] : [{ tenant: null, chain }]);
  counted.commands.declare(evidenceCommand({ owners, note: noteAccess, room: () => 200_000, take: () => true }));
  const told = new ToldConfiguration({
    config: configSchema.parse({}),
    settings: () => [{ path: 'output.logLevel', requiresRestart: false, apply: () => undefined }],
    overrides: () => [],
  });
  for (const command of told.commands) counted.commands.declare(command);
  const scope = scopeOf({ site: 'demo', device: name });
  const publisher = publisherAt(fleet.broker, {}, { scope, commands: counted.commands });
  publisher.start();
  return { counted, publisher };
}

const devices = REAL.map(realDevice);

const asks = async (path: string): Promise<unknown> =>
  (await fetch(`${fleet.api}${path}`, { headers: { authorization: `Bearer ${VIEWER}` } })).json();
/** Asks until it is so. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 100)))
    if (Date.now() > end) throw new Error(`${what}: not within a minute`);
}
const areKnown = async (): Promise<boolean> => {
  const { devices: known } = (await asks('/devices?site=demo&state=online')) as { devices: unknown[] };
  return known.length === REAL.length;
};

/** With the token of somebody, on one of the pages. */
async function openAs(token: string, hash: string, look: Look = {}) {
  const opened = await open(`${fleet.url}#token=${token}`, look);
  await opened.page.locator('.tile').first().waitFor();
  await go(opened.page, hash);
  return opened;
}

const go = (page: Page, hash: string): Promise<unknown> => page.evaluate(`location.hash = ${JSON.stringify(hash)}`);

/** The button that asks, and the one in the dialog that it opens. */
async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
}

inBrowser(
  'an action is begun by stages, halted by a device that fails, resumed, and ends; the audit tells it',
  async () => {
    await until('the devices are known', areKnown);
    const { page, complaints, close } = await openAs(OPERATOR, '#/begin');
    await page.getByRole('button', { name: 'Show whom it would be' }).click();
    await page.getByText('For whom: say at least one thing').waitFor();
    await page.getByLabel(/^Site/).selectOption('demo');
    await page.getByRole('button', { name: 'Without demo' }).waitFor();
    await page.getByLabel('Stages').fill('1, half');
    await page.getByRole('button', { name: 'Show whom it would be' }).click();
    await page.getByText('Stages: at most 20 numbers').waitFor();
    await page.getByLabel('Stages').fill('1, 50%');
    await page.getByLabel('Why, for the audit').fill('<b>why</b> not');
    for (const { counted } of devices) counted.fails = true;
    await page.getByRole('button', { name: 'Show whom it would be' }).click();
    await page.getByRole('heading', { name: 'It would be 3 devices, in 2 stages.' }).waitFor();
    assert.equal(
      devices.map(({ counted }) => counted.done),
      [0, 0, 0],
    );
    const first = await page.locator('.would tbody tr').first().locator('td').last().textContent();
    await confirm(page, 'Begin it');
    await page.getByText(`1 failed, where none may: ${first} failed (the disk is full)`).waitFor();
    assert.match(page.url(), '#/action?id=a-');
    await page.getByText('1 failed · 2 waiting').first().waitFor();
    for (const { counted } of devices) counted.fails = false;
    await confirm(page, 'Resume');
    await page.getByText('2 done, 1 failed').waitFor();
    assert.is(await page.getByRole('button', { name: 'Abort' }).count(), 0);
    await page.getByLabel('Show those that are').selectOption('failed');
    const listed = page.getByRole('region', { name: 'Devices' }).locator('tbody tr');
    await listed.nth(1).waitFor({ state: 'detached' });
    await listed.getByText('the disk is full').waitFor();
    assert.is(await listed.count(), 1);
    await page.getByRole('link', { name: 'Audit' }).click();
    // the page before has badges too, until this one is there
    const whats = page.getByRole('table', { name: 'Who did what, newest first' }).locator('td .badge');
    await whats.first().waitFor();
    // the second stage needs no word of the first: what failed was seen
    assert.equal((await whats.allTextContents()).filter((one) => one !== 'next stage').reverse(), [
      'began',
      'halted',
      'resumed',
      'ended',
    ]);
    assert.is(await page.locator('main b').count(), 0);
    assert.equal(complaints, []);
    await close();
  },
);

inBrowser('devices ticked on the list are those of an action, shown page by page, and it is aborted', async () => {
  const { page, complaints, close } = await openAs(OPERATOR, '#/fleet?sort=name');
  await page.getByText('1 to 50 of 63').waitFor();
  await page.getByRole('button', { name: 'Tick those shown' }).click();
  await page.getByRole('checkbox', { name: 'Tick c', exact: true }).uncheck();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('51 to 63 of 63').waitFor();
  await page.getByRole('button', { name: 'Tick those shown' }).click();
  await page.getByRole('link', { name: 'Begin an action for those ticked: 62' }).click();
  await page.getByLabel('Command').selectOption('pause');
  assert.is(await page.getByLabel('Stages').inputValue(), '1, 10%, 50%');
  await page.getByLabel('Stages').fill('');
  await page.getByRole('button', { name: 'Show whom it would be' }).click();
  await page.getByRole('heading', { name: 'It would be 62 devices, all at once.' }).waitFor();
  await confirm(page, 'Begin it');
  await page.getByRole('heading', { name: 'pause' }).waitFor();
  const rows = page.getByRole('region', { name: 'Devices' }).locator('tbody tr');
  await rows.nth(49).waitFor();
  await page.getByRole('button', { name: 'The next ones' }).click();
  await rows.nth(49).waitFor({ state: 'detached' });
  assert.is(await rows.count(), 12);
  await confirm(page, 'Abort');
  await page.getByText('aborted by ana').waitFor();
  assert.equal(complaints, []);
  await close();
});

inBrowser(
  'of what is changed while it is asked whom it would be nothing is shown, and all pages are found again',
  async () => {
    const { page, complaints, close } = await openAs(OPERATOR, '#/begin');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const answer = await heldBack(page, '**/api/v1/fleet/actions', 'POST');
    await page.getByLabel(/^Site/).selectOption('demo');
    await page.getByRole('button', { name: 'Show whom it would be' }).click();
    await eventually('it is asked', () => asked.includes('POST /api/v1/fleet/actions'));
    await page.getByLabel('Command').selectOption('diagnose');
    const answered = page.waitForResponse((reply) => reply.request().method() === 'POST');
    answer();
    await answered;
    await page.waitForTimeout(200);
    assert.is(await page.locator('.would tbody').count(), 0, 'it was asked of another command');
    assert.not.ok(
      asked.includes('GET /api/v1/fleet/labels'),
      'the labels of every device are not fetched for their names',
    );
    await page.getByRole('button', { name: 'Show whom it would be' }).click();
    await page.getByRole('heading', { name: 'It would be 3 devices, all at once.' }).waitFor();

    // of pages of one action each, the next one has the next
    await page.route('**/api/v1/fleet/actions?**', (route) =>
      route.continue({ url: route.request().url().replace('limit=20', 'limit=1') }),
    );
    const { actions } = (await asks('/actions?limit=2')) as { actions: { id: string }[] };
    const [newest, second] = actions.map(({ id }) => page.locator(`td a[href$="id=${id}"]`));
    await go(page, '#/actions');
    await newest!.waitFor();
    await page.getByRole('button', { name: 'Earlier' }).click();
    await second!.waitFor();
    assert.is(await newest!.count(), 0);
    await page.getByRole('button', { name: 'Newest' }).click();
    await newest!.waitFor();
    await go(page, '#/audit?before=1');
    await page.getByText('No earlier entry is kept here.').waitFor();
    await page.getByRole('button', { name: 'Newest' }).click();
    await page.locator('td .badge').first().waitFor();
    assert.equal(complaints, []);
    await close();
  },
);

inBrowser('devices are asked how they are configured, what differs is told by key, and set by an action', async () => {
  const { page, complaints, close } = await openAs(OPERATOR, '#/configuration');
  await page.getByRole('button', { name: 'Ask those that are not known' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ask' }).click();
  await page.getByText('Begun:').waitFor();
  await until('they have told', async () => {
    const { counts } = (await asks('/configuration')) as { counts: { drifted: number } };
    return counts.drifted === REAL.length;
  });
  await page.reload();
  await page.getByText('output.logLevel: has info, is to have debug').first().waitFor();
  assert.is(await page.getByText('only in the file of the device').count(), REAL.length);
  await confirm(page, 'Set what differs');
  await page.getByText('Begun:').getByRole('link').click();
  await page.getByRole('heading', { name: 'set', exact: true }).waitFor();
  await page.getByText('output.logLevel=debug', { exact: false }).waitFor();
  assert.equal(complaints, []);
  await close();
});

inBrowser('an operator asks a device for its evidence and sees a picture; one without any says so', async () => {
  const { page, complaints, close } = await openAs(OPERATOR, '#/device?site=demo&device=a');
  const ask = page.getByRole('button', { name: 'Ask the device for its newest records' });
  await ask.click();
  await page.getByText('crossed · north').waitFor();
  await page.getByRole('button', { name: /^Show the vehicle/ }).click();
  const shown = page.locator('.shots img');
  await shown.waitFor();
  await until('the picture is one', async () => Number(await page.evaluate(PICTURE_WIDTH)) > 0);
  await go(page, '#/device?site=demo&device=c');
  await page.getByRole('heading', { name: 'c demo' }).waitFor();
  await ask.click();
  await page.getByText('this device keeps no evidence').waitFor();
  assert.is(await shown.count(), 0, 'what another one answered is gone');
  assert.equal(complaints, []);
  await close();
});

for (const look of LOOKS) {
  inBrowser(
    `a viewer sees all of it and is offered nothing, ${look.size}, ${look.language}, ${look.scheme}`,
    async () => {
      const { actions } = (await asks('/actions')) as { actions: { id: string; command: string }[] };
      const { page, complaints, close } = await openAs(VIEWER, '#/actions', look);
      const problems: string[] = [];
      const pages = ['actions', `action?id=${actions.at(-1)!.id}`, 'begin', 'configuration', 'audit'];
      for (const hash of pages) {
        await go(page, `#/${hash}`);
        await page
          .locator(hash === 'begin' ? 'main p.soft' : '.card tbody tr')
          .first()
          .waitFor();
        if (await isTooWide(page)) problems.push(`${hash} is wider than the screen`);
        const offered = page.getByRole('button', {
          name: /Resume|Abort|Begin|Set|Ask|Show whom|Reanudar|Cancelar|Inici|Poner|Preg/,
        });
        if ((await offered.count()) + (await page.locator('a.act, input[type=checkbox]').count()) > 0)
          problems.push(`${hash} offers to change something`);
        problems.push(...(await axeViolations(page)).map((violation) => `${hash} ${violation}`));
      }
      assert.equal(problems, []);
      assert.equal(complaints, []);
      await close();
    },
  );

  inBrowser(`what an operator is offered stands, ${look.size}, ${look.language}, ${look.scheme}`, async () => {
    const { page, complaints, close } = await openAs(OPERATOR, '#/begin', look);
    const problems: string[] = [];
    const check = async (what: string): Promise<void> => {
      if (await isTooWide(page)) problems.push(`${what} is wider than the screen`);
      problems.push(...(await axeViolations(page)).map((violation) => `${what} ${violation}`));
    };
    await page.getByLabel(/^(Command|Orden)/).selectOption('set');
    await page.getByRole('button', { name: /Show whom|Mostrar quiénes/ }).click();
    await page.getByRole('alert').first().waitFor();
    await check('the form with what is missing');
    await page.getByLabel(/Settings|Ajustes/).fill('output.logLevel=debug');
    await page.getByRole('radio').last().check();
    await page.getByRole('button', { name: /Show whom|Mostrar quiénes/ }).click();
    await page.locator('.would tbody tr').first().waitFor();
    await check('whom it would be');
    await page.getByRole('button', { name: /^(Begin it|Iniciarla)$/ }).click();
    await page.getByRole('dialog').waitFor();
    await check('the question');
    await page.keyboard.press('Escape');
    await go(page, '#/configuration');
    await page.getByRole('button', { name: /Set what differs|Poner lo que difiere/ }).click();
    await page.getByRole('dialog').waitFor();
    await check('the question how carefully');
    assert.equal(problems, []);
    assert.equal(complaints, []);
    await close();
  });
}

inBrowser('a collector without a key says so in a sentence, and offers nothing', async () => {
  const plain = await shownFleet(temporaryFolder('without-key'), { devices: 2, hours: 0.02, options: { tokens } });
  endings.push(plain.stop);
  const { page, complaints, close } = await open(`${plain.url}#token=${OPERATOR}`);
  await go(page, '#/actions');
  await page.getByText('This collector has no key to sign commands with').waitFor();
  await page.getByText('Nothing was done with this fleet yet.').waitFor();
  assert.is(await page.locator('a.act').count(), 0);
  await go(page, '#/configuration');
  await page.getByText('No configuration is desired here.').waitFor();
  assert.equal(complaints, []);
  await close();
});

test.run();
