import type { Command } from 'commander';
import type { Perform } from './perform.js';

const BACKUP_HELP = `
FILE becomes a tar archive; an existing folder, or a name that ends in /, gets the databases as files. Each is a whole copy of one
moment, checked before it counts; a running program goes on. To restore: stop the program, remove the databases in store.dir with
their -wal and -shm files, unpack, start it. cache.db and outbox.db are left out: the one fills itself again, and of the other an old copy would send again what receivers
have. --all takes them too.`;

const VACUUM_HELP = `
The program must be stopped. Needs as much free room as the largest database takes. A file of an earlier version gives free pages
back by itself from then on.`;

/** `edge-optimizer store`. */
export function addStore(program: Command, perform: Perform): void {
  const store = program.command('store').description('look after the databases of store.dir');
  const command = (usage: string, description: string): Command =>
    store
      .command(usage)
      .description(description)
      .option('-c, --config <file>', "the site's configuration file, for its store.dir")
      .option('--tenant <id>', 'what is kept for this tenant, in place of the device')
      .option('--json', 'one JSON object');
  command('info', 'what is kept, how much room it takes, what it lies on').action((options) =>
    perform(async () => (await import('../store/info.js')).storeInfo(options)),
  );
  command('check', 'read all of every database; exit code 1 where one is damaged')
    .option('--rehearse', 'bring copies of them to the form that this version needs, and check these')
    .action((options) => perform(async () => (await import('../store/check.js')).storeCheck(options)));
  command('backup <file>', 'copy the databases, also while the program runs')
    .option('--all', 'also cache.db and outbox.db')
    .option('--force', 'replace what has that name')
    .addHelpText('after', BACKUP_HELP)
    .action((file, options) => perform(async () => (await import('../store/backup.js')).storeBackup(file, options)));
  command('vacuum', 'give free room back to the disk; the program must be stopped')
    .addHelpText('after', VACUUM_HELP)
    .action((options) => perform(async () => (await import('../store/vacuum.js')).storeVacuum(options)));
}
