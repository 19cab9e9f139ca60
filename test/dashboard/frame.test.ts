import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import type { HttpRoute } from '../../src/foundation/http-route.js';
import { HttpServer, json } from '../../src/http/server.js';
import { needs } from '../optional.js';
import { axeViolations } from './axe.js';
import { closeBrowser, isTooWide, open } from './browser.js';

const TOKEN = 'the-token+of/this%-device==';
const detector = {
  model: 'road-17',
  variant: 'small',
  provider: 'cpu',
  refusedProviders: [],
  problem: null,
  scoreThreshold: 0.35,
  classes: [],
};
const status: HttpRoute = {
  path: '/api/v1/cameras',
  handle: () => json({ at: 0, uptimeS: 60, isDetecting: true, detector, cameras: [] }),
};

async function serving(
  use: (url: string, restart: () => Promise<void>, stop: () => Promise<void>) => Promise<void>,
  token?: string,
): Promise<void> {
  const start = async (port: number): Promise<[HttpServer, number]> => {
    const config = { enabled: true, host: '127.0.0.1', port, ...(token !== undefined && { token }) };
    const http = new HttpServer({ config, routes: [...pageRoutes(), status] });
    return [http, (await http.start()).port];
  };
  let [http, port] = await start(0);
  const stop = (): Promise<void> => http.stop();
  const restart = async (): Promise<void> => {
    [http, port] = await start(port);
  };
  try {
    await use(`http://127.0.0.1:${port}/`, restart, stop);
  } finally {
    await http.stop();
  }
}

test('the files of the pages come compressed, are kept by their hash, and forbid what is not theirs', async () => {
  await serving(async (url) => {
    const page = await fetch(url, { headers: { 'accept-encoding': 'br, gzip' } });
    assert.is(page.status, 200);
    assert.is(page.headers.get('cache-control'), 'no-cache');
    assert.match(page.headers.get('content-security-policy')!, "default-src 'self'");
    const script = /src="\.\/(index-[\w-]+\.js)"/.exec(await page.text())![1]!;
    const loaded = await fetch(`${url}${script}`, { headers: { 'accept-encoding': 'gzip' } });
    assert.is(loaded.headers.get('content-encoding'), 'gzip');
    assert.match(loaded.headers.get('cache-control')!, 'immutable');
    const again = await fetch(`${url}${script}`, { headers: { 'if-none-match': loaded.headers.get('etag')! } });
    assert.is(again.status, 304);
  }, TOKEN);
});

needs('chromium', test)('a token is asked for, taken, and stays in no address', async () => {
  await serving(async (url) => {
    const { page, complaints, close } = await open(url);
    await page.getByRole('alert').getByLabel('Enter the token of this device').fill(TOKEN);
    await page.getByRole('alert').getByRole('button', { name: 'Use' }).click();
    await page.locator('.device').waitFor();
    assert.equal(complaints, []);
    await close();

    const linked = await open(`${url}#token=${encodeURIComponent(TOKEN)}`, { language: 'es' });
    await linked.page.locator('.device').waitFor();
    assert.not.match(linked.page.url(), /token/);
    assert.is(await linked.page.title(), 'Ahora · edge-optimizer');
    await linked.close();
  }, TOKEN);
});

needs('chromium', test)('a device that goes away and comes back is told, and shown again by itself', async () => {
  await serving(async (url, restart, stop) => {
    const { page, complaints, close } = await open(url, { size: 'phone' });
    await page.locator('.device').waitFor();
    assert.is(await isTooWide(page), false);
    assert.equal(await axeViolations(page), []);
    await stop();
    await page.getByText(/has not answered since/).waitFor();
    assert.match((await page.locator('.device').textContent()) ?? '', 'road-17');
    await restart();
    await page.getByText(/has not answered since/).waitFor({ state: 'detached' });
    assert.equal(complaints, []);
    await close();
  });
});

needs('chromium', test)('an answer that is cut off on its way is told as a device that does not answer', async () => {
  const cutting = createServer((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '4000' });
    reply.write('{"at":0,');
    setTimeout(() => reply.destroy(), 50);
  });
  await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve));
  const { port } = cutting.address() as AddressInfo;
  await serving(async (url) => {
    const { page, complaints, close } = await open(url);
    await page.locator('.device').waitFor();
    await page.route('**/api/v1/cameras', (route) => route.continue({ url: `http://127.0.0.1:${port}/` }));
    await page.getByText(/has not answered since/).waitFor();
    assert.not.match(await page.locator('main').innerText(), /Error/);
    await page.unroute('**/api/v1/cameras');
    await page.getByText(/has not answered since/).waitFor({ state: 'detached' });
    assert.equal(complaints, []);
    await close();
  });
  cutting.close();
});

needs('chromium', test)('a browser that cannot join signals is answered too', async () => {
  await serving(async (url) => {
    const { page, complaints, close } = await open('about:blank');
    await page.addInitScript('delete AbortSignal.any');
    await page.goto(url);
    await page.locator('.device').waitFor();
    assert.equal(complaints, []);
    await close();
  });
});

needs('chromium', test)('a stretch of time that is none is not shown, and one end takes the other along', async () => {
  await serving(async (url) => {
    const { page, close } = await open(`${url}#/performance?from=1&to=1e300`);
    const chosen = page.locator('.window select');
    const shows = (end: number, value: string) =>
      page.waitForFunction(`document.querySelectorAll('.window input')[${end}]?.value === '${value}'`);
    await chosen.waitFor();
    assert.is(await chosen.inputValue(), 'day');
    const [from, to] = [new Date(2026, 10, 1, 8).getTime(), new Date(2026, 10, 2, 8).getTime()];
    await page.goto(`${url}#/performance?from=${from}&to=${to}`);
    await page.getByLabel('from', { exact: true }).fill('2026-11-10T08:00');
    await shows(1, '2026-11-11T08:00');
    await page.getByLabel('to', { exact: true }).fill('2026-11-05T08:00');
    await shows(0, '2026-11-04T08:00');
    await close();
  });
});

test.after(closeBrowser);

test.run();
