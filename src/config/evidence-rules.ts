import type { Values } from './rule-values.js';

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  http: ['url'],
  s3: ['url', 'bucket', 'accessKeyId', 'secret'],
};
const INSTEAD: Readonly<Record<string, string>> = {
  secret: 'evidence.push.secretFile or EDGE_EVIDENCE_PUSH_SECRET',
};

/** Whether evidence can be sent where it is to go. */
export function evidenceCanBeSent(values: Values): string[] {
  const to = values.text('evidence.push.to') ?? 'off';
  const got = `none${values.said('evidence.push.to')}`;
  const missing = (NEEDED[to] ?? []).filter((key) => {
    const path = `evidence.push.${key}`;
    return !values.isSet(path) && !values.isWrong(path);
  });
  const problems = missing.map(
    (key) =>
      `evidence.push.${key}: expected one where evidence.push.to is ${to}, got ${got}; set ${INSTEAD[key] ?? `evidence.push.${key}`}`,
  );
  if (to === 'mqtt' && values.text('mqtt.broker') === 'off') {
    problems.push(
      `evidence.push.to and mqtt.broker: expected a broker where evidence.push.to is mqtt, got off${values.said('evidence.push.to', 'mqtt.broker')}`,
    );
  }
  return problems;
}
