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

const kept = new Map<string, Promise<Opened>>();

/**
 * Opens an address in the window that was opened before with the same look: a new document, in a process and with files
 * that are there already. What the tab stores stays, so it is not for pages that are given a token; `closeBrowser` closes it.
 */
export async function openAgain(url: string, look: Look = {}): Promise<Opened> {
  const key = `${look.size} ${look.language} ${look.scheme}`;
  const opened = kept.get(key);
  if (opened === undefined) {
    const first = open(url, look);
    kept.set(key, first);
    return first;
  }
  const { page } = await opened;
  // between two addresses that differ in their fragment alone nothing would be loaded
  await page.goto('about:blank');
  await page.goto(url);
  return opened;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = null;
  kept.clear();
}

/** Whether the page is wider than what it is seen through: then a phone scrolls sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth') as Promise<boolean>;

/** Answers to a page are held back from now on. @param method of the questions, of all where it is left out @returns lets them go on */
export async function heldBack(page: Page, url: string, method?: string): Promise<() => void> {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  await page.route(url, async (route) => {
    if (method === undefined || route.request().method() === method) await held;
    await route.continue();
  });
  return () => goOn();
}
