import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

/** Where the program is in the images of these tests: a name with a blank. */
export const PREFIX = '/opt/edge optimizer';

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

/** A program as a clone has it after its set-up, which is this very build. */
export function putProgram(root: string, prefix = PREFIX): void {
  const place = join(root, prefix);
  write(join(place, 'package.json'), '{ "type": "module" }');
  write(join(place, 'dist/src/main.js'), `await import('${pathToFileURL(join(PROJECT_ROOT, 'dist/src/main.js'))}');\n`);
  for (const folder of ['models', 'device-config', 'docs']) mkdirSync(join(place, folder), { recursive: true });
  for (const part of ['install.sh', 'install', 'systemd', 'edge-optimizer.mjs']) {
    cpSync(join(PROJECT_ROOT, 'scripts', part), join(place, 'scripts', part), { recursive: true });
  }
}

/** What useradd and this program's installer need of a Debian root, in a folder. */
export function makeImage(root: string): void {
  write(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  write(join(root, 'etc/group'), 'root:x:0:\nvideo:x:44:\nplugdev:x:46:\n');
  write(join(root, 'etc/shadow'), 'root:*:19000:0:99999:7:::\n', 0o640);
  write(join(root, 'etc/gshadow'), 'root:*::\nvideo:*::\nplugdev:*::\n', 0o640);
  write(
    join(root, 'etc/login.defs'),
    'SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\nUSERGROUPS_ENAB yes\n',
  );
  for (const folder of ['usr/local/bin', 'var/lib', 'etc/systemd/system'])
    mkdirSync(join(root, folder), { recursive: true });
  write(join(root, 'usr/sbin/nologin'), '', 0o755);
  putProgram(root);
  write(join(root, 'usr/local/bin/node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, 0o755);
}
