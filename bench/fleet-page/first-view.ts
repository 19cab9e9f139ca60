import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { endWithBench } from '../harness/ending.js';

/** One page as somebody opened it. */
export interface FirstView {
  /** ms from going there to the first row. */
  readonly rowsMs: number;
  /** Processor time of the collector meanwhile, ms. */
  readonly serverMs: number;
  /** Of the main thread of the page: scripts, styles, layout, painting, ms. */
  readonly pageMs: number;
  /** Over the wire, kB. */
  readonly kB: number;
}

/** How a plain page shows a fleet: all devices in one table, by the API that anybody has. */
const PLAIN = `<!doctype html><title>plain</title><table><tbody></tbody></table><script type="module">
let after = '';
const all = [];
do {
  const page = await (await fetch('/api/v1/fleet/devices?limit=500' + (after && '&after=' + encodeURIComponent(after)))).json();
  all.push(...page.devices);
  after = page.next;
} while (after);
const columns = ['device', 'site', 'state', 'heardAt', 'version', 'model', 'variant', 'provider', 'clockOffsetMs'];
document.querySelector('tbody').append(...all.map((one) => {
  const row = document.createElement('tr');
  for (const name of columns) row.insertCell().textContent = name === 'heardAt' ? new Date(one[name]).toLocaleString() : one[name] ?? '–';
  return row;
}));
</script>`;

/** A collector that was just started. */
export class ServingCollector {
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    [this.#child, this.#url] = [child, url];
  }

  static async start(file: string): Promise<ServingCollector> {
    const child = endWithBench(fork(fileURLToPath(new URL('./serving-collector.js', import.meta.url)), [file]));
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return new ServingCollector(child, url);
  }

  /** Opens the page with nothing cached. @param isPlain what is simple, in place of the pages */
  async view(browser: Browser, isPlain: boolean): Promise<FirstView> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.route('**/plain', (route) => route.fulfill({ contentType: 'text/html', body: PLAIN }));
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    await session.send('Network.enable');
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    const before = await this.#cpuMs();
    const began = performance.now();
    await page.goto(`${this.#url}${isPlain ? 'plain' : ''}`, { waitUntil: 'commit' });
    await page.locator('tbody tr').first().waitFor();
    const rowsMs = performance.now() - began;
    const serverMs = (await this.#cpuMs()) - before;
    const { metrics } = await session.send('Performance.getMetrics');
    const pageMs = 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    await context.close();
    return { rowsMs, serverMs, pageMs, kB: bytes / 1000 };
  }

  /** Once nothing of the start is left to do: it takes no processor time any more. */
  async settled(): Promise<void> {
    for (let last = 0, now = await this.#cpuMs(); now - last > 20; [last, now] = [now, await this.#cpuMs()])
      await new Promise((resolve) => setTimeout(resolve, 500));
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  async #cpuMs(): Promise<number> {
    this.#child.send('cpu');
    const [{ cpu }] = (await once(this.#child, 'message')) as [{ cpu: number }];
    return cpu / 1000;
  }
}
