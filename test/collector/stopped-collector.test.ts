import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import pg from 'pg';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cluster } from '../database/postgres/cluster.js';
import { freePort } from '../loopback.js';
import { has, where } from '../optional.js';
import { kill, mosquitto } from '../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { startedChild } from './started-child.js';

const CHILD = fileURLToPath(new URL('./shared-child.js', import.meta.url));
const endings = endingsOf(test);
const STOPPED_MS = 5000;
/** An odd number: brokers deal out in turn, and who has the begin of one is not to have its end. */
const CODES = 21;

where(
  has('postgres') && has('mosquitto'),
  'postgres or mosquitto',
  test,
)(
  'what a collector took that stood still for seconds, the others have overtaken: no alert holds that another heard the end of',
  async () => {
    const cluster = await Cluster.start();
    await cluster.sql('postgres', 'CREATE DATABASE fleet');
    const port = await freePort();
    const broker = await mosquitto(temporaryFolder('stopped-collector'), port, ['allow_anonymous true']);
    endings.push(() => kill(broker));
    const url = `mqtt://127.0.0.1:${port}`;
    const collector = async (name: string): Promise<ChildProcess> =>
      (await startedChild(CHILD, [url, cluster.url('fleet'), name])).child;
    const [one, two] = await Promise.all(['one', 'two'].map(collector));
    const device = await connectAsync(url, { clientId: 'device' });
    endings.unshift(() => device.endAsync(true));
    const publish = (topic: string, body: object | null): Promise<unknown> => {
      const payload = body === null ? '' : JSON.stringify({ ts: Date.now(), boot: '1f6b2c3d', ...body });
      return device.publishAsync(`edge/v1/demo/a/${topic}`, payload, { qos: 1, retain: true });
    };
    const alertsOf = () => cluster.sql('fleet', 'SELECT code, holds FROM fleet.alerts');
    const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
      for (let tries = 0; !(await isSo()); tries++) {
        if (tries > 300) throw new Error(`still not: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await publish('status', { seq: 0, bdSeq: 7, online: true, omitted: ['metrics'] });
    await until(
      'the device is known',
      async () => (await cluster.sql('fleet', 'SELECT 1 FROM fleet.births')).length === 1,
    );
    two!.kill('SIGSTOP');
    const alert = { severity: 'warning', message: 'it is so', action: 'do something', since: Date.now() };
    const codes = Array.from({ length: CODES }, (_, n) => `code-${n}`);
    let seq = 0;
    for (const code of codes) await publish(`alert/${code}`, { seq: ++seq, code, ...alert });
    for (const code of codes) {
      seq++;
      await publish(`alert/${code}`, null);
    }
    await publish('alert/holds', { seq: ++seq, code: 'holds', ...alert });
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    two!.kill('SIGCONT');
    await until('all were heard', async () => (await alertsOf()).length === CODES + 1);
    const holding = async () => (await alertsOf()).filter(({ holds }) => holds === 1).map(({ code }) => code);
    await until('what is over is over', async () => (await holding()).length === 1).catch(() => undefined);
    assert.equal(await holding(), ['holds']);
    for (const child of [one!, two!]) {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    }
  },
);

where(
  has('postgres') && has('mosquitto'),
  'postgres or mosquitto',
  test,
)('whose name another has taken gives its devices up, although it could go on writing', async () => {
  const cluster = await Cluster.start();
  await cluster.sql('postgres', 'CREATE DATABASE fleet');
  const port = await freePort();
  const broker = await mosquitto(temporaryFolder('taken-name'), port, ['allow_anonymous true']);
  endings.push(() => kill(broker));
  const { child } = await startedChild(CHILD, [`mqtt://127.0.0.1:${port}`, cluster.url('fleet'), 'one']);
  const holds = async (parts: number): Promise<void> => {
    for (let tries = 0; ; tries++) {
      const answer = once(child, 'message');
      child.send('state');
      const [{ sharing }] = (await answer) as [{ sharing: { parts: number } }];
      if (sharing.parts === parts) return;
      assert.ok(tries < 100, `it holds ${sharing.parts}, and should ${parts}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await holds(64);
  const other = new pg.Client(cluster.url('fleet'));
  await other.connect();
  const taken = other.query("SELECT pg_advisory_lock(hashtext('edge-optimizer session'), hashtext('one'))");
  await new Promise((resolve) => setTimeout(resolve, 200));
  await cluster.sql(
    'fleet',
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'edge-optimizer collect, share'",
  );
  await taken;
  await holds(0);
  await other.end();
  await holds(64);
  const ended = once(child, 'exit');
  child.send('stop');
  await ended;
});

test.run();
