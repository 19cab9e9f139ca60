import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCertificate, tlsPlace } from '../../src/capture/camera-connection.js';
import { type CameraTrust, distrust, type PeerProof } from '../../src/capture/camera-trust.js';
import { explain } from '../../src/foundation/errors.js';
import { has, needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { makeCertificate, type TestCertificate } from './certificates.js';

const folder = temporaryFolder('certificates');
const needsOpenssl = needs('openssl', test);
const nobody: CameraTrust = { caFile: null, fingerprint: null, verify: true };

/** What is said of a camera with this certificate; `taken` where it is trusted. */
async function verdict(
  { key, certificate }: TestCertificate,
  trust: Partial<CameraTrust>,
  tls: TlsOptions = {},
): Promise<string> {
  const server = createServer({ ...tls, key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    socket.on('error', () => undefined);
  });
  return askedOf(server, trust);
}

async function askedOf(
  server: Pick<Server, 'listen' | 'address' | 'close'>,
  trust: Partial<CameraTrust>,
): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const place = { host: '127.0.0.1', port };
    await checkCertificate(place, { ...nobody, ...trust }, 5000, new AbortController().signal);
    return 'taken';
  } catch (error) {
    return explain(error).replaceAll(`${port}`, 'PORT');
  } finally {
    server.close();
  }
}

function fingerprintOf({ certificate }: TestCertificate): string {
  const told = execFileSync('openssl', ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha256'], {
    encoding: 'utf8',
  });
  return told.trim().split('=')[1]!.replaceAll(':', '').toLowerCase();
}

const made = new Map<string, TestCertificate>();
if (has('openssl')) {
  const ca = makeCertificate(folder, { name: 'ca', for: 'DNS:ca', isAuthority: true });
  made.set('ca', ca);
  made.set('own', makeCertificate(folder, { name: 'own' }));
  made.set('signed', makeCertificate(folder, { name: 'signed', signedBy: ca }));
  made.set('expired', makeCertificate(folder, { name: 'expired', to: '20210101000000Z', signedBy: ca }));
  made.set('future', makeCertificate(folder, { name: 'future', from: '20980101000000Z', signedBy: ca }));
  made.set('elsewhere', makeCertificate(folder, { name: 'elsewhere', for: 'DNS:cam.example', signedBy: ca }));
}
const certificate = (name: string): TestCertificate => made.get(name)!;
const caFile = join(folder, 'ca', 'cert.pem');

needsOpenssl("a camera's own certificate is refused with its fingerprint and how to fetch it", async () => {
  const own = fingerprintOf(certificate('own'));
  assert.is(
    await verdict(certificate('own'), {}),
    'the certificate of 127.0.0.1:PORT is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT): ' +
      `if the camera itself shows the fingerprint ${own}, set it as tlsFingerprint (--tls-fingerprint); or save it with ` +
      '"openssl s_client -connect 127.0.0.1:PORT </dev/null | openssl x509 > camera.pem" and set tlsCaFile: camera.pem (--tls-ca-file)',
  );
});

needsOpenssl('it is taken with its fingerprint, as a file, or unseen', async () => {
  const own = certificate('own');
  assert.is(await verdict(own, { fingerprint: fingerprintOf(own) }), 'taken');
  assert.is(await verdict(own, { caFile: own.certificate }), 'taken');
  assert.is(await verdict(own, { verify: false }), 'taken');
});

needsOpenssl('a certificate that an authority of the file has signed is taken, another one is not', async () => {
  assert.is(await verdict(certificate('signed'), { caFile }), 'taken');
  assert.match(
    await verdict(certificate('own'), { caFile }),
    `is signed by itself, nor is it in tlsCaFile (${caFile}) (DEPTH_ZERO_SELF_SIGNED_CERT)`,
  );
  assert.match(await verdict(certificate('signed'), {}), 'is signed by ca, which is unknown here');
});

needsOpenssl('expired, not yet valid and for another name are told apart', async () => {
  assert.match(await verdict(certificate('expired'), { caFile }), 'expired on 2021-01-01, and it is 2');
  assert.match(await verdict(certificate('future'), { caFile }), 'is valid from 2098-01-01 only, and it is 2');
  assert.match(
    await verdict(certificate('elsewhere'), { caFile }),
    'is for DNS:cam.example: write that name into the URL, or if the camera itself shows the fingerprint ',
  );
});

needsOpenssl('another certificate than the pinned one is refused, whoever signed it', async () => {
  const pinned = fingerprintOf(certificate('own'));
  assert.match(
    await verdict(certificate('signed'), { fingerprint: pinned }),
    `expected ${pinned} (tlsFingerprint): the camera has a new certificate, or something else answers in its place`,
  );
});

needsOpenssl('a pinned certificate may have run out and be for any name', async () => {
  const expired = certificate('expired');
  assert.is(await verdict(expired, { fingerprint: fingerprintOf(expired) }), 'taken');
});

needsOpenssl(
  'a camera that speaks TLS 1.0 only is taken with its fingerprint, and refused with that advice',
  async () => {
    const own = certificate('own');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    assert.match(
      await verdict(own, {}, old),
      'it speaks an encryption too old to be trusted; set its tlsFingerprint (--tls-fingerprint)',
    );
    assert.is(await verdict(own, { fingerprint: fingerprintOf(own) }, old), 'taken');
  },
);

test('a port that does not speak TLS is named', async () => {
  const server = createPlainServer((socket) => socket.end('RTSP/1.0 400 Bad Request\r\n\r\n'));
  assert.match(
    await askedOf(server as unknown as Server, {}),
    'no TLS connection to 127.0.0.1 port PORT: nothing speaks TLS there; check the port, or write the address without its s',
  );
});

test('a file of certificates that is gone is named', async () => {
  const server = createPlainServer(() => undefined);
  assert.match(
    await askedOf(server as unknown as Server, { caFile: '/nowhere/ca.pem' }),
    'tlsCaFile cannot be read from /nowhere/ca.pem',
  );
});

test('a clock that was never set is named as the cause', () => {
  const proof: PeerProof = {
    where: 'cam:322',
    fault: 'CERT_NOT_YET_VALID',
    fingerprint: 'ab',
    issuer: 'ca',
    names: 'DNS:cam',
    validFrom: Date.UTC(2025, 0, 1),
    validTo: Date.UTC(2035, 0, 1),
  };
  assert.is(
    distrust(proof, nobody, 60_000),
    "the certificate of cam:322 is valid from 2025-01-01 only, and it is 1970-01-01 by this device's clock: set the clock (timedatectl)",
  );
});

test('where the TLS connection of an address goes', () => {
  assert.equal(tlsPlace('rtsps://u:p@cam.example/1'), { host: 'cam.example', port: 322 });
  assert.equal(tlsPlace('https://[2001:db8::1]/x'), { host: '2001:db8::1', port: 443 });
  assert.equal(tlsPlace('rtsps://192.0.2.1:7441/x'), { host: '192.0.2.1', port: 7441 });
  assert.is(tlsPlace('rtsp://cam/1'), null);
  assert.is(tlsPlace('/data/film.mp4'), null);
});

test.run();
