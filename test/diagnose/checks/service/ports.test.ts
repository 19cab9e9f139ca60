import { type AddressInfo, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { portsCheck } from '../../../../src/diagnose/checks/service/ports.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('ports');

const at = (port: number, changes = {}, host = '127.0.0.1') =>
  patientAt('/', {
    config: loadConfig({ env: { EDGE_HTTP_PORT: String(port), EDGE_HTTP_HOST: host } }).config,
    ...changes,
  });

test('a port that another program has is told while it has it, and free afterwards', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const findings = await findingsOf(portsCheck(), at(port));
  assert.equal(told(findings), ['degraded port-taken']);
  assert.is(remedyOf(findings), `See which: ss -ltnp 'sport = :${port}'; end it or set another http.port`);
  assert.equal(told(await findingsOf(portsCheck(), at(port, { running: runningAs(77) }))), []);
  await new Promise((resolve) => other.close(resolve));
  assert.equal(told(await findingsOf(portsCheck(), at(port))), ['fine port-free']);
});

test('an address that this machine does not have is told', async () => {
  const config = at(9464).config;
  const elsewhere = { ...config, http: { ...config.http, host: '192.0.2.7' } };
  assert.equal(told(await findingsOf(portsCheck(), at(9464, { config: elsewhere }))), ['degraded port-no-address']);
});

test.run();
