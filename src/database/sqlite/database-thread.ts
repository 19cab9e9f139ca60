import { parentPort, workerData } from 'node:worker_threads';
import { explain } from '../../foundation/errors.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { statementUse } from '../sql/statement-use.js';
import { adviseSqlite } from './advise.js';
import type { ThreadAnswer, ThreadTask } from './in-thread.js';
import { openForReading, openForWriting } from './open-database.js';
import { readSchema } from './read-schema.js';
import { sqliteReport } from './sqlite-report.js';

/* The thread of in-thread.ts: does one thing to one database with a connection of its own, says what came of it, and ends. */

const task = workerData as ThreadTask;

function done(): unknown {
  if (task.kind === 'execute') return execute(task.file, task.statements);
  if (task.kind === 'report') return sqliteReport(task.file);
  const { file, workload, options } = task;
  return { advice: adviseSqlite(file, workload, options), writers: writersOf(file, workload) };
}

function execute(file: string, statements: readonly string[]): null {
  const sqlite = openForWriting(file);
  try {
    // of an index that is made, nothing is there before the planner knows of it
    sqlite
      .transaction(() => {
        for (const statement of statements) sqlite.exec(statement);
      })
      .immediate();
    return null;
  } finally {
    sqlite.close();
  }
}

function writersOf(file: string, workload: readonly WorkloadStatement[]): Map<string, string[]> {
  const sqlite = openForReading(file);
  try {
    const schema = readSchema(sqlite);
    const writers = new Map<string, string[]>();
    for (const { sql } of workload) {
      for (const table of statementUse(sql, schema)?.writes ?? []) {
        writers.set(table, [...(writers.get(table) ?? []), sql]);
      }
    }
    return writers;
  } finally {
    sqlite.close();
  }
}

async function answer(): Promise<ThreadAnswer> {
  try {
    return { result: await done() };
  } catch (error) {
    return { error: explain(error) };
  }
}

parentPort!.postMessage(await answer());
