import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answered } from '../../../board/machine/answered.js';
import { deviceScope } from '../../../runtime/device-scope.js';
import type { BrokerVisit } from '../../../telemetry/mqtt/broker-visit.js';
import { type Topics, topicsOf } from '../../../telemetry/mqtt/topics.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { brokerTarget, visitBroker } from './broker-target.js';

/** ms that an answer of the broker, or the message itself, may take to come back. */
const RETURN_MS = 2000;

/**
 * The answer to a command that nobody sends: whoever may tell answers to commands may write there, it is numbered nowhere, and
 * nobody waits for it.
 */
const pingTopic = (topics: Topics): string => topics.commandResult('diagnose-ping');

/** Whether the device may write and read at its topics, by a message that goes to the broker and comes back. */
export const brokerRights = (): Check => ({
  ground: 'broker',
  name: 'rights',
  deadlineMs: 8500,
  async run(patient, signal) {
    const address = brokerTarget(patient);
    if (address === null) return [];
    const heard = new Heard();
    let visit: BrokerVisit;
    try {
      visit = await visitBroker(patient, address, heard.take, signal);
    } catch {
      // why there is none, the connection tells
      return [found('unknown', 'broker-rights-untried')];
    }
    try {
      return await trying(visit, heard, patient);
    } finally {
      await visit.close();
    }
  },
});

async function trying(visit: BrokerVisit, heard: Heard, patient: Patient): Promise<Finding[]> {
  const topics = topicsOf(deviceScope(patient.config));
  const topic = pingTopic(topics);
  const refused = [await reading(visit, topics.commands), await reading(visit, topics.status)].filter(
    (one) => one !== null,
  );
  // where it may not be read, the broker's acknowledgement is all that there is
  const hears = (await reading(visit, topic)) === null;
  const payload = randomUUID();
  const sent = performance.now();
  const delivery = await answered(
    visit.deliver(topic, payload, false).then((answer) => ({ answer })),
    RETURN_MS,
  );
  const { answer } = delivery ?? { answer: 'connection-lost' as const };
  if (answer === 'connection-lost') return [...refused, found('broken', 'broker-write-ended', { topic })];
  if (answer !== null) return [...refused, found('broken', 'broker-write-refused', { topic, code: answer.code })];
  const ms = hears ? await heard.returned(topic, payload, sent) : null;
  if (ms !== null) return refused.length > 0 ? refused : [found('fine', 'broker-rights-fine', { topic, ms })];
  if (refused.length > 0) return refused;
  // MQTT 5 acknowledges only what the rules allow, and what is retained proves that reading works
  const isProved = visit.protocol === '5' && heard.has(topics.status);
  return isProved
    ? [found('unknown', 'broker-ping-unread', { topic })]
    : [found('degraded', 'broker-ping-lost', { topic, seconds: RETURN_MS / 1000 })];
}

/** What the broker says to a subscription, as a finding where it refuses; null: nothing against it. */
async function reading(visit: BrokerVisit, filter: string): Promise<Finding | null> {
  const answer = await answered(
    visit.trySubscribing(filter, true).then((refusal) => ({ refusal })),
    RETURN_MS,
  );
  if (answer?.refusal === null) return null;
  return found('degraded', 'broker-read-refused', { filter, code: answer?.refusal?.code ?? '-' }, filter);
}

/** What came from the broker. */
class Heard {
  readonly #messages: { readonly topic: string; readonly text: string; readonly at: number }[] = [];

  readonly take = (topic: string, payload: Uint8Array): void => {
    // a command's parameters are nobody's business here; what is retained of one device is bounded by the broker
    this.#messages.push({ topic, text: Buffer.from(payload).toString('utf8', 0, 64), at: performance.now() });
  };

  has(topic: string): boolean {
    return this.#messages.some((one) => one.topic === topic);
  }

  /** ms after which a message came back; null where it did not in time. @param sent when it was sent, of performance.now() */
  async returned(topic: string, text: string, sent: number): Promise<number | null> {
    while (performance.now() - sent < RETURN_MS) {
      const back = this.#messages.find((one) => one.topic === topic && one.text === text);
      if (back) return Math.max(1, Math.round(back.at - sent));
      await sleep(10);
    }
    return null;
  }
}
