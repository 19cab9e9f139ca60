import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportPage } from '../../../src/optimize/report/page.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { sampleReport } from './sample-report.js';

interface Seen {
  /** Whether a table has to be scrolled sideways. */
  readonly cut: boolean;
  readonly wide: number;
  readonly windowWidth: number;
  readonly charts: readonly { readonly width: number; readonly height: number }[];
  readonly ground: string;
  readonly chartText: string;
  readonly pictures: number;
}

const folder = temporaryFolder('browser');

/** What a real browser makes of the page; the question is put in, since the page itself allows no script. */
function look(width: number, dark: boolean): Seen {
  const question = `<script>
    const charts = [...document.querySelectorAll('figure > svg:not(.view)')];
    const seen = {
      cut: [...document.querySelectorAll('.scroll')].some((one) => one.scrollWidth > one.clientWidth),
      wide: document.documentElement.scrollWidth,
      windowWidth: window.innerWidth,
      charts: charts.map((chart) => { const { width, height } = chart.getBoundingClientRect(); return { width, height }; }),
      ground: getComputedStyle(document.body).backgroundColor,
      chartText: getComputedStyle(charts[0].querySelector('text')).fill,
      pictures: [...document.querySelectorAll('svg.view')].filter((view) => view.getBoundingClientRect().height > 20).length,
    };
    document.body.textContent = 'SEEN' + JSON.stringify(seen) + 'SEEN';
  </script></body>`;
  const page = reportPage(sampleReport())
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replace('</body>', question);
  const file = join(folder, 'page.html');
  writeFileSync(file, page);
  const output = execFileSync(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      `--user-data-dir=${join(folder, 'profile')}`,
      `--window-size=${width},900`,
      `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
      '--dump-dom',
      pathToFileURL(file).href,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 },
  );
  return JSON.parse(output.split('SEEN')[1]!.replaceAll('&lt;', '<')) as Seen;
}

const brightness = (colour: string): number => {
  const [red, green, blue] = colour.match(/\d+/g)!.map(Number);
  return (red! + green! + blue!) / 3;
};

needs('chromium', test)('a browser draws every chart and picture, and nothing is wider than the window', () => {
  const seen = look(1100, false);
  assert.is(seen.charts.length, 3);
  assert.ok(
    seen.charts.every(({ width, height }) => width > 600 && height > 80),
    JSON.stringify(seen.charts),
  );
  assert.is(seen.pictures, 2);
  assert.is(seen.cut, false);
  assert.ok(seen.wide <= seen.windowWidth, `${seen.wide} px in a window of ${seen.windowWidth}`);
});

needs('chromium', test)('charts and page are light or dark together', () => {
  const light = look(1100, false);
  assert.ok(brightness(light.ground) > 200 && brightness(light.chartText) < 80, `${light.ground}, ${light.chartText}`);
  const dark = look(1100, true);
  assert.ok(brightness(dark.ground) < 60 && brightness(dark.chartText) > 180, `${dark.ground}, ${dark.chartText}`);
});

test.run();
