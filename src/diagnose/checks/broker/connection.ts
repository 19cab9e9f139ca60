import { performance } from 'node:perf_hooks';
import { explain } from '../../../foundation/errors.js';
import type { BrokerAddress } from '../../../telemetry/mqtt/broker-address.js';
import { VisitEnded } from '../../../telemetry/mqtt/broker-visit.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { brokerPlace, brokerTarget, visitBroker } from './broker-target.js';
import { visitRefusal } from './refused-visit.js';
import { type NameLookup, nameProblem, portProblem } from './way-to-broker.js';

/** Name, port, TLS, MQTT and login of the broker: the first of them that fails. @param lookup by default the system's */
export const brokerConnection = (lookup?: NameLookup): Check => ({
  ground: 'broker',
  name: 'connection',
  deadlineMs: 8500,
  async run(patient, signal) {
    const address = brokerTarget(patient);
    if (address === null) return [noBroker(patient)];
    const problem = (await nameProblem(address, lookup)) ?? (await portProblem(address, signal));
    return [problem ?? (await connecting(patient, address, signal))];
  },
});

function noBroker({ config: { mqtt }, running }: Patient): Finding {
  if (mqtt.broker === 'off') return found('unknown', 'broker-none');
  if (running === null) return found('unknown', 'broker-embedded-asleep');
  return found('unknown', 'broker-embedded-somewhere');
}

async function connecting(patient: Patient, address: BrokerAddress, signal: AbortSignal): Promise<Finding> {
  const place = brokerPlace(address);
  const began = performance.now();
  try {
    const visit = await visitBroker(patient, address, () => undefined, signal);
    const ms = Math.round(performance.now() - began);
    await visit.close();
    return found('fine', 'broker-connection-fine', { place, protocol: visit.protocol, ms });
  } catch (error) {
    if (error instanceof VisitEnded) return visitRefusal(error, patient, address, signal);
    // a key that does not fit is found out before there is a connection
    if ((error as NodeJS.ErrnoException).code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') {
      return found('broken', 'our-key-unfit', { file: patient.config.mqtt.keyFile ?? '-' });
    }
    return found('broken', 'broker-files-unreadable', { reason: explain(error) });
  }
}
