import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadConfig } from '../config/load.js';
import { EdgeError } from '../foundation/errors.js';
import { fromRoot } from '../foundation/home.js';
import { maskCredentials } from '../foundation/log.js';
import { makePrivateFolder, PRIVATE_FILE } from '../foundation/private-files.js';
import { encodeJpeg } from '../media/image.js';
import { ModelRegistry } from '../models/registry.js';
import { reportMarkdown } from '../optimize/report/markdown.js';
import { reportPage } from '../optimize/report/page.js';
import { decision, goLive, megabytes, ms, share, times, verdictText } from '../optimize/report/wording.js';
import { type Outcome, relativeAccuracy, type WorkshopReport } from '../optimize/workshop/outcome.js';
import { makeVariants } from '../optimize/workshop/workshop.js';
import { type FrameFlags, gatherFor, untilInterrupted } from './frames-for-models.js';
import { giveWay } from './low-priority.js';
import { print, printJson, printTable } from './print.js';
import { StepLine } from './step-line.js';
import { parseKept, parseOnly, parseSizes, parseTarget } from './workshop-flags.js';

export interface OptimizeCommand extends FrameFlags {
  readonly name: string;
  readonly dir?: string;
  readonly judgeOn?: readonly string[];
  readonly target?: string;
  readonly minF1?: number;
  readonly only?: string;
  readonly sizes?: string;
  readonly classes?: string;
  /** Folder for the report; else one in `reports` in the store's folder. */
  readonly report?: string;
  /** The site's file, which names the store's folder. */
  readonly config?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const MIN_F1 = 0.97;
const JPEG_QUALITY = 72;
const INTERRUPTED = 1;

/** `models optimize NAME --frames …` @returns the exit code @throws ConfigError for flags, ModelError, SourceError */
export async function optimizeModel(command: OptimizeCommand): Promise<number> {
  const { name, json = false, dryRun = false } = command;
  const reports = reportsFolder(command.config);
  const target = parseTarget(command.target);
  const [only, sizes] = [parseOnly(command.only, target), parseSizes(command.sizes)];
  const modelsDir = fromRoot(command.dir ?? 'models');
  const { manifest } = await (await ModelRegistry.open(modelsDir)).find(name);
  const classes = parseKept(command.classes, manifest.classes);
  giveWay();
  const line = new StepLine(`optimizing ${name}`);
  const report = await untilInterrupted(async (signal) => {
    const show = (progress: Parameters<StepLine['show']>[0]): void => line.show(progress);
    const gathered = await gatherFor(manifest.classes, command, show, signal);
    const judging =
      command.judgeOn === undefined
        ? null
        : await gatherFor(manifest.classes, { ...command, frames: command.judgeOn }, show, signal);
    try {
      const made = await makeVariants({
        modelsDir,
        model: name,
        frames: gathered.frames,
        judgeOn: judging?.frames ?? null,
        framesFrom: sourcesText(command),
        target,
        minF1: command.minF1 ?? MIN_F1,
        only,
        sizes,
        classes,
        dryRun,
        encodeJpeg: ({ data, width, height }) => encodeJpeg(data, width, height, JPEG_QUALITY),
        onProgress: show,
        signal,
      });
      return { ...made, notes: [...gathered.notes, ...(judging?.notes ?? []), ...made.notes] };
    } finally {
      await gathered.frames.close();
      await judging?.frames.close();
    }
  }).finally(() => line.stop());
  if (report === null) {
    process.stderr.write(`stopped: ${join(modelsDir, name)} is as it was\n`);
    return INTERRUPTED;
  }
  const folder = resolve(command.report ?? join(reports, folderName(report)));
  await writeReport(folder, report);
  if (json) printJson({ ...withoutPictures(report), report: join(folder, 'report.html') });
  else printSummary(report, folder);
  return 0;
}

/** Where reports go unless told. @throws ConfigError before anything is made, where the site's file cannot be used */
function reportsFolder(file: string | undefined): string {
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  return fromRoot(join(config.store.dir, 'reports'));
}

/** Writes report.html, report.md and report.json. @throws EdgeError E_OUTPUT where the folder cannot be written */
async function writeReport(folder: string, report: WorkshopReport): Promise<void> {
  try {
    makePrivateFolder(folder);
    const mode = PRIVATE_FILE;
    await writeFile(join(folder, 'report.html'), reportPage(report), { mode });
    await writeFile(join(folder, 'report.md'), reportMarkdown(report), { mode });
    await writeFile(join(folder, 'report.json'), `${JSON.stringify(withoutPictures(report), null, 2)}\n`, { mode });
  } catch (error) {
    throw new EdgeError(
      'E_OUTPUT',
      `cannot write the report into ${folder}: name a folder that this user may write to with --report; ${
        report.dryRun ? 'nothing was registered' : 'the variants are registered'
      }`,
      { context: { folder }, cause: error },
    );
  }
}

function withoutPictures(report: WorkshopReport): object {
  return { ...report, disagreements: report.disagreements.map(({ jpeg: _, ...rest }) => rest) };
}

function printSummary(report: WorkshopReport, folder: string): void {
  const { headline, details } = decision(report);
  const head = ['VARIANT', 'VERDICT', 'KEPT', 'F1', 'MS', 'SPEED', 'MB'];
  printTable(head, report.outcomes.map(summaryRow));
  for (const { id, reason } of report.outcomes.filter(({ reason }) => reason !== null)) print(`${id}: ${reason}`);
  print(`\n${headline}`);
  for (const detail of details) print(`  ${detail}`);
  for (const note of report.notes) print(`  note: ${note}`);
  print(`\nreport: ${join(folder, 'report.html')}`);
  const command = goLive(report);
  if (command) print(`go live: ${command}`);
}

function summaryRow(outcome: Outcome): string[] {
  const { id, gate, speed, bytes } = outcome;
  return [
    id,
    verdictText(outcome),
    share(relativeAccuracy(outcome)),
    share(gate?.f1),
    ms(speed?.p50Ms),
    times(speed?.speedup),
    megabytes(bytes),
  ];
}

function sourcesText({ frames = [], judgeOn }: OptimizeCommand): string {
  const made = frames.map(maskCredentials).join(', ');
  return judgeOn ? `${made}; judged on ${judgeOn.map(maskCredentials).join(', ')}` : made;
}

/** `roadside-n-cpu-2026-05-01T1030` */
function folderName({ model, target, startedAt }: WorkshopReport): string {
  return `${model}-${target}-${new Date(startedAt).toISOString().slice(0, 16).replace(':', '')}`;
}
