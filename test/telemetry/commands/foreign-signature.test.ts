import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { generateSigningKey, parsePrivateKey } from '../../../src/telemetry/commands/keys.js';
import { needs, where } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { adding, commandTo, message } from './signing.js';

const folder = temporaryFolder('foreign-signature');
const keyFile = join(folder, 'fleet-key.pem');
const { privatePem } = generateSigningKey();
writeFileSync(keyFile, privatePem);
const key = parsePrivateKey(privatePem);

const openssl = needs('openssl', test);
const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0;
const python = where(hasPython, 'cryptography for Python', test);

openssl('a command that OpenSSL signed, as docs/commands.md says, is obeyed', async () => {
  const command = JSON.stringify(commandTo('add', { a: 1, b: 2 }));
  const script = [
    `printf 'edge-command/v1\\n%s' "$command" > signed`,
    'openssl pkeyutl -sign -rawin -inkey fleet-key.pem -in signed | base64 -w0',
  ];
  const signature = execFileSync('sh', ['-ec', script.join('\n')], { cwd: folder, env: { ...process.env, command } });
  const { commands } = adding({ keys: [key] });
  const payload = { command, key: key.id, signature: signature.toString() };
  assert.equal((await commands.receive(message('add', payload)))!.result, { sum: 3 });
});

python('the Python of docs/commands.md makes a payload that is obeyed', async () => {
  const document = readFileSync(join(PROJECT_ROOT, 'docs/commands.md'), 'utf8');
  const [, shown] = /```python\n([\s\S]*?)```/.exec(document)!;
  const script = shown!
    .replace('import paho.mqtt.publish as publish\n', '')
    .replace(/^publish\.single\(.*$/m, 'print(payload)')
    .replace(
      '"name": "report", "site": "demo", "device": "cabinet7"',
      '"name": "add", "site": "site1", "device": "dev1"',
    )
    .replace('"body": {}', '"body": {"a": 1, "b": 2}');
  const { commands } = adding({ keys: [key], now: Date.now });
  const payload = execFileSync('python3', ['-c', script], { cwd: folder }).toString();
  assert.equal((await commands.receive(message('add', payload)))!.result, { sum: 3 });
});

test.run();
