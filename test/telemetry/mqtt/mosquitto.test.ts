import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect as tcpConnect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { has, needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { EVENT, listener, publisherAt, STATUS } from './capture-broker.js';

const folder = temporaryFolder('mosquitto');
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcpConnect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function mosquitto(port: number, lines: string[]): Promise<ChildProcess> {
  const file = join(folder, `mosquitto-${port}.conf`);
  // run as root it would change to a user that may not read the folder
  writeFileSync(file, [`listener ${port} 127.0.0.1`, 'user root', ...lines, ''].join('\n'));
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  running.add(child);
  child.once('exit', () => running.delete(child));
  for (let tries = 0; !(await listening(port)); tries++) {
    if (tries > 100) throw new Error('mosquitto does not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const mosquittoTest = needs('mosquitto', test);

mosquittoTest('version 5 is spoken, and after the broker was killed what happened meanwhile is delivered', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const first = await mosquitto(port, ['allow_anonymous true']);
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  assert.is(publisher.state().protocol, '5');
  await kill(first);
  await eventually('lost', () => publisher.state().phase !== 'connected');
  for (let frame = 0; frame < 5; frame++) publisher.event('north', { ...EVENT, frame });

  const second = await mosquitto(port, ['allow_anonymous true']);
  const heard = await listener(url);
  await eventually('connected again', () => publisher.state().connections === 2);
  await eventually('delivered', () => publisher.state().queued + publisher.state().inFlight === 0);
  publisher.event('north', { ...EVENT, frame: 5 });
  await eventually('last event', () => heard.messages.some((m) => m.json?.frame === 5));
  await eventually('birth', () => heard.of(STATUS).some((m) => m.json.online));
  assert.is(publisher.state().droppedTotal, 0);
  await publisher.stop();
  await eventually('farewell', () => heard.of(STATUS).some((m) => m.json.reason === 'stopped'));
  await heard.end();
  await kill(second);
});

mosquittoTest('messages that the broker refuses are counted and hold up nothing', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const acl = join(folder, 'acl');
  writeFileSync(
    acl,
    'topic write edge/v1/site1/dev1/status\ntopic write edge/v1/site1/dev1/event/north\ntopic read edge/#\n',
  );
  const broker = await mosquitto(port, ['allow_anonymous true', `acl_file ${acl}`]);
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.start();
  for (let i = 0; i < 40; i++) publisher.event('south', EVENT);
  publisher.event('north', EVENT);
  await eventually('refused', () => publisher.state().dropped.refused === 40);
  await eventually('event', () => heard.messages.some((m) => m.topic.endsWith('/event/north')));
  await publisher.stop();
  await heard.end();
  await kill(broker);
});

mosquittoTest('a killed program is told offline by its retained last will', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = await mosquitto(port, ['allow_anonymous true']);
  const heard = await listener(url);
  const script = fileURLToPath(new URL('./publisher-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  await eventually('birth', () => heard.of(STATUS).length === 1);
  await kill(child);
  await eventually('will', () => heard.of(STATUS).length === 2);
  const [birth, will] = heard.of(STATUS).map((m) => m.json);
  assert.equal([birth.online, will.online, will.reason], [true, false, undefined]);
  assert.is(will.bdSeq, birth.bdSeq);
  await heard.end();
  const late = await listener(url);
  await eventually('retained will', () => late.of(STATUS).length === 1);
  assert.is(late.of(STATUS)[0]!.json.online, false);
  await late.end();
  await kill(broker);
});

function certificates(): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...ec, '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  for (const [name, extension] of [
    ['server', ['-extfile', 'server.ext']],
    ['client', []],
  ] as const) {
    openssl('req', ...ec, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signed = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl(...signed, '-days', '2', ...extension, '-out', `${name}.pem`);
  }
  execFileSync('mosquitto_passwd', ['-c', '-b', join(folder, 'passwd'), 'edge', 'right-password'], { stdio: 'ignore' });
}

const tlsTest = has('openssl') ? mosquittoTest : needs('openssl', test);

tlsTest('TLS with a client certificate and a password works, and each missing part is refused', async () => {
  certificates();
  const file = (name: string): string => join(folder, name);
  const port = await freePort();
  const broker = await mosquitto(port, [
    'allow_anonymous false',
    `cafile ${file('ca.pem')}`,
    `certfile ${file('server.pem')}`,
    `keyfile ${file('server.key')}`,
    'require_certificate true',
    `password_file ${file('passwd')}`,
  ]);
  writeFileSync(file('password'), 'right-password\n');
  const url = `mqtts://127.0.0.1:${port}`;
  const tls = { caFile: file('ca.pem'), certFile: file('client.pem'), keyFile: file('client.key') };
  const login = { username: 'edge', passwordFile: file('password') };

  const publisher = publisherAt(url, { ...tls, ...login });
  publisher.start();
  const ca = readFileSync(tls.caFile);
  const pair = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
  await eventually('connected', () => publisher.state().phase === 'connected');
  const heard = await listener(url, { ca, ...pair, username: 'edge', password: 'right-password' });
  publisher.event('north', EVENT);
  await eventually('event', () => heard.messages.some((m) => m.topic.endsWith('/event/north')));
  await heard.end();
  await publisher.stop();

  const refusals = [
    ['tls', { caFile: tls.caFile, ...login }],
    ['tls', { ...login }],
    ['credentials-refused', { ...tls, username: 'edge', password: 'wrong' }],
  ] as const;
  for (const [kind, options] of refusals) {
    const refused = publisherAt(url, options);
    refused.start();
    await eventually(`${kind} with ${Object.keys(options)}`, () => refused.state().problem?.kind === kind);
    await refused.stop();
  }
  await kill(broker);
});

test.run();
