import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, writeWhole } from '../../foundation/private-files.js';
import { dateAfter } from '../day/local-day.js';
import type { ReportLanguageCode } from '../languages/report-languages.js';
import type { MadeReport } from '../make-report.js';

/** What a report is kept as. */
export type ReportForm = 'json' | 'html' | 'markdown';

/** A report that is kept. */
export interface KeptReport {
  /** `daily-2026-11-27`, `weekly-2026-W48`. */
  readonly id: string;
  readonly kind: 'daily' | 'weekly';
  /** The day, or the week: `2026-11-27`, `2026-W48`. */
  readonly of: string;
}

const ID = /^(daily)-(\d{4}-\d\d-\d\d)$|^(weekly)-(\d{4}-W\d\d)$/;
const FILE = /^((?:daily|weekly)-[\dW-]+)\./;
const ENDINGS = { html: 'html', markdown: 'md' } as const;

/** The files of reports in one folder: of each its JSON, and a page and Markdown in each language. */
export class ReportFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether the report is there, all of it: its JSON is written last. */
  has(id: string): boolean {
    return existsSync(this.#jsonOf(id));
  }

  /** Those that are there, by their last day, the newest first: a week comes with its Sunday. */
  list(): KeptReport[] {
    return this.#names()
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => keptOf(name.slice(0, -'.json'.length)) ?? [])
      .map((kept) => ({ kept, last: lastDayOf(kept) }))
      .sort((a, b) => (a.last === b.last ? a.kept.kind.localeCompare(b.kept.kind) : a.last < b.last ? 1 : -1))
      .map(({ kept }) => kept);
  }

  /** Its text; null where there is no such report, or not in that language. */
  read(id: string, form: ReportForm, lang: ReportLanguageCode): string | null {
    // it comes from the network and becomes a file's name
    if (!ID.test(id)) return null;
    const file = form === 'json' ? this.#jsonOf(id) : join(this.folder, `${id}.${lang}.${ENDINGS[form]}`);
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return null;
    }
  }

  /** Writes it over what is there of it. @throws the file system's error */
  async write({ id, report, pages }: MadeReport): Promise<void> {
    makePrivateFolder(this.folder);
    for (const { lang, html, markdown } of pages) {
      await writeWhole(join(this.folder, `${id}.${lang}.html`), html, { durable: false });
      await writeWhole(join(this.folder, `${id}.${lang}.md`), markdown, { durable: false });
    }
    await writeWhole(this.#jsonOf(id), `${JSON.stringify(report)}\n`);
  }

  /** Removes what is older than so many days. @param today `2026-11-27` @throws the file system's error */
  forget(today: string, keepDays: number): void {
    const oldest = dateAfter(today, -keepDays);
    for (const name of this.#names()) {
      const kept = keptOf(FILE.exec(name)?.[1] ?? '');
      if (kept !== null && lastDayOf(kept) < oldest) rmSync(join(this.folder, name), { force: true });
    }
  }

  #jsonOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  #names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch {
      return []; // none was made yet
    }
  }
}

function keptOf(id: string): KeptReport | null {
  const [, daily, day, , week] = ID.exec(id) ?? [];
  if (day === undefined && week === undefined) return null;
  return { id, kind: daily === undefined ? 'weekly' : 'daily', of: (day ?? week)! };
}

/** The Sunday of a week: the fourth of January is in the first one. */
function lastDayOf({ kind, of }: KeptReport): string {
  if (kind === 'daily') return of;
  const [year, week] = [of.slice(0, 4), Number(of.slice(6))];
  const fourth = `${year}-01-04`;
  const weekday = (new Date(`${fourth}T00:00:00Z`).getUTCDay() + 6) % 7;
  return dateAfter(fourth, 6 - weekday + (week - 1) * 7);
}
