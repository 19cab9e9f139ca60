// Started by open-database.test.ts: advises as a user whom permissions bind, and tells on stdout which indexes.
import { adviseSqlite } from '../../../src/database/sqlite/advise.js';
import { explain } from '../../../src/foundation/errors.js';
import { loadSqlite } from '../../../src/store/sqlite.js';

// nobody may not be able to read the folder that the program lies in
loadSqlite();
process.setgroups?.([]);
process.setgid?.(65534);
process.setuid?.(65534);
try {
  const { create } = adviseSqlite(process.argv[2]!, [{ sql: 'SELECT note FROM fine WHERE car = 17', count: 100 }]);
  console.log(create.map(({ candidate }) => candidate.columns[0]?.column).join());
} catch (error) {
  console.log(explain(error));
}
