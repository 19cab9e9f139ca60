import type { Command } from 'commander';
import { each, numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const WORKLOAD_HELP = `
--workload FILE says what the database is asked: statements of SQL, each as often as it comes or as \`-- count: N\` on the
line above says; or JSON, a list or a line each, of {"sql", "count", "examples"}. Without it: what the foreign keys and
views of a file tell, and what pg_stat_statements of a server has counted. Indexes of a file are tried on a copy, in the
folder that TMPDIR names; only optimize changes anything.

A server of PostgreSQL: postgres://host:5432/dbname, a user before the host where one is needed; its password in PGPASSWORD
or ~/.pgpass. It needs two packages: npm install pg@8.23.1 libpg-query@18.1.5`;

/** `edge-optimizer db`. */
export function addDb(program: Command, perform: Perform): void {
  const db = program
    .command('db')
    .description('look after any database of SQLite or PostgreSQL: its health, its slow queries, its indexes');
  const command = (usage: string, description: string): Command =>
    db
      .command(usage)
      .description(description)
      .option('-w, --workload <file>', 'what the database is asked: SQL or JSON')
      .option('--json', 'one JSON object')
      .addHelpText('after', WORKLOAD_HELP);
  command('report <database>', 'health, tables, queries with their plans and what is wrong with them')
    .option('--html <file>', 'also write it as a page')
    .option('--advise', 'also say which indexes would help')
    .option('--baseline <name=value>', 'what health is held against, as fsyncMs=5; repeatable', each)
    .option('--trend <file>', 'keep what came out in this file, and say what became worse')
    .option('--check-all', 'read all of a file of more than 512 MiB too')
    .option('--min-score <n>', 'exit code 1 where health is below, 0 to 100', numberArgument(0, 100))
    .action((file, options) => perform(async () => (await import('../db/report.js')).dbReport(file, options)));
  command('advise <database>', 'which indexes would make it faster, and which it can do without')
    .option('--sql', 'only the statements')
    .option(
      '--most-s <seconds>',
      'seconds after which the best so far is the advice; default 120',
      numberArgument(1, 86_400),
    )
    .action((file, options) => perform(async () => (await import('../db/advise.js')).dbAdvise(file, options)));
  command(
    'optimize <database>',
    'statistics, log, free pages, and the indexes of advise, each taken back where it does not pay',
  )
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'the database may be changed')
    .action((file, options) => perform(async () => (await import('../db/optimize.js')).dbOptimize(file, options)));
  db.command('watch <file>')
    .description(
      'sizes, log, locks, fsync and health of a file, again and again until Ctrl-C; of one of the store also its queries',
    )
    .option('--every <seconds>', 'seconds between two looks; default 2', numberArgument(0.2, 86_400))
    .option('--count <n>', 'so many looks', numberArgument(1, 1_000_000))
    .option('-c, --config <file>', 'configuration of the program whose own store it may be')
    .option('--json', 'one line of JSON a look')
    .action((file, options) => perform(async () => (await import('../db/watch.js')).dbWatch(file, options)));
}
