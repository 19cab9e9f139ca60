import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeOf } from '../../../src/foundation/scope.js';
import { generateSigningKey, parsePublicKey } from '../../../src/telemetry/commands/keys.js';
import { Cluster } from '../../database/postgres/cluster.js';
import { freePort } from '../../loopback.js';
import { has, where } from '../../optional.js';
import { publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { kill, mosquitto } from '../../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, temporaryFolder } from '../../temporary.js';
import { startedChild } from '../started-child.js';
import { countingCommands } from './fleet-of-two.js';

const CHILD = fileURLToPath(new URL('./shared-actions-child.js', import.meta.url));
const endings = endingsOf(test);

interface SharingChild {
  readonly name: string;
  readonly child: ChildProcess;
  ask(path: string, body?: object): Promise<{ status: number; body: string }>;
}

/** Waits until it is so. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

where(
  has('postgres') && has('mosquitto'),
  'postgres or mosquitto',
  test,
)(
  'one of two collectors carries actions out, hears what the other one hears, and is followed by it when it is killed',
  async () => {
    const key = generateSigningKey();
    const cluster = await Cluster.start();
    await cluster.sql('postgres', 'CREATE DATABASE fleet');
    const port = await freePort();
    const broker = await mosquitto(temporaryFolder('shared-actions'), port, ['allow_anonymous true']);
    endings.push(() => kill(broker));
    const url = `mqtt://127.0.0.1:${port}`;
    const collector = async (name: string): Promise<SharingChild> => {
      const env = { KEY: key.privatePem };
      const { child, said } = await startedChild<{ http: string }>(CHILD, [url, cluster.url('fleet'), name], env);
      const { http } = said;
      const headers = { authorization: 'Bearer a-token-of-ana-1', 'content-type': 'application/json' };
      const ask = async (path: string, body?: object) => {
        const asked = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) };
        const reply = await fetch(`${http}${path}`, asked);
        return { status: reply.status, body: await reply.text() };
      };
      return { name, child, ask };
    };
    const both = await Promise.all(['one', 'two'].map(collector));
    const device = (name: string) => {
      const counted = countingCommands(name, { publicKey: parsePublicKey(key.publicText) });
      const options = { scope: scopeOf({ site: 'demo', device: name }), commands: counted.commands };
      const start = () => {
        const publisher = publisherAt(url, {}, options);
        publisher.start();
        endings.unshift(() => publisher.stop());
        return publisher;
      };
      return { counted, start };
    };
    const devices = ['a', 'b', 'c'].map(device);
    const away = devices.map(({ start }) => start())[2]!;
    const known = async (state: string, count: number) => {
      const { devices: found } = JSON.parse((await both[0]!.ask(`/devices?state=${state}`)).body);
      return found.length === count;
    };
    await until('all are known', () => known('online', 3));
    await away.stop();
    await until('one is away', () => known('offline', 1));

    const obstacleOf = async ({ ask }: SharingChild): Promise<string | null> =>
      JSON.parse((await ask('/actions')).body).obstacle;
    const holders = async () => {
      const found: SharingChild[] = [];
      for (const one of both) if ((await obstacleOf(one)) === null) found.push(one);
      return found;
    };
    await until('one carries actions out', async () => (await holders()).length === 1);
    const [holder] = await holders();
    const other = both.find((one) => one !== holder)!;
    await until('the other knows', async () =>
      (await obstacleOf(other))!.includes(`the collector ${holder!.name} carries`),
    );
    const action = { id: 'first', command: 'report', choose: { all: true } };
    const refused = await other.ask('/actions', action);
    assert.equal([refused.status, refused.body.includes(`the collector ${holder!.name} carries`)], [409, true]);
    assert.is((await holder!.ask('/actions', action)).status, 200);
    const stateOf = async (id: string) => JSON.parse((await other.ask(`/actions/${id}`)).body);
    await until('who is there has answered', async () => (await stateOf('first')).devices.done === 2);
    assert.is((await stateOf('first')).state, 'running');

    const gone = once(holder!.child, 'exit');
    holder!.child.kill('SIGKILL');
    await gone;
    await until('the other one goes on', async () => (await obstacleOf(other)) === null);
    devices[2]!.start();
    await until('all have answered', async () => (await stateOf('first')).state === 'ended');
    assert.is((await stateOf('first')).reason, '3 done');

    // as where the server is started anew
    const cut = async () =>
      (await cluster.sql(
        'fleet',
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'edge-optimizer collect, actions'",
      ))!.length;
    assert.is(await cut(), 1);
    await until(
      'it is asked for anew',
      async () => (await other.ask('/actions', { ...action, id: 'second' })).status === 200,
    );
    await until('all have answered again', async () => (await stateOf('second')).state === 'ended');
    assert.equal(
      devices.map(({ counted }) => counted.done),
      [2, 2, 2],
      'each did it once for each action',
    );
    const { entries, broken } = JSON.parse((await other.ask('/audit')).body);
    assert.equal([entries.length, broken], [4, null]);
    await until(
      'no answer is left',
      async () => (await cluster.sql('fleet', 'SELECT id FROM fleet.answers'))!.length === 0,
    );
    const ended = once(other.child, 'exit');
    other.child.send('stop');
    await ended;
  },
);

test.run();
