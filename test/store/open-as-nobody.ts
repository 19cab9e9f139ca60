// Started by disk-trouble.test.ts: opens a database as a user whom permissions bind, and tells on stdout what is wrong.
import { explain } from '../../src/foundation/errors.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { loadSqlite } from '../../src/store/sqlite.js';

// nobody may not be able to read the folder that the program lies in
loadSqlite();
process.setgroups?.([]);
process.setgid?.(65534);
process.setuid?.(65534);
try {
  const migrations = ['CREATE TABLE a (n INTEGER) STRICT;'];
  const database = openDatabase({ file: process.argv[2]!, migrations, log: silentLog });
  console.log(`only read: ${database.readOnlyBecause}`);
} catch (error) {
  console.log(explain(error));
}
