import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateReportView } from '../../dashboard/api/models.js';
import { z } from '../../foundation/validate.js';

/** Of the newest that are shown. */
const MOST_REPORTS = 20;
/** A longer one is none of the workshop's. */
const MOST_BYTES = 4 * 2 ** 20;

/** What of a `report.json` is shown; written by `models optimize`, by whatever version of it. */
const storedReport = z.object({
  model: z.string(),
  target: z.string(),
  startedAt: z.number(),
  recommended: z.string().nullable(),
  dryRun: z.boolean(),
  frames: z.object({ heldBack: z.number(), labelled: z.number() }),
  outcomes: z.array(
    z.object({
      id: z.string(),
      verdict: z.string(),
      reason: z.string().nullable(),
      bytes: z.number().nullable(),
      gate: z.object({ f1: z.number() }).nullable().catch(null),
      accuracy: z.object({ relativeToFp32: z.number() }).nullable().catch(null),
      speed: z.object({ speedup: z.number() }).nullable().catch(null),
    }),
  ),
});

/** The reports of the workshop in a folder, newest first; what is none is left out. @param folder `reports` of `store.dir` */
export async function readGateReports(folder: string): Promise<GateReportView[]> {
  const names = await readdir(folder).catch(() => []);
  const dated = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name, 'report.json');
      const found = await stat(file).catch(() => null);
      return found?.isFile() && found.size <= MOST_BYTES ? { name, file, at: found.mtimeMs } : null;
    }),
  );
  const newest = dated
    .filter((one) => one !== null)
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_REPORTS);
  const read = await Promise.all(newest.map(({ name, file }) => readGateReport(name, file)));
  return read.filter((report) => report !== null);
}

async function readGateReport(name: string, file: string): Promise<GateReportView | null> {
  try {
    const report = storedReport.parse(JSON.parse(await readFile(file, 'utf8')));
    return {
      report: name,
      at: report.startedAt,
      model: report.model,
      target: report.target,
      recommended: report.recommended,
      isDryRun: report.dryRun,
      pictures: report.frames.heldBack,
      labelled: report.frames.labelled,
      outcomes: report.outcomes.map(({ id, verdict, reason, bytes, gate, accuracy, speed }) => ({
        id,
        verdict,
        reason,
        bytes,
        accuracyKept: verdict === 'reference' ? 1 : (accuracy?.relativeToFp32 ?? gate?.f1 ?? null),
        speedup: speed?.speedup ?? null,
      })),
    };
  } catch {
    return null;
  }
}
