import { integrityOf } from '../../store/database-report.js';
import { FAILED } from '../exit-codes.js';
import { print, printJson, printTable } from '../print.js';
import { databasesIn, problemOf, type StoreFlags, storeFolder, tellOfTenants } from './folder.js';
import { rehearseMigration } from './rehearsal.js';

export interface StoreCheckFlags extends StoreFlags {
  readonly rehearse?: boolean;
}

/** `edge-optimizer store check`. @returns the exit code: 1 where a database is damaged or cannot be read */
export async function storeCheck(flags: StoreCheckFlags): Promise<number> {
  const folder = storeFolder(flags);
  const verdicts = databasesIn(folder).map((database) => ({
    name: database.name,
    problems: flags.rehearse ? rehearseMigration(database, folder) : checked(database.file),
  }));
  if (flags.json) printJson({ folder, databases: verdicts });
  else if (verdicts.length === 0) print(`no databases in ${folder}`);
  else
    printTable(
      ['database', 'verdict'],
      verdicts.map(({ name, problems }) => [name, problems.join('; ') || 'whole']),
    );
  tellOfTenants(folder, flags.rehearse ? 'check --rehearse' : 'check', flags);
  const isBad = verdicts.some(({ problems }) => problems.length > 0);
  if (isBad && flags.rehearse && !flags.json) {
    print('this version of the program cannot use these databases as they are: it would go on without what is in them');
  } else if (isBad && !flags.json) {
    print('a damaged database is set aside at the next start, and a new one begun; a backup may have what is lost');
  }
  return isBad ? FAILED : 0;
}

function checked(file: string): readonly string[] {
  try {
    return integrityOf(file);
  } catch (error) {
    return [problemOf(file, error)];
  }
}
