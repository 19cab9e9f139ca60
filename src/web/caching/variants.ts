import type { ResponseHead, WebRequest } from '../web-request.js';
import { digest } from './request-key.js';

/** Headers that a response may depend on: one that names more is for nobody else. */
const MOST_NAMES = 10;
/** Characters of their values together. */
const LONGEST_VALUES = 8192;
/** What servers choose among, so that the many ways in which browsers ask for the same share a variant. */
const ENCODINGS = ['br', 'gzip', 'zstd', 'deflate'] as const;

/**
 * The request headers that a response depends on, in order, small letters; null where these are too many. Beside those of
 * `Vary`: what a compressed body and a permission for one origin depend on, where the handler forgot to say so.
 */
export function variedBy(head: ResponseHead): readonly string[] | null {
  const names = new Set<string>();
  const vary = head.header('vary');
  if (vary !== undefined) {
    for (const name of vary.toLowerCase().split(',')) if (name.trim() !== '') names.add(name.trim());
  }
  const encoding = head.header('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') names.add('accept-encoding');
  const origin = head.header('access-control-allow-origin');
  if (origin !== undefined && origin !== '*') names.add('origin');
  return names.size > MOST_NAMES ? null : [...names].sort();
}

/** Which of the variants a request asks for; null where its headers are too long to tell. */
export function variantOf(names: readonly string[], request: WebRequest): string | null {
  let values = '';
  for (const name of names) values += `${name}: ${normal(name, request.header(name))}\n`;
  return values.length > LONGEST_VALUES ? null : digest(values);
}

function normal(name: string, value: string | undefined): string {
  if (value === undefined) return '-';
  if (name !== 'accept-encoding') return `=${value.trim().replace(/\s+/g, ' ')}`;
  return `=${acceptedEncodings(value).join(',')}`;
}

/** The codings that are asked for, with weights that are not 1, in the order of `ENCODINGS`. */
function acceptedEncodings(value: string): readonly string[] {
  const asked = new Map<string, string>();
  for (const part of value.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((text) => text.startsWith('q='))?.slice(2) ?? '1';
    asked.set(coding, Number(weight) === 1 ? '' : `;q=${Number(weight)}`);
  }
  return [...ENCODINGS, '*', 'identity'].flatMap((coding) => {
    const weight = asked.get(coding);
    return weight === undefined ? [] : [coding + weight];
  });
}
