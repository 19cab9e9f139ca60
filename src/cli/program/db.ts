import type { Command } from 'commander';
import { each, numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const WORKLOAD_HELP = `
--workload FILE says what the database is asked: statements of SQL, each as often as it comes or as \`-- count: N\` on the
line above says; or JSON, a list or a line each, of {"sql", "count", "examples"}. Without it: what its foreign keys and
views tell. Indexes are tried on a copy, in the folder that TMPDIR names; only optimize changes anything.`;

/** `edge-optimizer db`. */
export function addDb(program: Command, perform: Perform): void {
  const db = program
    .command('db')
    .description('look after any SQLite database: its health, its slow queries, its indexes');
  const command = (usage: string, description: string): Command =>
    db
      .command(usage)
      .description(description)
      .option('-w, --workload <file>', 'what the database is asked: SQL or JSON')
      .option('--json', 'one JSON object')
      .addHelpText('after', WORKLOAD_HELP);
  command('report <file>', 'health, tables, queries with their plans and what is wrong with them')
    .option('--html <file>', 'also write it as a page')
    .option('--advise', 'also say which indexes would help')
    .option('--baseline <name=value>', 'what health is held against, as fsyncMs=5; repeatable', each)
    .option('--trend <file>', 'keep what came out in this file, and say what became worse')
    .option('--check-all', 'read all of a file of more than 512 MiB too')
    .option('--min-score <n>', 'exit code 1 where health is below, 0 to 100', numberArgument(0, 100))
    .action((file, options) => perform(async () => (await import('../db/report.js')).dbReport(file, options)));
  command('advise <file>', 'which indexes would make it faster, and which it can do without')
    .option('--sql', 'only the statements')
    .action((file, options) => perform(async () => (await import('../db/advise.js')).dbAdvise(file, options)));
  command(
    'optimize <file>',
    'statistics, log, free pages, and the indexes of advise, each taken back where it does not pay',
  )
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'the database may be changed')
    .action((file, options) => perform(async () => (await import('../db/optimize.js')).dbOptimize(file, options)));
}
