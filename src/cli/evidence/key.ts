import { EVIDENCE_KEY, publicPemOf, readEvidenceKey } from '../../evidence/chain/evidence-key.js';
import { ConfigError } from '../../foundation/errors.js';
import { publicKeyText } from '../../telemetry/commands/keys.js';
import { print, printJson } from '../print.js';
import { type EvidenceFlags, evidencePlace } from './place.js';

export interface ShowKeyOptions extends EvidenceFlags {
  readonly pem?: boolean;
}

/** `evidence key`: the public half. @throws ConfigError where there is none yet; EdgeError where it cannot be used */
export function showKey({ pem = false, json = false, ...flags }: ShowKeyOptions): number {
  const { store } = evidencePlace(flags);
  const key = readEvidenceKey(store);
  if (key === null) {
    throw new ConfigError('there is no key', [
      `evidence.on: expected a program that has run with it, got no ${EVIDENCE_KEY} in ${store}: it is made with the first start`,
    ]);
  }
  const publicKey = publicKeyText(key.key);
  if (json) printJson({ key: key.id, publicKey, pem: publicPemOf(key) });
  else print(pem ? publicPemOf(key).trimEnd() : publicKey);
  return 0;
}
