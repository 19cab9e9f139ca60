import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KEYS } from '../../src/config/keys.js';
import { parseYaml } from '../../src/config/yaml.js';
import { SHARED_BYTES_OF_WORKER } from '../../src/detect/host/picture-file.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { parseCommandLine } from '../cli/program/parse.js';

const test = suite('container');

const FOLDER = join(PROJECT_ROOT, 'scripts/container');
const DOCKERFILE = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8');
const PROGRAM = '/opt/edge-inference-optimizer';
const STORE = '/var/lib/edge-optimizer';

interface Service {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly shm_size?: string;
  readonly image?: string;
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly mem_limit?: string;
  readonly pids_limit?: number;
}

/** The services of a compose file. */
function servicesIn(file: string): Readonly<Record<string, Service>> {
  const { data, problems } = parseYaml(readFileSync(join(FOLDER, file), 'utf8'));
  assert.equal(problems, []);
  return data['services'] as Record<string, Service>;
}

/** The instructions of a Dockerfile with their arguments, continued lines joined, comments left out. */
function instructions(text: string): [name: string, rest: string][] {
  const joined = text.replace(/^ *#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)]);
}

const INSTRUCTIONS = instructions(DOCKERFILE);
const of = (name: string): string[] => INSTRUCTIONS.filter(([found]) => found === name).map(([, rest]) => rest);
/** A list in the form that starts no shell. */
const listIn = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

test('every path that the image takes from the repository is there, and let through to the build', () => {
  const allowed = readFileSync(join(FOLDER, 'Dockerfile.dockerignore'), 'utf8').match(/(?<=^!).+$/gm)! as string[];
  assert.equal(
    allowed.filter((path) => !existsSync(join(PROJECT_ROOT, path))),
    [],
  );
  const sources = of('COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(' ').slice(0, -1))
    .filter((path) => path !== '.');
  assert.is(sources.length > 10, true);
  assert.equal(
    sources.filter((path) => !existsSync(join(PROJECT_ROOT, path)) || !allowed.includes(path.split('/')[0]!)),
    [],
  );
});

test('the base is pinned, and its Node is new enough', () => {
  const [major, minor] = /^BASE=node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(of('ARG')[0]!)!.slice(1).map(Number);
  assert.is(major! > 20 || (major === 20 && minor! >= 19), true);
  for (const base of of('FROM')) assert.match(base, /^\$\{BASE\}( AS build)?$/);
});

test('the image says the version of the program, and runs as nobody special', () => {
  const { version, license } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  assert.is(of('ARG').includes(`VERSION=${version}`), true);
  assert.match(of('LABEL')[0]!, new RegExp(`licenses="${license}"`));
  assert.equal(of('USER'), ['10001:10001']);
});

test('what the image starts, and asks for its health, are command lines of this program, behind an init', async () => {
  assert.equal(listIn(of('ENTRYPOINT')[0]!), ['tini', '--', 'edge-optimizer']);
  assert.is((await parseCommandLine(listIn(of('CMD')[0]!))).command, 'run');
  const [program, ...args] = listIn(of('HEALTHCHECK')[0]!);
  assert.is(program, 'edge-optimizer');
  assert.is((await parseCommandLine(args)).command, 'health');
  const [target] = of('RUN').flatMap((rest) => /ln -s (\S+) \/usr\/local\/bin\/edge-optimizer/.exec(rest)?.[1] ?? []);
  assert.is(existsSync(join(PROJECT_ROOT, target!.slice(PROGRAM.length))), true);
});

test('what the program keeps is in the one folder that lasts', () => {
  assert.equal(of('VOLUME'), [STORE]);
  assert.is(of('ENV').includes(`EDGE_STORE_DIR=${STORE}`), true);
  const mounts = servicesIn('compose.yaml')['edge-optimizer']!.volumes!;
  assert.is(mounts.find(({ target }) => target === STORE)?.type, 'volume');
  const site = listIn(of('CMD')[0]!).at(-1);
  assert.is(
    mounts.some(({ target }) => target === site),
    true,
  );
});

for (const [name, service] of Object.entries(servicesIn('compose.yaml'))) {
  test(`the service ${name} has no rights and no room that it does not need`, () => {
    assert.match(service.user!, /^[1-9]\d*:[1-9]\d*$/);
    assert.is(service.read_only, true);
    assert.equal(service.cap_drop, ['ALL']);
    assert.equal(service.security_opt, ['no-new-privileges:true']);
    assert.match(service.tmpfs![0]!, /^\/tmp:size=\d+m,.*noexec,nosuid,nodev$/);
    assert.match(service.mem_limit!, /\d+[mg]/);
    assert.is(service.pids_limit! > 0, true);
    assert.match(service.image!, /:\S+$/);
    // what is published without a password is for this machine alone
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
  });
}

test('shared memory holds the pictures of at least four detectors', () => {
  const [, mib] = /^(\d+)m$/.exec(servicesIn('compose.yaml')['edge-optimizer']!.shm_size!)!;
  assert.is((Number(mib) * 2 ** 20) / SHARED_BYTES_OF_WORKER >= 4, true);
});

test('every variable of the compose files sets a key', () => {
  const known = KEYS.map(({ variable }) => variable);
  const said = ['compose.yaml', 'compose.devices.yaml', 'compose.nvidia.yaml'].flatMap((file) =>
    Object.values(servicesIn(file)).flatMap(({ environment }) => Object.keys(environment ?? {})),
  );
  const ours = said.filter((name) => name.startsWith('EDGE_'));
  assert.is(ours.length, 4);
  assert.equal(
    ours.filter((name) => !known.includes(name)),
    [],
  );
});

test('the broker is asked for its health, and the program as in the image', () => {
  const services = servicesIn('compose.yaml');
  assert.is(services['broker']!.healthcheck!.test[1], 'mosquitto_sub');
  const program = services['edge-optimizer']!;
  assert.equal(program.healthcheck!.test.slice(1), listIn(of('HEALTHCHECK')[0]!));
  assert.is(program.stop_grace_period, '20s');
});

test.run();
