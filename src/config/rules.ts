import { maskCredentials } from '../foundation/log.js';
import { encodingAdvice, splitAddress } from '../foundation/userinfo.js';
import { didYouMean, isLoopback } from '../foundation/validate.js';
import { differentNames } from './different-names.js';
import { evidenceCanBeSent } from './evidence-rules.js';
import { shapesOfCameras } from './geometry-rules.js';
import type { Layers } from './layers.js';
import { infractionRulesOfCameras } from './offence-rules.js';
import { Values } from './rule-values.js';
import type { Path } from './schema.js';
import { tenantBrokers, tenantClientIds, tenantsDiffer, tenantsOfCameras, tenantTokens } from './tenant-rules.js';

type Rule = (values: Values) => readonly string[];

// the longest path that the kernel takes for a Unix socket
const MAX_SOCKET_PATH_BYTES = 107;
const SCHEMES = ['rtsp', 'rtsps', 'http', 'https', 'sim', 'file'];
// live protocols that ffmpeg reads without being told
const FFMPEG_SCHEMES = ['rtmp', 'rtmps', 'rtp', 'srt', 'tcp', 'udp'];
const KNOWN_FORMS = ['', 'images', ...SCHEMES, ...FFMPEG_SCHEMES];
// what other programs call cameras, and how they are called here
const OTHER_FORMS: Readonly<Record<string, string>> = {
  v4l2: 'write the device alone: /dev/video0',
  onvif: 'write the rtsp:// address that the camera gives to programs of ONVIF',
};
/** `192.0.2.10`, `192.0.2.10:8554/cam` */
const BARE_ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:\/|$)/;
// the addresses that each kind of camera can read
const FORMS: Readonly<Record<string, { schemes: readonly string[]; form: string }>> = {
  images: { schemes: ['images', ''], form: 'images:DIR or a folder' },
  snapshot: { schemes: ['http', 'https'], form: 'http:// or https://' },
  mjpeg: { schemes: ['http', 'https'], form: 'http:// or https://' },
  simulator: { schemes: ['sim'], form: 'sim://' },
};

const RULES: readonly Rule[] = [
  camerasDiffer,
  cameraAddresses,
  keysOfOtherCameras,
  cameraCertificates,
  shapesOfCameras,
  infractionRulesOfCameras,
  atLeast('capture.backoffMaxMs', 'capture.backoffInitialMs'),
  atLeast('mqtt.reconnectMaxMs', 'mqtt.reconnectMinMs'),
  brokerHost,
  oneDetector,
  socketPath,
  poolsDiffer,
  poolsAlone,
  together('mqtt.certFile', 'mqtt.keyFile'),
  together('mqtt.keyFile', 'mqtt.certFile'),
  ...['mqtt.caFile', 'mqtt.certFile'].map(needsTls),
  passwordHasUser,
  openPortHasToken,
  portsDiffer,
  previewPerCamera,
  evidenceCanBeSent,
  tenantsDiffer,
  tenantsOfCameras,
  tenantBrokers,
  tenantClientIds,
  tenantTokens,
];

/**
 * The rules between keys; each problem names every key it concerns. A rule about a value that is wrong in itself keeps
 * silent.
 *
 * @param wrong the paths that the schema found fault with
 */
export function checkRules(layers: Layers, wrong: readonly Path[]): string[] {
  const values = new Values(layers, wrong);
  return RULES.flatMap((rule) => rule(values));
}

/** What is allowed but unwise, in a configuration without problems. */
export function adviceOn(layers: Layers): string[] {
  const values = new Values(layers, []);
  const broker = values.text('mqtt.broker') ?? '';
  const found = /^(?:mqtt|ws):\/\/(?:[^/@]*@)?(?:\[([^\]]*)\]|([^:/]*))/.exec(broker);
  const host = found?.[1] ?? found?.[2];
  if (host === undefined || isLoopback(host) || !values.isSet('mqtt.password')) return [];
  return [`mqtt.broker and mqtt.password: the password crosses the network unencrypted; use mqtts:// or wss://`];
}

function indexes(values: Values): number[] {
  return Array.from({ length: values.count('cameras') }, (_, index) => index);
}

function camerasDiffer(values: Values): string[] {
  return differentNames(values, 'cameras', 'id');
}

function cameraAddresses(values: Values): string[] {
  return indexes(values).flatMap((index) => {
    const [at, kindAt] = [`cameras.${index}.url`, `cameras.${index}.kind`];
    const url = values.text(at);
    const kind = values.text(kindAt);
    if (url === null || kind === null) return [];
    const scheme = schemeOf(url);
    const unclear = userPart(at, url, values) ?? missingScheme(at, url, values);
    if (unclear !== null) return [unclear];
    const got = `"${maskCredentials(url)}"${values.said(at, kindAt)}`;
    const wanted = FORMS[kind];
    if (wanted && !wanted.schemes.includes(scheme)) {
      return [`${kindAt} and ${at}: expected ${wanted.form} for kind ${kind}, got ${got}`];
    }
    if (kind === 'ffmpeg' && (scheme === 'sim' || scheme === 'images')) {
      return [`${kindAt} and ${at}: expected an address that ffmpeg reads, got ${got}`];
    }
    if (kind !== 'auto' || KNOWN_FORMS.includes(scheme)) return [];
    return [
      `${at}: expected rtsp://, http://, sim://, images:DIR, a file or the like, got ${got}; ${formAdvice(scheme)}`,
    ];
  });
}

function formAdvice(scheme: string): string {
  const meant = didYouMean(scheme, SCHEMES);
  return OTHER_FORMS[scheme] ?? (meant ? `did you mean ${meant}://?` : 'kind: ffmpeg hands any address to ffmpeg');
}

function cameraCertificates(values: Values): string[] {
  return indexes(values).flatMap((index) => {
    const [ca, fingerprint, verify, at] = ['tlsCaFile', 'tlsFingerprint', 'tlsVerify', 'url'].map(
      (key) => `cameras.${index}.${key}`,
    ) as [string, string, string, string];
    const set = [ca, fingerprint].filter((key) => values.isSet(key));
    if (values.isSet(verify) && !values.isTrue(verify)) set.push(verify);
    if (set.length > 1) return [`${set.join(' and ')}: expected one of them, got ${set.length}${values.said(...set)}`];
    const url = values.text(at);
    const isPlain = url !== null && /^(?:rtsp|http|rtmp):/i.test(url);
    if (set.length === 0 || !isPlain) return [];
    return [
      `${set[0]} and ${at}: expected rtsps:// or https:// with a certificate, got "${maskCredentials(url)}"${values.said(set[0]!, at)}`,
    ];
  });
}

/** Of an address whose password nobody can tell from its path: it is not repeated, as nobody knows what to mask. */
function userPart(at: string, url: string, values: Values): string | null {
  const split = splitAddress(url);
  if (!split?.ambiguous) return null;
  const expected = 'expected a user name and password that can be told from the path';
  const path = split.userinfo.includes('/') ? '; an @ of the path itself as %40' : '';
  return `${at}: ${expected}: write ${encodingAdvice(split.userinfo)} before the last @${path}${values.said(at)}`;
}

/** `admin:secret@192.0.2.1/cam` and `192.0.2.1` would be taken for files of that name. */
function missingScheme(at: string, url: string, values: Values): string | null {
  if (BARE_ADDRESS.test(url))
    return `${at}: expected rtsp:// or http:// before ${maskCredentials(url)}${values.said(at)}`;
  if (schemeOf(url) !== '' || !/^[^/:@\s]+:(?!\/\/)[^/\s]*@[\w.[]/.test(url) || maskCredentials(url) === url)
    return null;
  return `${at}: expected rtsp:// or http:// before user name and password, got neither${values.said(at)}`;
}

/** What ffmpeg alone takes, and no simulated road, would be passed over without a word. */
function keysOfOtherCameras(values: Values): string[] {
  return indexes(values).flatMap((index) => {
    const at = (key: string) => `cameras.${index}.${key}`;
    const scheme = schemeOf(values.text(at('url')) ?? '');
    const kind = values.text(at('kind')) ?? 'auto';
    const simulated = scheme === 'sim';
    const withoutFfmpeg = simulated || scheme === 'images' || FORMS[kind] !== undefined;
    const wrong = [...(withoutFfmpeg ? ['filters', 'rtspTransport'] : []), ...(simulated ? ['aspect'] : [])];
    return wrong
      .filter((key) => values.isSet(at(key)))
      .map((key) => {
        const readBy = key === 'aspect' ? 'a real camera' : 'a camera that ffmpeg reads';
        const got = `${simulated ? 'sim://' : scheme === 'images' ? 'images:' : `kind ${kind}`}`;
        return `${at(key)} and ${at('url')}: expected ${readBy} for ${key}, got ${got}${values.said(at(key))}`;
      });
  });
}

/** `rtsp`, `images`, …; empty for a plain path. */
function schemeOf(url: string): string {
  return (/^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? /^(images):/i.exec(url))?.[1]?.toLowerCase() ?? '';
}

function atLeast(high: string, low: string): Rule {
  return (values) => {
    const [max, min] = [values.number(high), values.number(low)];
    if (max === null || min === null || max >= min) return [];
    return [`${high} and ${low}: expected ${high} at least ${min}, got ${max}${values.said(high, low)}`];
  };
}

function together(one: string, other: string): Rule {
  return (values) =>
    values.isSet(one) && !values.isSet(other)
      ? [`${one} and ${other}: expected both or neither, got only ${one}${values.said(one)}`]
      : [];
}

function needsTls(key: string): Rule {
  return (values) => {
    const broker = values.text('mqtt.broker') ?? 'off';
    if (!values.isSet(key) || !/^(mqtt|ws):/.test(broker)) return [];
    const got = `"${maskCredentials(broker)}"${values.said(key, 'mqtt.broker')}`;
    return [`${key} and mqtt.broker: expected mqtts:// or wss:// with certificates, got ${got}`];
  };
}

function brokerHost(values: Values): string[] {
  const broker = values.text('mqtt.broker') ?? '';
  const unclear = userPart('mqtt.broker', broker, values);
  if (unclear !== null) return [unclear];
  if (!broker.includes('://') || (URL.canParse(broker) && new URL(broker).hostname !== '')) return [];
  const got = `"${maskCredentials(broker)}"${values.said('mqtt.broker')}`;
  return [`mqtt.broker: expected a host, and after a colon a port up to 65535 if any, got ${got}`];
}

/** `detector`, and each of its pools. */
function detectors(values: Values): string[] {
  return ['detector', ...Array.from({ length: values.count('detector.pools') }, (_, at) => `detector.pools.${at}`)];
}

function oneDetector(values: Values): string[] {
  return detectors(values).flatMap((at) => {
    const [command, socket] = [`${at}.command`, `${at}.socket`];
    if (!values.isSet(command) || !values.isSet(socket)) return [];
    return [`${command} and ${socket}: expected one of them, got both${values.said(command, socket)}`];
  });
}

function socketPath(values: Values): string[] {
  return detectors(values).flatMap((at) => {
    const bytes = Buffer.byteLength(values.text(`${at}.socket`) ?? '');
    if (bytes <= MAX_SOCKET_PATH_BYTES) return [];
    const expected = `expected a path of at most ${MAX_SOCKET_PATH_BYTES} bytes`;
    return [`${at}.socket: ${expected}, got ${bytes}${values.said(`${at}.socket`)}`];
  });
}

function poolsDiffer(values: Values): string[] {
  return differentNames(values, 'detector.pools', 'name');
}

/** A pool without a program of its own runs the built-in worker: which one the plain keys mean would be anybody's guess. */
function poolsAlone(values: Values): string[] {
  if (values.count('detector.pools') === 0) return [];
  return ['detector.command', 'detector.socket']
    .filter((key) => values.isSet(key))
    .map((key) => `${key} and detector.pools: expected it in the pool that it is of, got both${values.said(key)}`);
}

/** MQTT 3.1.1 forbids a password without a user name, and MQTT.js cannot send one with MQTT 5 either. */
function passwordHasUser(values: Values): string[] {
  const userInBroker = /:\/\/[^/@]+@/.test(values.text('mqtt.broker') ?? '');
  if (!values.isSet('mqtt.password') || values.isSet('mqtt.username') || userInBroker) return [];
  const got = `only a password${values.said('mqtt.password')}`;
  return [`mqtt.password and mqtt.username: expected a user name with the password, got ${got}`];
}

function openPortHasToken(values: Values): string[] {
  const host = values.text('http.host');
  if (!values.isTrue('http.enabled') || host === null || isLoopback(host) || values.isSet('http.token')) return [];
  const got = `host ${host}${values.said('http.host')} and no token`;
  return [
    `http.host and http.token: expected a token from EDGE_HTTP_TOKEN or http.tokenFile beyond loopback, got ${got}`,
  ];
}

function portsDiffer(values: Values): string[] {
  const [http, mqtt] = [values.number('http.port'), values.number('mqtt.embeddedPort')];
  const both = values.isTrue('http.enabled') && values.text('mqtt.broker') === 'embedded';
  if (!both || http === null || http === 0 || http !== mqtt) return [];
  const got = `${http} for both${values.said('http.port', 'mqtt.embeddedPort')}`;
  return [`http.port and mqtt.embeddedPort: expected different ports, got ${got}`];
}

function previewPerCamera(values: Values): string[] {
  const file = values.text('preview.file');
  if (file === null || values.count('cameras') < 2 || file.includes('{camera}')) return [];
  const got = `"${file}" for ${values.count('cameras')} cameras${values.said('preview.file')}`;
  return [`preview.file and cameras: expected {camera} in the name, got ${got}`];
}
