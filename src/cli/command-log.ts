import { CommandLog, type LoggedCommand } from '../store/command-log.js';
import { readDatabase } from '../store/read-database.js';
import { type HistoryPlace, historyFile } from './history/file.js';
import { oneLine, print, printJson, printTable } from './print.js';
import { longTime } from './times.js';

export interface ShowLogOptions extends HistoryPlace {
  readonly limit: number;
  readonly json?: boolean;
}

/**
 * `command log`: what was commanded on this device, also while its program runs.
 *
 * @throws ConfigError where there is no history; EdgeError where it cannot be read
 */
export function showLog({ limit, json, ...place }: ShowLogOptions): number {
  const database = readDatabase(historyFile(place).file);
  try {
    const commands = CommandLog.lastOf(database, limit);
    if (json) for (const command of commands) printJson(jsonOf(command));
    else if (commands.length === 0) print('nothing was commanded yet');
    else printTable(['when (UTC)', 'key', 'command', 'body', 'outcome'], commands.map(rowOf));
  } finally {
    database.close();
  }
  return 0;
}

function jsonOf({ at, key, id, name, toSite, body, doneAt, result }: LoggedCommand): object {
  return {
    at,
    key,
    id: JSON.parse(id) as unknown,
    name,
    toSite,
    body: JSON.parse(body) as unknown,
    doneAt,
    result: result === null ? null : (JSON.parse(result) as unknown),
  };
}

function rowOf(command: LoggedCommand): string[] {
  const { at, key, name, toSite, body } = command;
  return [longTime(at), key, toSite ? `${name} (site)` : name, short(body), outcomeOf(command)];
}

function outcomeOf({ result }: LoggedCommand): string {
  if (result === null) return 'begun, and never ended';
  const { ok, error, result: answer } = JSON.parse(result) as { ok: boolean; error?: string; result?: object };
  return short(ok ? `done ${JSON.stringify(answer ?? {})}` : `failed: ${error}`);
}

const short = (text: string): string => oneLine(text.length > 100 ? `${text.slice(0, 97)}…` : text);
