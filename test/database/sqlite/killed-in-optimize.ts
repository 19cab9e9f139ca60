import { openForWriting } from '../../../src/database/sqlite/open-database.js';
import { noteTrial } from '../../../src/database/sqlite/trial-note.js';

// a program that is killed the moment that it has made the index which it tries
const file = process.argv[2]!;
const sql = 'CREATE INDEX "by_car" ON "fine" ("car")';
noteTrial(file, { name: 'by_car', sql });
openForWriting(file).exec(sql);
process.kill(process.pid, 'SIGKILL');
