// Brings a clone to where its commands can run: installs the packages and builds the sources, each only when needed.
// Plain Node without packages, because it runs before there are any.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runChild } from './child.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Installs and builds what is missing or older than its sources; ends the process with a plain message if it cannot.
 * @param forDevelopment what only building, linting and testing need must be there too; a device has it removed
 */
export async function ensureReady({ forDevelopment = false } = {}) {
  requireNode(20, 19);
  if (!isInstalled(forDevelopment || !isBuilt())) await install();
  if (!isBuilt()) await build();
}

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  stop(
    `Node ${major}.${minor} or newer is needed, this is ${process.versions.node}: install it from your distribution or nodejs.org`,
  );
}

/** npm leaves a copy of the lockfile in node_modules: installed means that it names the same versions. */
function isInstalled(forDevelopment) {
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (!installed) return false;
  const wanted = readJson('package-lock.json')?.packages ?? {};
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
  const env = { ...process.env, ...headersBesideNode() };
  const [command, args] = npm();
  // to stderr: stdout belongs to whatever runs after the set-up
  const { status, error } = await runChild(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
  });
  if (error || status !== 0)
    stop(`npm ci failed${error ? ` (${error.message})` : ''}: is the npm registry reachable from here?`);
}

/** Compiling an addon needs Node's headers; a tarball install has them beside the binary, so nothing need be fetched. */
function headersBesideNode() {
  const prefix = dirname(dirname(process.execPath));
  const given = process.env.npm_config_nodedir;
  return !given && existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}

function npm() {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') && existsSync(script) ? [process.execPath, [script]] : ['npm', []];
}

function isBuilt() {
  const stamp = join(root, 'dist/.tsbuildinfo');
  if (!existsSync(stamp) || !existsSync(join(root, 'dist/src/main.js'))) return false;
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
  const { status } = await runChild(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) stop('the build failed: the messages above name file and line');
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await ensureReady({ forDevelopment: true });
