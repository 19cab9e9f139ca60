// Builds the pages of a device and of a fleet with Vite into what the program serves. Vite and what the pages are made of are development packages:
// the built program needs none of them.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const SMALL = /\.(html|js|css|svg)$/;
/** Packages whose code ends up in the pages. */
const WITHIN = ['preact', 'uplot'];
/** Of a device, and of a fleet; what they are made of is shared. */
const PAGES = ['index.html', 'fleet.html'];

/** Where the built pages are under a build of the program. */
const pagesIn = (built) => join(built, 'dashboard/page');

/** After every build; without the packages (a device) what is there stays. @param built where the sources were compiled to */
export async function buildDashboard(root, built = join(root, 'dist/src')) {
  if (!existsSync(join(root, 'node_modules/vite'))) return;
  const outDir = pagesIn(built);
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: join(root, 'src/dashboard/app'),
    base: './',
    logLevel: 'warn',
    publicDir: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // the same age: light-dark() and nesting are made into what these know
      cssTarget: ['chrome111', 'firefox114', 'safari16.4'],
      assetsDir: '.',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: PAGES.map((name) => join(root, 'src/dashboard/app', name)) },
    },
  });
  writeFileSync(join(outDir, 'LICENSES.txt'), licencesOf(root));
  for (const name of readdirSync(outDir).filter((one) => SMALL.test(one))) compress(join(outDir, name));
}

/** Beside each file what is sent of it, made once rather than at each request. */
function compress(file) {
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

function licencesOf(root) {
  return WITHIN.map((name) => `${name}\n\n${readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`).join(
    '\n\n',
  );
}

/** Whether the pages are there, and younger than what they are made of. */
export function isDashboardBuilt(root) {
  const pages = PAGES.map((name) => join(root, 'dist/src/dashboard/page', name));
  if (!pages.every((page) => existsSync(page))) return false;
  const builtAt = Math.min(...pages.map((page) => statSync(page).mtimeMs));
  const app = join(root, 'src/dashboard/app');
  return readdirSync(app, { recursive: true }).every(
    (name) => statSync(join(app, name)).mtimeMs <= builtAt || statSync(join(app, name)).isDirectory(),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  mkdirSync(join(root, 'dist/src/dashboard'), { recursive: true });
  await buildDashboard(root);
}
