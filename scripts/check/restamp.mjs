// Makes an unpacked bundle one of another version: node restamp.mjs FOLDER VERSION KEY.pem [ARCHIVE]
// Without an archive it stays unpacked, and cannot do its work: it starts, knows its version and takes a configuration, but ends
// when it is to watch cameras.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePrivateKey } from '../../dist/src/telemetry/commands/keys.js';
import { describeBundle, makeBundle } from '../../dist/src/update/make-bundle.js';

/** Level of gzip: the bundle that this one is made of was packed, and this one is read once. */
const STORED = 0;

const [folder, version, keyFile, archive] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const about = { ...read('manifest.json'), version };
const key = parsePrivateKey(readFileSync(keyFile, 'utf8'));

writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...read('package.json'), version }));
if (archive === undefined) {
  writeFileSync(join(folder, 'dist/src/cli/run.js'), "throw new Error('this version cannot do its work');\n");
  await describeBundle(folder, about, key);
} else {
  await makeBundle(folder, archive, `edge-inference-optimizer-${version}`, about, key, STORED);
}
