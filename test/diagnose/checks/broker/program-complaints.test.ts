import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { programComplaints } from '../../../../src/diagnose/checks/broker/program-complaints.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { patientOf, runningWith } from './broken-brokers.js';

const test = suite('program complaints');

const told = (status: unknown) => {
  const patient = patientOf({ broker: 'mqtt://broker.example' }, { running: runningWith({ '/api/status': status }) });
  return programComplaints().run(patient, new AbortController().signal);
};

test('a program that is connected and refused nothing is fine; one that does not answer is not spoken of', async () => {
  const fine = await told({
    mqtt: { connected: true, problem: null },
    alerts: [{ code: 'camera-lost', message: 'x' }],
  });
  assert.equal(
    fine.map(({ condition, code }) => [condition, code]),
    [['fine', 'program-connected']],
  );
  assert.equal(await told(null), []);
});

test('a twin, what the broker refuses and a lost connection are told with the words of the program', async () => {
  const findings = await told({
    mqtt: { connected: false, problem: 'nothing came for 30 s' },
    alerts: [
      { code: 'client-id-shared', message: 'displaced 5 times' },
      { code: 'broker-refuses', message: 'summary is refused' },
    ],
  });
  assert.equal(
    findings.map(({ condition, code, values }) => [condition, code, values]),
    [
      ['degraded', 'client-id-twin', { message: 'displaced 5 times' }],
      ['degraded', 'program-refused', { message: 'summary is refused' }],
      ['broken', 'program-not-connected', { problem: 'nothing came for 30 s' }],
    ],
  );
  assert.is(
    findingText(findings[0]!, LANGUAGES.en).remedy,
    'Give one of the two a name of its own (device), or an mqtt.clientId, and restart it.',
  );
});

test.run();
