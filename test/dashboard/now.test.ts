import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type NowPort, nowRoutes } from '../../src/dashboard/api/now.js';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import { HttpServer } from '../../src/http/server.js';
import { needs } from '../optional.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { axeViolations } from './axe.js';
import { bridgeDevice } from './bridge-device.js';
import { closeBrowser, isTooWide, open } from './browser.js';

const endings = endingsOf(test);
const inBrowser = needs('chromium', test);
const device = await bridgeDevice(temporaryFolder('now-page'));
endings.push(() => device.stop(), closeBrowser);

for (const look of [
  { size: 'phone', language: 'es', scheme: 'dark' },
  { size: 'desktop', language: 'en', scheme: 'light' },
] as const) {
  inBrowser(
    `cameras are shown live on a ${look.size} in ${look.language}, and one without a picture says why`,
    async () => {
      const { page, complaints, close } = await open(device.url, look);
      const north = page.locator('.card', { has: page.getByRole('heading', { name: 'north' }) });
      await north.locator('img[src^="blob:"]').waitFor();
      assert.match(
        (await north.locator('img').getAttribute('alt'))!,
        look.language === 'en' ? /Live picture of north/ : /Imagen en directo/,
      );
      await north.getByText(look.language === 'en' ? /Answer: / : /Respuesta: /).waitFor();
      const south = page.locator('.card', { has: page.getByRole('heading', { name: 'south' }) });
      await south.scrollIntoViewIfNeeded();
      await south
        .getByText(look.language === 'en' ? 'No connection to the camera.' : 'Sin conexión con la cámara.')
        .waitFor();
      await south
        .getByText(look.language === 'en' ? 'What to do:' : 'Qué hacer:')
        .first()
        .waitFor();
      assert.is(await isTooWide(page), false);
      assert.equal(await axeViolations(page), []);
      assert.equal(complaints, []);
      await close();
    },
  );
}

inBrowser('boxes are drawn over the picture: something lies on it, and nothing before the first picture', async () => {
  const { page, close } = await open(`${device.url}#/now?camera=north`);
  await page.locator('.live img').waitFor();
  const drawn =
    'document.querySelector(".live canvas").getContext("2d").getImageData(0, 0, 400, 300).data.some((x) => x > 0)';
  while (!(await page.evaluate(drawn))) await page.waitForTimeout(100);
  await page.getByText('All cameras').click();
  await page.getByRole('heading', { name: 'south' }).waitFor();
  await close();
});

inBrowser('a device that stops and starts again is shown again, without being asked', async () => {
  const { page, close } = await open(device.url);
  await page.locator('.live img').first().waitFor();
  await device.stop();
  await page.getByText(/has not answered since/).waitFor();
  await device.start();
  await page.getByText(/has not answered since/).waitFor({ state: 'detached', timeout: 60_000 });
  await page.locator('.live img').first().waitFor({ timeout: 60_000 });
  await close();
});

async function served(port: Partial<NowPort>, use: (url: string) => Promise<void>): Promise<void> {
  const none: NowPort = {
    cameras: () => ({ at: 0, uptimeS: 60, isDetecting: true, detector: null, cameras: [] }),
    obstacleToPicture: () => null,
    hasCamera: () => false,
    picture: () => Promise.resolve(null),
    stream: () => null,
    ...port,
  };
  const config = { enabled: true, host: '127.0.0.1', port: 0 };
  const http = new HttpServer({ config, routes: [...pageRoutes(), ...nowRoutes(none)] });
  const { port: taken } = await http.start();
  try {
    await use(`http://127.0.0.1:${taken}/`);
  } finally {
    await http.stop();
  }
}

inBrowser('a device without cameras says how to get some, and a tenant whom to ask', async () => {
  const detector = {
    model: 'roadside-n',
    variant: 'small',
    provider: null,
    refusedProviders: ['cuda: no GPU'],
    problem: 'the worker crashed',
    scoreThreshold: 0.35,
    classes: [],
  };
  const empty = { at: 0, uptimeS: 60, isDetecting: false, detector, cameras: [] };
  await served({ cameras: () => empty }, async (url) => {
    const { page, complaints, close } = await open(url, { size: 'phone' });
    await page.getByText('No camera is configured.').waitFor();
    await page.getByText('edge-optimizer config init').waitFor();
    await page.getByText('the worker crashed').waitFor();
    await page.getByText('cuda: no GPU').waitFor();
    assert.equal(await axeViolations(page), []);
    assert.equal(complaints, []);
    await close();
  });
  await served({}, async (url) => {
    const { page, close } = await open(url);
    await page.getByText(/No camera is assigned to you/).waitFor();
    await close();
  });
});

inBrowser('an API that fails is said to have failed, with what to do', async () => {
  const broken = () => {
    throw new Error('broken');
  };
  await served({ cameras: broken }, async (url) => {
    const { page, close } = await open(url, { language: 'es' });
    await page.getByText('No se ha podido mostrar.').waitFor();
    await page.getByText(/edge-optimizer diagnose/).waitFor();
    assert.equal(await axeViolations(page), []);
    await close();
  });
});

test.run();
