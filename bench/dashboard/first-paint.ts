import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import { HttpServer } from '../../src/http/server.js';

const CHROMIUM = '/usr/bin/chromium';
const TIMES = 3;

/** A link as the browser is made to see it. */
export interface SlowLink {
  readonly name: string;
  readonly latencyMs: number;
  readonly kbitPerS: number;
  /** By how much its processor is slowed down. */
  readonly slower: number;
}

/**
 * ms until the first content of the page is painted, with nothing cached; the middle one of three; null without Chromium. The program
 * does not run beside it: a phone has a processor of its own.
 */
export async function firstPaints(links: readonly SlowLink[]): Promise<readonly number[] | null> {
  if (!existsSync(CHROMIUM)) return null;
  const http = new HttpServer({ config: { enabled: true, host: '127.0.0.1', port: 0 }, routes: pageRoutes() });
  const { host, port } = await http.start();
  const url = `http://${host}:${port}/`;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const paints: number[] = [];
    for (const link of links) {
      const times: number[] = [];
      for (let time = 0; time < TIMES; time++) times.push(await firstPaint(browser, url, link));
      paints.push(times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)]!);
    }
    return paints;
  } finally {
    await browser.close();
    await http.stop();
  }
}

async function firstPaint(
  browser: Awaited<ReturnType<typeof chromium.launch>>,
  url: string,
  link: SlowLink,
): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const bytesPerS = (link.kbitPerS * 1000) / 8;
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: link.latencyMs,
    downloadThroughput: bytesPerS,
    uploadThroughput: bytesPerS / 2,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: link.slower });
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  const painted = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null';
  let ms: number | null = null;
  while (ms === null) {
    ms = (await page.evaluate(painted)) as number | null;
    if (ms === null) await page.waitForTimeout(50);
  }
  await context.close();
  return ms;
}
