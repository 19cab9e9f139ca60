import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a certificate and its key, made by openssl. */
export interface TestCertificate {
  readonly key: string;
  readonly certificate: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** `IP:127.0.0.1`; default that. */
  readonly for?: string;
  /** `YYYYMMDDHHMMSSZ` */
  readonly from?: string;
  readonly to?: string;
  /** May sign others. */
  readonly isAuthority?: boolean;
  /** Default: itself. */
  readonly signedBy?: TestCertificate;
}

const CONFIG = `
[ca]
default_ca = test
[test]
new_certs_dir = .
database = index
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

/** Makes a certificate in `folder`, valid from 2020 to 2099 unless it says otherwise. */
export function makeCertificate(folder: string, options: CertificateOptions): TestCertificate {
  const { name, from = '20200101000000Z', to = '20990101000000Z', signedBy } = options;
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, text] of [
    ['config', CONFIG],
    ['index', ''],
    ['serial', randomBytes(8).toString('hex')],
  ] as const) {
    writeFileSync(join(place, file), text);
  }
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: place, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem'];
  const extension = `subjectAltName=${options.for ?? 'IP:127.0.0.1'}`;
  openssl(
    'req',
    '-new',
    ...newKey,
    '-subj',
    `/CN=${name}`,
    '-addext',
    extension,
    '-addext',
    `basicConstraints=CA:${options.isAuthority ? 'TRUE' : 'FALSE'}`,
    '-out',
    'request.pem',
  );
  const signer = signedBy
    ? ['-cert', signedBy.certificate, '-keyfile', signedBy.key]
    : ['-selfsign', '-keyfile', 'key.pem'];
  const dates = ['-startdate', from, '-enddate', to];
  openssl(
    'ca',
    '-batch',
    '-notext',
    '-config',
    'config',
    ...signer,
    ...dates,
    '-in',
    'request.pem',
    '-out',
    'cert.pem',
  );
  return { key: join(place, 'key.pem'), certificate: join(place, 'cert.pem') };
}
