// Makes what is carried to a device without internet: one archive with the program, its packages, Node and models, and a
// signed list of every file. It runs where the packages come from; docs/deployment.md says how a device gets it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { oldestGlibc } from './bundle/glibc.mjs';
import { foreignMachineCode } from './bundle/machine-code.mjs';
import { putNode } from './bundle/node-release.mjs';
import { copyPackages, putPackages, putSqlite } from './bundle/packages.mjs';
import { commitOf, putCompiled, putTracked } from './bundle/program.mjs';
import { sizeByPart } from './bundle/size.mjs';
import { sqliteBinary } from './bundle/sqlite-binary.mjs';
import { ensureReady, root } from './setup.mjs';

const USAGE = `npm run bundle -- --platform linux-arm64|linux-x64 [options]
npm run bundle -- --verify FILE --key FILE | --unsigned-ok
npm run bundle -- --index DIR --sign KEY.pem [--rollout VERSION=PERCENT]

  --platform NAME       what the bundle is for
  --out DIR             where it goes; default: the folder you are in
  --sign KEY.pem        private key that signs it, as \`edge-optimizer command keygen\` makes one; without, it is unsigned, and
                        refused wherever --unsigned-ok is not said
  --node-archive FILE   Node of nodejs.org for the platform; default: the one that runs this, for another platform the
                        official build from the npm registry
  --sqlite-binary FILE  better_sqlite3.node compiled for the platform and that Node; default: that of this clone, for another
                        platform it is compiled here where there is a compiler for it (Debian: g++-aarch64-linux-gnu)
  --quick               to try it, not for devices: packed with the least effort, pages and kernels as this clone has them,
                        SQLite for another platform compiled without optimising
  --as-built            to try it: the program, and the packages for this platform, as this clone has them: not compiled
                        and fetched afresh
  --without-sqlite      leave it out: the device keeps nothing on its disk
  --index DIR           make DIR/index.json, by which devices with update.channel find the bundles of that folder, signed by KEY.pem
  --rollout V=PERCENT   of the devices that take version V by themselves, always the same ones; may be repeated; default: 100
  --verify FILE         say what a bundle is, and whether it is whole and by whom
  --key FILE            public key that may have signed it; may be repeated
  --unsigned-ok         take it without knowing who made it
`;

const GOAL_MIB = 120;
const MIB = 2 ** 20;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        platform: { type: 'string' },
        out: { type: 'string', default: '.' },
        sign: { type: 'string' },
        'node-archive': { type: 'string' },
        'sqlite-binary': { type: 'string' },
        'as-built': { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        'without-sqlite': { type: 'boolean', default: false },
        index: { type: 'string' },
        rollout: { type: 'string', multiple: true, default: [] },
        verify: { type: 'string' },
        key: { type: 'string', multiple: true, default: [] },
        'unsigned-ok': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    return stop(`${error.message}\n\n${USAGE}`);
  }
}

const values = options();
if (values.help) {
  process.stdout.write(USAGE);
} else {
  try {
    await ensureReady({ forDevelopment: true });
    if (values.verify) await verify(values.verify);
    else if (values.index) await makeIndex(values.index);
    else await make();
  } catch (error) {
    stop(error.message);
  }
}

async function make() {
  const { BUNDLE_PLATFORMS } = await import('../dist/src/update/manifest.js');
  const { platform } = values;
  if (!BUNDLE_PLATFORMS.includes(platform)) {
    stop(`--platform: expected ${BUNDLE_PLATFORMS.join(' or ')}, got ${platform ?? 'nothing'}`);
  }
  for (const name of ['sign', 'node-archive', 'sqlite-binary']) {
    if (values[name] !== undefined && !existsSync(values[name])) stop(`--${name}: ${values[name]} is not there`);
  }
  const key = await signingKey();
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const workshop = mkdtempSync(join(tmpdir(), 'edge-bundle-'));
  process.on('exit', () => rmSync(workshop, { recursive: true, force: true }));
  const staging = join(workshop, 'staging');
  mkdirSync(staging);

  say('copying and compiling the program …');
  putTracked(root, staging);
  await putCompiled(root, staging, { isAsBuilt: values['as-built'], isQuick: values.quick });
  if (values['as-built'] && platform === `${process.platform}-${process.arch}`) copyPackages(root, staging);
  else {
    say(`fetching the packages for ${platform} …`);
    await putPackages(staging, platform);
  }
  say('putting Node in …');
  const archived = values['node-archive'] ? resolve(values['node-archive']) : null;
  const node = await putNode(staging, platform, archived, workshop);
  const sqlite = putSqlite(staging, await sqliteFor(platform, node, workshop));
  const foreign = foreignMachineCode(staging, platform);
  if (foreign.length > 0) stop(`not everything is compiled for ${platform}:\n  ${foreign.join('\n  ')}`);

  say('describing and packing …');
  await pack({ staging, out, platform, node: node.version, sqlite, key });
}

/** The binary as it was asked for; null leaves it out, and says so. */
async function sqliteFor(platform, node, workshop) {
  if (values['sqlite-binary'] !== undefined) return resolve(values['sqlite-binary']);
  let found = { file: null, why: 'as was asked for' };
  if (!values['without-sqlite']) {
    say('finding or compiling better-sqlite3 …');
    found = await sqliteBinary(root, platform, node, workshop, values.quick);
  }
  if (found.file === null) {
    say(
      `better-sqlite3 is NOT in it (${found.why}): a device keeps nothing on its disk: no history, no outbox, no profiles`,
    );
  }
  return found.file;
}

async function signingKey() {
  if (values.sign === undefined) return null;
  const { parsePrivateKey } = await import('../dist/src/telemetry/commands/keys.js');
  try {
    return parsePrivateKey(readFileSync(values.sign, 'utf8'));
  } catch (error) {
    return stop(`--sign ${values.sign}: ${error.message}`);
  }
}

async function pack({ staging, out, platform, node, sqlite, key }) {
  const { makeBundle } = await import('../dist/src/update/make-bundle.js');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const top = `edge-inference-optimizer-${version}-${platform}`;
  const archive = join(out, `${top}.tar.gz`);
  rmSync(archive, { force: true });
  const manifest = await makeBundle(
    staging,
    archive,
    top,
    { version, platform, commit: commitOf(root), node, sqlite, glibc: oldestGlibc(staging) },
    key,
    values.quick ? 1 : undefined,
  );
  for (const [part, bytes] of sizeByPart(manifest.files)) say(`${(bytes / MIB).toFixed(1).padStart(7)} MiB  ${part}`);
  const { size } = statSync(archive);
  say(
    `${(size / MIB).toFixed(1).padStart(7)} MiB  packed, ${manifest.files.length} files${size > GOAL_MIB * MIB ? `: more than the ${GOAL_MIB} MiB it should be` : ''}`,
  );
  say(`every part loads with glibc ${manifest.glibc} and newer`);
  say(key === null ? 'it is NOT signed: devices refuse it unless told --unsigned-ok' : `signed by ${key.id}`);
  process.stdout.write(`${archive}\n`);
}

async function makeIndex(folder) {
  if (!existsSync(folder)) stop(`--index: ${folder} is not there`);
  const key = await signingKey();
  if (key === null) stop('--index: expected --sign KEY.pem with it: devices take no index that nobody signed');
  const { readBundleArchive } = await import('../dist/src/update/bundle-archive.js');
  const { verifyBundle } = await import('../dist/src/update/verify.js');
  const { signedIndex } = await import('../dist/src/update/channel-index.js');
  const { parsePublicKey, publicKeyText } = await import('../dist/src/telemetry/commands/keys.js');
  const trust = { keys: [parsePublicKey(publicKeyText(key.key))], unsignedOk: false };
  const rollouts = rolloutByVersion();
  const bundles = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.tar.gz'))
    .sort()) {
    const { manifest, digest } = await verifyBundle(readBundleArchive(join(folder, file)), trust);
    const { version, platform } = manifest;
    const rollout = rollouts.get(version) ?? 100;
    bundles.push({ version, platform, file, digest, rollout });
    say(`${version} for ${platform}: ${file}, for ${rollout} % of the devices`);
  }
  if (bundles.length === 0) stop(`--index: there is no bundle (.tar.gz) in ${folder}`);
  for (const version of rollouts.keys()) {
    if (!bundles.some((bundle) => bundle.version === version))
      stop(`--rollout: there is no bundle of version ${version}`);
  }
  const index = join(folder, 'index.json');
  // in one step: a device may be reading it
  writeFileSync(`${index}.part`, signedIndex(bundles, key));
  renameSync(`${index}.part`, index);
  process.stdout.write(`${index}\n`);
}

function rolloutByVersion() {
  return new Map(
    values.rollout.map((text) => {
      const [, version, percent] = /^([^=]+)=(\d{1,3})$/.exec(text) ?? [];
      if (version === undefined || Number(percent) > 100) {
        stop(`--rollout: expected VERSION=PERCENT such as 0.2.0=25, got ${text}`);
      }
      return [version, Number(percent)];
    }),
  );
}

async function verify(file) {
  if (!existsSync(file)) stop(`--verify: ${file} is not there`);
  const { readBundleArchive } = await import('../dist/src/update/bundle-archive.js');
  const { verifyBundle } = await import('../dist/src/update/verify.js');
  const { parsePublicKeys } = await import('../dist/src/telemetry/commands/keys.js');
  const keys = values.key.flatMap((name) => parsePublicKeys(readFileSync(name, 'utf8')));
  const trust = { keys, unsignedOk: values['unsigned-ok'] };
  const { manifest, signer } = await verifyBundle(readBundleArchive(file), trust);
  const { version, platform, node, sqlite, glibc, commit, files } = manifest;
  process.stdout.write(
    `${version} for ${platform}, Node ${node}, ${sqlite ? 'with' : 'WITHOUT'} SQLite, ${glibc === null ? '' : `for glibc ${glibc} and newer, `}of commit ${commit ?? 'unknown'}: ` +
      `${files.length} files are whole, ${signer === null ? 'nobody known signed it' : `signed by ${signer}`}\n`,
  );
}

function say(message) {
  process.stderr.write(`bundle: ${message}\n`);
}

function stop(message) {
  process.stderr.write(`bundle: ${message}\n`);
  process.exit(2);
}
