import { performance } from 'node:perf_hooks';
import { answered } from '../../../board/machine/answered.js';
import { deviceScope } from '../../../runtime/device-scope.js';
import type { BrokerVisit } from '../../../telemetry/mqtt/broker-visit.js';
import { topicsOf } from '../../../telemetry/mqtt/topics.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { brokerPlace, brokerTarget, visitBroker } from '../broker/broker-target.js';

/** Bytes of the one message that is long, and ms that it may take: no line that is worth one takes longer. */
const LONG_BYTES = 32 * 1024;
const LONG_MS = 4000;
/** Short messages, whose way there and back takes as long as the long one's without its bytes. */
const SHORT_COUNT = 3;
const SHORT_MS = 2000;
/** A difference in ms below this tells only how fast the line is at least. */
const LEAST_MS = 4;
/** How often the line has to carry what is told at least: what waited during an outage has to follow. */
const ROOM = 2;
/** ms for which an estimate holds, so that a diagnosis that is repeated costs the line nothing. */
const HOLDS_MS = 600_000;

/** What the messages took. */
export interface UplinkTimes {
  /** ms of the fastest and the slowest short message. */
  readonly fastest: number;
  readonly slowest: number;
  /** ms of the long one; null where the broker did not acknowledge it in time. */
  readonly long: number | null;
}

let kept: { readonly place: string; readonly at: number; readonly times: UplinkTimes } | null = null;

/** How much the line to the broker carries, from one message of 32 KiB that nobody hears, once in ten minutes at most. */
export const uplinkEstimate = (): Check => ({
  ground: 'network',
  name: 'uplink',
  deadlineMs: 8800,
  async run(patient, signal) {
    const address = brokerTarget(patient);
    // the broker of the program itself is on no line
    if (address === null || patient.config.mqtt.broker === 'embedded') return [];
    const place = brokerPlace(address);
    if (kept === null || kept.place !== place || performance.now() - kept.at > HOLDS_MS) {
      const times = await measured(patient, address, signal);
      if (times === null) return [found('unknown', 'uplink-unknown', { place })];
      kept = { place, at: performance.now(), times };
    }
    return [judgeUplink(place, kept.times, await neededKbits(patient, signal))];
  },
});

/** What that means. @param needed kbit/s that are told on average; null where nobody knows. Pure. */
export function judgeUplink(place: string, { fastest, slowest, long }: UplinkTimes, needed: number | null): Finding {
  if (long === null) {
    const values = { place, kib: LONG_BYTES / 1024, seconds: LONG_MS / 1000, most: kbits(LONG_MS) };
    return found('degraded', 'uplink-stuck', values);
  }
  const least = kbits(Math.max(LEAST_MS, long - fastest));
  const most = long - slowest < LEAST_MS ? null : kbits(long - slowest);
  const values = { place, least, most: most ?? '∞', needed: needed === null ? '?' : Math.round(needed * 10) / 10 };
  const isSlow = needed !== null && most !== null && most < needed * ROOM;
  return isSlow ? found('degraded', 'uplink-slow', values) : found('fine', 'uplink-fine', values);
}

/** Of the long message in so many ms. */
const kbits = (ms: number): number => Math.round((LONG_BYTES * 8) / ms);

async function measured(
  patient: Patient,
  address: NonNullable<ReturnType<typeof brokerTarget>>,
  signal: AbortSignal,
): Promise<UplinkTimes | null> {
  let visit: BrokerVisit;
  try {
    visit = await visitBroker(patient, address, () => undefined, signal);
  } catch {
    // why there is no connection, the broker's own checks tell
    return null;
  }
  try {
    // as that of the check of the rights: an answer to a command that nobody sent
    const topic = topicsOf(deviceScope(patient.config)).commandResult('diagnose-ping');
    const shorts: number[] = [];
    for (let sent = 0; sent < SHORT_COUNT; sent++) {
      const ms = await timeOf(visit, topic, '{}', SHORT_MS);
      if (typeof ms !== 'number') return null;
      shorts.push(ms);
    }
    const long = await timeOf(visit, topic, JSON.stringify({ padding: 'x'.repeat(LONG_BYTES) }), LONG_MS);
    // a broker that takes none so long says nothing of the line
    return long === 'refused' ? null : { fastest: Math.min(...shorts), slowest: Math.max(...shorts), long };
  } finally {
    await visit.close();
  }
}

/** ms until the broker has acknowledged a message; null where it does not in time. */
async function timeOf(
  visit: BrokerVisit,
  topic: string,
  payload: string,
  patienceMs: number,
): Promise<number | 'refused' | null> {
  const began = performance.now();
  const delivery = await answered(
    visit.deliver(topic, payload, false).then((answer) => ({ answer, ms: performance.now() - began })),
    patienceMs,
  );
  if (delivery === null) return null;
  return delivery.answer === null ? delivery.ms : 'refused';
}

/** kbit/s that the running program tells its broker on average, or may by its budget for a day; null where neither is known. */
async function neededKbits({ running, config }: Patient, signal: AbortSignal): Promise<number | null> {
  const metrics = (await running?.askText('/metrics', signal)) ?? '';
  const sampleOf = (pattern: RegExp): number => Number(pattern.exec(metrics)?.[1] ?? Number.NaN);
  const bytes = sampleOf(/^edge_mqtt_wire_bytes_bytes_total\{[^}]*"sent"[^}]*\} (\S+)/m);
  const seconds = sampleOf(/^edge_uptime_seconds (\S+)/m);
  if (bytes > 0 && seconds > 60) return (bytes * 8) / 1000 / seconds;
  const { dailyBytes } = config.publish;
  return dailyBytes > 0 ? (dailyBytes * 8) / 1000 / 86_400 : null;
}
