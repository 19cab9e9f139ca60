import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A phone and a desk. */
export const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } } as const;

/** What a page is opened with. */
export interface Look {
  readonly size?: keyof typeof SIZES;
  readonly language?: 'en' | 'es';
  readonly scheme?: 'light' | 'dark';
}

/** A page of the dashboard in a real browser, and what the browser complained of. */
export interface Opened {
  readonly page: Page;
  /** Errors of scripts, and refusals of the content security policy. Failed requests are none: tests make some fail. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

let browser: Promise<Browser> | null = null;

/** Opens an address: `http://127.0.0.1:9464/#/now`. One browser serves a test file; `closeBrowser` ends it. */
export async function open(
  url: string,
  { size = 'desktop', language = 'en', scheme = 'light' }: Look = {},
): Promise<Opened> {
  browser ??= chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const options: BrowserContextOptions = { viewport: SIZES[size], locale: language, colorScheme: scheme };
  const context = await (await browser).newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = null;
}

/** Whether the page is wider than what it is seen through: then a phone scrolls sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth') as Promise<boolean>;
