import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { camerasOf } from '../config/tenants.js';
import { languageOf } from '../diagnose/languages/languages.js';
import { readChainOfDay, type TimeOfDay } from '../evidence/chain/reported-chain.js';
import { ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { dateAfter, localDate, localDay, zoneOfMachine } from '../report/day/local-day.js';
import type { ReportLanguageCode } from '../report/languages/report-languages.js';
import { type MadeReport, makeReport, type ReportTask } from '../report/make-report.js';
import { deviceScope } from '../runtime/device-scope.js';
import { reportTerms } from '../runtime/reports/report-terms.js';
import type { ReportedChain } from '../telemetry/mqtt/messages/daily-report.js';
import { evidenceFolder } from './evidence/place.js';
import { historyFile, type TenantHistoryPlace } from './history/file.js';
import { print, printJson } from './print.js';

/** What the command line says, as it was typed. */
export interface ReportFlags extends TenantHistoryPlace {
  readonly day?: string;
  readonly week?: string;
  readonly open?: boolean;
  readonly html?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly lang?: ReportLanguageCode;
}

/**
 * `report`: makes a report of a day or a week from the history, also while the program runs.
 *
 * @param now Unix ms
 * @throws ConfigError where there is no history, or no such day; EdgeError E_OUTPUT where it cannot be read or written
 */
export async function showReport(flags: ReportFlags, now = Date.now()): Promise<number> {
  if (flags.json && flags.markdown) throw refused('--json and --markdown: expected one of them, got both');
  const lang = flags.lang ?? languageOf(process.env);
  const made = makeReport(await taskOf(flags, lang, now));
  const { html, markdown } = made.pages[0]!;
  if (flags.html !== undefined) write(flags.html, html);
  if (flags.open) await show(made, html);
  if (flags.json) printJson(made.report);
  else if (flags.markdown || (flags.html === undefined && !flags.open)) print(markdown.trimEnd());
  return 0;
}

async function taskOf(flags: ReportFlags, lang: ReportLanguageCode, now: number): Promise<ReportTask> {
  const { tenant = null, day, week } = flags;
  const { file, config } = historyFile(flags);
  const { tenant: _, ...place } = flags;
  const deviceFile = tenant === null || flags.file !== undefined ? file : historyFile(place).file;
  const timeZone = config.report.timeZone ?? zoneOfMachine();
  const { site, device: name } = deviceScope(config);
  const date = dateOf(week ?? day ?? 'yesterday', week === undefined ? '--day' : '--week', localDate(now, timeZone));
  // of a file from elsewhere this configuration says nothing
  const isHere = flags.file === undefined;
  const isDaily = week === undefined;
  return {
    kind: isDaily ? 'daily' : 'weekly',
    date,
    timeZone,
    file,
    deviceFile,
    name: `${site}/${name}`,
    cameras: isHere ? camerasOf(config, tenant).map(({ id }) => id) : [],
    tenant,
    terms: reportTerms(config),
    prospects: [],
    health: [],
    evidenceChain: isHere && isDaily ? await evidenceOf(config, tenant, localDay(date, timeZone)) : null,
    madeAt: now,
    languages: [lang],
  };
}

/** How far the evidence is, as its folder says; null where none is kept, or who asks may not read it. */
async function evidenceOf(config: Config, tenant: string | null, day: TimeOfDay): Promise<ReportedChain | null> {
  const kinds = [config.evidence.on, ...config.cameras.map(({ evidence = [] }) => evidence)];
  if (kinds.every(({ length }) => length === 0)) return null;
  return readChainOfDay(evidenceFolder(config, tenant), day).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') return null;
    throw new EdgeError('E_OUTPUT', `how far the evidence is cannot be read: ${explain(error)}`, { cause: error });
  });
}

/** @throws ConfigError where it is no day, or one that is still to come */
function dateOf(text: string, flag: string, today: string): string {
  const date = text === 'today' ? today : text === 'yesterday' ? dateAfter(today, -1) : text;
  try {
    dateAfter(date, 0);
  } catch {
    throw refused(`${flag}: expected a day like 2026-11-27, today or yesterday, got ${text || 'nothing'}`);
  }
  if (date > today) throw refused(`${flag}: expected a day up to today, ${today}, got ${text}`);
  return date;
}

/** Shows a page in the browser that the system opens pages with; where there is none it says where the page is. */
async function show({ id }: MadeReport, html: string): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'edge-report-')), `${id}.html`);
  write(file, html);
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const isShown = await new Promise<boolean>((answer) => {
    const child = spawn(opener, [file], { stdio: 'ignore', detached: true });
    child.once('error', () => answer(false));
    child.once('spawn', () => answer(true));
    child.unref();
  });
  print(isShown ? `${file} is opened` : `no browser can be opened here (${opener}): the page is ${file}`);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(resolve(file), text);
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `the report cannot be written to ${file}: ${explain(cause)}`, { cause });
  }
}

const refused = (problem: string): ConfigError => new ConfigError('no report to show', [problem]);
