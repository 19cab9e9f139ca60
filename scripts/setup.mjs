// Brings a clone to where its commands can run: installs the packages and builds the sources, each only when needed.
// Plain Node without packages, because it runs before there are any.
//
//   node scripts/setup.mjs                what tests and benchmarks need too
//   node scripts/setup.mjs --production   what a device needs: without development packages and other platforms' libraries
//   node scripts/setup.mjs --sqlite       better-sqlite3 again, where npm left it out
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';
import { compiler } from './compiler.mjs';
import { buildDashboard, isDashboardBuilt } from './dashboard.mjs';
import { areKernelsBuilt, buildKernels } from './kernels.mjs';
import { npm, scriptEnvironment } from './npm.mjs';
import { removeOtherPlatforms } from './platforms.mjs';
import { alone } from './setup-lock.mjs';
import { bringBackSqlite, isSqliteLost } from './sqlite.mjs';
import { vendorCharts } from './vendor-charts.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Installs and builds what is missing or older than its sources; ends the process with a plain message if it cannot. A
 * package that npm has installed has nothing to build. Of several at once in one folder one does it, and the others wait.
 * @param forDevelopment what only building, linting and testing need must be there too; a device has it removed
 */
export async function ensureReady({ forDevelopment = false } = {}) {
  requireNode(20, 19);
  if (!existsSync(join(root, 'src'))) return;
  if (isReady(forDevelopment)) return;
  await inTurn(async () => {
    if (!isInstalled(root, forDevelopment || !isBuilt())) await install();
    if (!isBuilt()) await build();
    if (isSqliteLost(root)) await recoverSqlite();
  });
}

const isReady = (forDevelopment) => isBuilt() && isInstalled(root, forDevelopment) && !isSqliteLost(root);

const inTurn = (work) =>
  alone(root, work, (pid) => say(`process ${pid} sets this folder up already: waiting until it has …`));

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  stop(
    `Node ${major}.${minor} or newer is needed, this is ${process.versions.node}: install it from your distribution or nodejs.org`,
  );
}

/** npm leaves a copy of the lockfile in node_modules: installed means that it names the same versions. */
export function isInstalled(folder, forDevelopment) {
  const installed = readJson(join(folder, 'node_modules/.package-lock.json'))?.packages;
  if (!installed) return false;
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages ?? {};
  return Object.entries(wanted).every(
    ([path, { version, dev, optional, devOptional, peer }]) =>
      path === '' ||
      optional ||
      devOptional ||
      peer ||
      (dev && !forDevelopment) ||
      installed[path]?.version === version,
  );
}

async function install() {
  say('installing packages (npm ci), a minute or two …');
  await runNpm(['ci'], 'is the npm registry reachable from here?');
}

async function runNpm(args, advice) {
  const [command, before] = npm();
  // to stderr: stdout belongs to whatever runs after the set-up
  const { status, error } = await runChild(
    command,
    [...before, ...args, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      env: scriptEnvironment(),
      stdio: ['ignore', 2, 2],
    },
  );
  if (error || status !== 0) stop(`npm ${args[0]} failed${error ? ` (${error.message})` : ''}: ${advice}`);
}

function isBuilt() {
  const stamp = join(root, 'dist/.tsbuildinfo');
  if (!existsSync(stamp) || !existsSync(join(root, 'dist/src/main.js'))) return false;
  if (!isDashboardBuilt(root) || !areKernelsBuilt(root)) return false;
  const builtAt = statSync(stamp).mtimeMs;
  const sources = ['src', 'test', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  return [...sources, 'tsconfig.json', 'package-lock.json'].every(
    (file) => statSync(join(root, file)).mtimeMs <= builtAt,
  );
}

async function build() {
  say('building …');
  const projects = ['.', 'src/dashboard/app'];
  const { status } = await runChild(process.execPath, compiler(root, '-b', ...projects), {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) stop('the build failed: the messages above name file and line');
  vendorCharts(root);
  await buildKernels(root);
  await buildDashboard(root);
  markBuilt();
}

/** The compiler leaves its stamp as it is where no source has changed, and npm touches the lockfile without changing it. */
function markBuilt() {
  const now = new Date();
  utimesSync(join(root, 'dist/.tsbuildinfo'), now, now);
}

async function recoverSqlite() {
  say(
    'better-sqlite3 is missing, npm could not install it: trying once more by itself, some minutes on a small board …',
  );
  if (await bringBackSqlite(root)) say('better-sqlite3 is there');
  else {
    const needs = "python3, make, a C++ compiler and Node's headers (beside Node, or in the folder npm_config_nodedir)";
    say(`going on without it: nothing is kept on disk. It needs its prebuilt binary, or ${needs};`);
    say('then `node scripts/setup.mjs --sqlite` brings it back. This is not tried again by itself');
  }
}

/** Makes the folder what is copied to, or stays on, a device. */
async function makeProduction() {
  // the build is checked against all sources, with the packages that build
  await ensureReady({ forDevelopment: true });
  await inTurn(async () => {
    vendorCharts(root);
    say("removing development packages and other platforms' libraries …");
    await runNpm(['prune', '--omit=dev', '--no-save'], 'the messages above say why');
    removeOtherPlatforms(root);
    markBuilt();
    // pruning makes node_modules what the lockfile says, and npm has left it out of that
    if (isSqliteLost(root)) await recoverSqlite();
  });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function say(message) {
  process.stderr.write(`set-up: ${message}\n`);
}

function stop(message) {
  process.stderr.write(`set-up: ${message}\n`);
  process.exit(1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [option, ...rest] = process.argv.slice(2);
  if (option === undefined) await ensureReady({ forDevelopment: true });
  else if (option === '--production' && rest.length === 0) await makeProduction();
  else if (option === '--sqlite' && rest.length === 0) {
    if (!(await inTurn(() => bringBackSqlite(root))))
      stop('better-sqlite3 could not be installed: the messages above say why');
    say('better-sqlite3 is there');
  } else stop('expected no option, --production or --sqlite');
}
