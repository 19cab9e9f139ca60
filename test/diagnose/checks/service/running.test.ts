import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../../src/config/config.js';
import { estimateCheck } from '../../../../src/diagnose/checks/accuracy/estimate.js';
import { alertsCheck } from '../../../../src/diagnose/checks/service/alerts.js';
import { judgeStatus, runningCheck } from '../../../../src/diagnose/checks/service/running.js';
import type { RunningProgram } from '../../../../src/diagnose/running-program.js';
import { silentLog } from '../../../../src/foundation/log.js';
import { HttpServer } from '../../../../src/http/server.js';
import { Runtime } from '../../../../src/runtime/runtime.js';
import type { RuntimeStatus } from '../../../../src/runtime/status.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('running program');
const START = 1_700_000_000_000;

/** A program with the routes of a real runtime that was not started, and so has neither detector nor camera. */
async function idleProgram(): Promise<{ running: RunningProgram; stop(): Promise<void>; runtime: Runtime }> {
  const dir = temporaryFolder('running');
  const config = configSchema.parse({ cameras: [{ id: 'north', url: 'sim://road?seed=1' }], store: { dir } });
  const runtime = new Runtime(config, silentLog);
  const routes = runtime.parts.list.flatMap((part) => part.routes ?? []);
  const server = new HttpServer({ config: { ...config.http, port: 0 }, routes });
  const { port } = await server.start();
  const askText = async (path: string): Promise<string | null> => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`);
    return reply.ok ? reply.text() : null;
  };
  const ask = async (path: string): Promise<unknown> => JSON.parse((await askText(path)) ?? 'null');
  return { running: { pid: 77, since: START, ask, askText }, stop: () => server.stop(), runtime };
}

test('a program without a detector says so over its own HTTP server', async () => {
  const { running, stop } = await idleProgram();
  try {
    const findings = await findingsOf(runningCheck(), patientAt('/', { running }));
    assert.equal(told(findings), ['broken program-no-detector']);
    assert.match(String(remedyOf(findings)), 'edge-optimizer diagnose --only detector,models');
  } finally {
    await stop();
  }
});

test('cameras that do not stream, or are paused, and parts that were left out are told', () => {
  const camera = { id: 'north', state: 'reconnecting', paused: null };
  const worker = { state: 'ready', detail: null };
  const status = (changes: object) =>
    ({ workers: [worker], cameras: [camera], leftOut: [], overrides: [], ...changes }) as unknown as RuntimeStatus;
  assert.equal(told(judgeStatus(status({}))), ['broken program-no-camera']);
  assert.equal(told(judgeStatus(status({ cameras: [{ ...camera, state: 'streaming' }] }))), []);
  const lost = { state: 'restarting', detail: 'out of memory' };
  const few = judgeStatus(status({ cameras: [], workers: [worker, lost], leftOut: ['series'] }));
  assert.equal(told(few), ['degraded program-few-detectors', 'degraded program-part-left-out']);
  assert.equal(few[0]?.values, { idle: 1, workers: 2, reason: 'out of memory' });
});

test('its alerts are findings with its own words and what to do', async () => {
  const { running, stop, runtime } = await idleProgram();
  try {
    assert.equal(told(await findingsOf(alertsCheck(), patientAt('/', { running }))), ['fine alerts-none']);
    runtime.parts.alerts.set('camera-lost', { severity: 'critical', message: 'no camera delivers' });
    const findings = await findingsOf(alertsCheck(), patientAt('/', { running }));
    assert.equal(told(findings), ['broken alert-holds']);
    assert.is(findings[0]?.values['message'], 'no camera delivers');
    assert.is(remedyOf(findings), findings[0]?.values['action']);
  } finally {
    await stop();
  }
});

test('one that holds the store and does not answer hangs, unless it has only begun', async () => {
  const patient = patientAt('/', { running: { ...runningAs(77), since: START } });
  const findings = await findingsOf(
    runningCheck(() => START + 600_000),
    patient,
  );
  assert.equal(told(findings), ['broken program-silent']);
  assert.match(String(remedyOf(findings)), "ss -ltnp 'sport = :9464'");
  assert.equal(
    told(
      await findingsOf(
        runningCheck(() => START + 5000),
        patient,
      ),
    ),
    ['unknown program-starts'],
  );
});

test('where none runs, nothing is degraded', async () => {
  assert.equal(told(await findingsOf(runningCheck(), patientAt('/'))), ['unknown program-not-running']);
  assert.equal(told(await findingsOf(alertsCheck(), patientAt('/'))), []);
  assert.equal(told(await findingsOf(estimateCheck(), patientAt('/'))), []);
});

test.run();
