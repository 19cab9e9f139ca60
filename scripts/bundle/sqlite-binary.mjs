// The binary of better-sqlite3 for a bundle: it is the one native package that the npm registry does not have compiled.
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installApart } from '../sqlite.mjs';

const BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** Behind the compiler's other options, of which the last one counts. */
const UNOPTIMISED = { CFLAGS: '-O0', CXXFLAGS: '-O0' };

/** What Debian and Ubuntu call the compilers that compile for a platform, whatever platform they run on. */
const COMPILERS = { 'linux-arm64': 'aarch64-linux-gnu', 'linux-x64': 'x86_64-linux-gnu' };
const COMPILER_PACKAGES = { 'linux-arm64': 'g++-aarch64-linux-gnu', 'linux-x64': 'g++-x86-64-linux-gnu' };

/**
 * Of this clone where the bundle is for this platform; else fetched as its authors compiled it, or compiled here by a compiler for
 * the platform.
 *
 * @param {{ version: string, headers: string | null }} node the bundle's Node, whose headers it is compiled with
 * @param {boolean} isQuick compiles it without optimising, which takes a tenth of the time
 * @returns {Promise<{ file: string | null, why: string }>} null where there is none, and why
 */
export async function sqliteBinary(root, platform, node, workshop, isQuick = false) {
  if (platform === `${process.platform}-${process.arch}`) {
    const file = join(root, BINARY);
    return existsSync(file)
      ? { file, why: '' }
      : { file: null, why: 'this clone has none: node scripts/setup.mjs --sqlite' };
  }
  const triplet = COMPILERS[platform];
  if (!isOnPath(`${triplet}-g++`)) {
    return {
      file: null,
      why: `there is no compiler for ${platform}: apt-get install ${COMPILER_PACKAGES[platform]} make python3`,
    };
  }
  if (node.headers === null)
    return { file: null, why: `there are no headers of Node ${node.version}: give --node-archive FILE` };
  const apart = join(workshop, 'sqlite');
  mkdirSync(apart);
  const file = await installApart(root, apart, {
    ...crossEnvironment(platform, node, triplet),
    ...(isQuick ? UNOPTIMISED : {}),
  });
  return { file, why: file === null ? `it could not be compiled for ${platform}: the messages above say why` : '' };
}

/** Tells both what fetches the binary (prebuild-install) and what compiles it (node-gyp) for whom. */
function crossEnvironment(platform, { version, headers }, triplet) {
  const [os, cpu] = platform.split('-');
  return {
    npm_config_platform: os,
    npm_config_arch: cpu,
    npm_config_target: version,
    npm_config_nodedir: headers,
    CC: `${triplet}-gcc`,
    CXX: `${triplet}-g++`,
    AR: `${triplet}-ar`,
    LINK: `${triplet}-g++`,
  };
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
