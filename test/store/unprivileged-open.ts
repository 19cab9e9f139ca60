// Started by database.test.ts: makes a database, takes the permissions named away, and opens it again as a user whom
// permissions bind. Tells on stdout how that went.
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EdgeError } from '../../src/foundation/errors.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';

const [, , file, folderMode] = process.argv as [string, string, string, string];
const NOBODY = 65534;
const options = { file, migrations: ['CREATE TABLE a (n INTEGER)'], log: silentLog };

mkdirSync(dirname(file), { recursive: true });
openDatabase(options).close();
chmodSync(file, 0o444);
if (process.getuid?.() === 0) {
  chownSync(dirname(file), NOBODY, NOBODY);
  chownSync(file, NOBODY, NOBODY);
}
chmodSync(dirname(file), Number.parseInt(folderMode, 8));
if (process.getuid?.() === 0) process.setuid?.(NOBODY);
try {
  const database = openDatabase(options);
  console.log(`readOnly ${database.readOnly} ${JSON.stringify(database.prepare('SELECT count(*) AS n FROM a').get())}`);
  database.close();
} catch (error) {
  console.log((error as EdgeError).code);
}
