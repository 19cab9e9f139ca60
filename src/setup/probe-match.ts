/** A camera that answered a WS-Discovery probe (ONVIF). */
export interface FoundCamera {
  /** Host name or address, IPv6 in brackets. */
  readonly host: string;
  /** Its ONVIF service: it says where the streams are, to whoever may log in. */
  readonly service: string;
  /** What it calls itself and its hardware; empty where it does not say. */
  readonly name: string;
}

const LONGEST_ADDRESS = 256;
const LONGEST_NAME = 64;
const SCOPES = ['name', 'hardware'];

/** The probe for network cameras. @param id a UUID, which their answers repeat */
export function probeFor(id: string): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"',
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:n="http://www.onvif.org/ver10/network/wsdl">',
    `<s:Header><a:MessageID>uuid:${id}</a:MessageID>`,
    '<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>',
    '<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>',
    '<s:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>',
  ].join('');
}

/**
 * The camera behind an answer, null for an answer to somebody else's probe and for what is none. An answer comes from whoever
 * is on the network: only a plain address and a short name are taken from it.
 *
 * @param id of the probe
 */
export function parseProbeMatch(text: string, id: string): FoundCamera | null {
  if (!elementsOf(text, 'RelatesTo').some((relation) => relation.toLowerCase().endsWith(id.toLowerCase()))) return null;
  for (const address of elementsOf(text, 'XAddrs').flatMap((list) => list.split(/\s+/))) {
    const url = httpAddress(address);
    if (url !== null) return { host: url.hostname, service: url.href, name: nameOf(elementsOf(text, 'Scopes')) };
  }
  return null;
}

/** Texts of the elements with a local name, whatever its prefix. */
function elementsOf(text: string, name: string): string[] {
  const pattern = new RegExp(`<(?:[\\w.-]{1,32}:)?${name}(?:\\s[^<>]{0,512})?>([^<]{0,4096})<`, 'g');
  return [...text.matchAll(pattern)].map(([, inner]) => inner!.replaceAll('&amp;', '&').trim());
}

function httpAddress(text: string): URL | null {
  if (text.length > LONGEST_ADDRESS || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isPlain && /^[\w.:[\]-]+$/.test(url.hostname) ? url : null;
}

function nameOf(scopes: readonly string[]): string {
  const words = scopes.flatMap((list) => list.split(/\s+/));
  const said = SCOPES.flatMap((scope) => {
    const beginning = `onvif://www.onvif.org/${scope}/`;
    return words.filter((word) => word.startsWith(beginning)).map((word) => readable(word.slice(beginning.length)));
  });
  return [...new Set(said)].join(' ').trim().slice(0, LONGEST_NAME);
}

function readable(escaped: string): string {
  let text = escaped;
  try {
    text = decodeURIComponent(escaped);
  } catch {
    // shown as it came
  }
  return text.replace(/[^\p{L}\p{N} ._()/+-]+/gu, ' ').trim();
}
