import { readFileSync } from 'node:fs';
import { parseSigned } from '../../evidence/chain/chain-files.js';
import { chainHead } from '../../evidence/chain/record.js';
import { fileOf, isSignedWith } from '../../evidence/chain/signed-text.js';
import type { KnownHead } from '../../evidence/chain/verify.js';
import { ConfigError, explain } from '../../foundation/errors.js';
import { parsePublicKey, publicKeyText } from '../../telemetry/commands/keys.js';
import { type EvidenceReportPayload, toldHead } from '../../telemetry/mqtt/messages/evidence.js';

/** A head that somebody keeps elsewhere, and the key that it names. */
export interface KeptHead {
  readonly known: KnownHead;
  /** `ed25519:…`; null where only a number and a hash are known. */
  readonly publicKey: string | null;
}

const TYPED = /^(\d{1,10}):([0-9a-f]{64})$/i;
/** As the page of a daily report and its Markdown have it. */
const PRINTED = /--head (\d{1,10}):([0-9a-f]{64})/;

/**
 * A head as it was typed: NUMBER:SHA256, or a file that has one, which is a daily report (JSON, HTML or Markdown) or a message of
 * `report/evidence` or `report/daily`.
 *
 * @throws ConfigError where it is neither, or what it says was changed
 */
export function keptHead(text: string): KeptHead {
  const typed = TYPED.exec(text);
  if (typed !== null) return { known: { ...numbersIn(typed), by: '--head' }, publicKey: null };
  const content = contentOf(text);
  const told = toldIn(content);
  if (told !== null) return signedHead(told, text);
  const printed = PRINTED.exec(content);
  if (printed === null) throw refused(`${text} has no head of evidence: a daily report has one where evidence is kept`);
  return { known: { ...numbersIn(printed), by: text }, publicKey: null };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refused(`expected NUMBER:SHA256 or a file with a daily report, got ${file}: ${explain(error)}`);
  }
}

function toldIn(content: string): EvidenceReportPayload | null {
  try {
    const found = JSON.parse(content) as { readonly evidenceChain?: unknown };
    return toldHead.safeParse(found?.evidenceChain ?? found).data ?? null;
  } catch {
    return null;
  }
}

/** What is signed counts, and not what stands beside it. */
function signedHead({ signed, signature, publicKey }: EvidenceReportPayload, file: string): KeptHead {
  const head = parseSigned(Buffer.from(fileOf({ signed, signature })), chainHead);
  if (head === null || !isSignedBy(publicKey, head.text)) {
    throw refused(`${file} was changed: the key that it names did not sign its head`);
  }
  const { n, hash, chain } = head.value;
  return { known: { n, hash, chain, by: file }, publicKey: publicKeyText(parsePublicKey(publicKey).key) };
}

function isSignedBy(publicKey: string, text: Parameters<typeof isSignedWith>[0]): boolean {
  try {
    return isSignedWith(text, parsePublicKey(publicKey).key);
  } catch {
    return false;
  }
}

function numbersIn([, n, hash]: RegExpExecArray): { n: number; hash: string } {
  return { n: Number(n), hash: hash!.toLowerCase() };
}

const refused = (problem: string): ConfigError => new ConfigError('nothing was verified', [`--head: ${problem}`]);
