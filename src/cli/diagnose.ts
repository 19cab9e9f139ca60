import { performance } from 'node:perf_hooks';
import { atHome } from '../config/at-home.js';
import { configSchema } from '../config/config.js';
import { siteFileOf } from '../config/installed-site.js';
import { type ReadConfig, readConfig } from '../config/load.js';
import { readConfigFile } from '../config/site-file.js';
import { tenantOfCamera } from '../config/tenants.js';
import type { Check, Patient } from '../diagnose/check.js';
import { CHECKS } from '../diagnose/checks/checks.js';
import { type CheckOutcome, diagnose, worstOf } from '../diagnose/diagnosis.js';
import { GROUNDS } from '../diagnose/finding.js';
import type { LanguageCode } from '../diagnose/languages/codes.js';
import { findingText, LANGUAGES, languageOf } from '../diagnose/languages/languages.js';
import { localProgram } from '../diagnose/local-program.js';
import { ConfigError } from '../foundation/errors.js';
import { PROJECT_ROOT } from '../foundation/home.js';
import { maskCredentials } from '../foundation/log.js';
import { pause } from '../foundation/pause.js';
import type { TenantId } from '../foundation/scope.js';
import { didYouMean } from '../foundation/validate.js';
import type { Rgb } from '../media/picture-light.js';
import { deviceScope } from '../runtime/device-scope.js';
import { VERSION } from '../runtime/version.js';
import { pictureFormOf } from './aim/terminal-picture/terminal-picture.js';
import { diagnosisLines, tenantOfFinding } from './diagnosis-lines.js';
import { printJson } from './print.js';
import { isGone } from './reader-gone.js';
import { StopSignals } from './stop-signals.js';
import { encodedThumbnails, thumbnailLines } from './thumbnails.js';

export interface DiagnoseFlags {
  readonly config?: string;
  readonly only?: string;
  readonly lang?: LanguageCode;
  readonly root?: string;
  readonly openCameras?: boolean;
  readonly json?: boolean;
  readonly thumbnails?: boolean;
  /** Look again after so many seconds, or after some where none are said. */
  readonly watch?: number | true;
  /** Where a bundle of all that is known goes; `-` is stdout. */
  readonly bundle?: string;
  /** MiB that it may have. */
  readonly bundleMax?: number;
}

const WATCH_S = 15;
const BUNDLE_MIB = 8;
/** What of the defaults, where the site's file could not be read, would be told as if it were the site's. */
const STANDS_ON_SITE: ReadonlySet<string> = new Set([
  'storage/read-only',
  'storage/network-file-system',
  'storage/fsync',
  'storage/medium',
  'storage/databases',
  'storage/queries',
  'storage/folder-mode',
  'broker/connection',
  'broker/certificates',
  'broker/rights',
  'broker/program',
  'broker/outbox',
  'service/running',
  'service/ports',
  'service/alerts',
  'accuracy/estimate',
  'accuracy/trials',
  'accuracy/cache',
  'accuracy/reuse',
]);
const EXIT_CODES = { fine: 0, unknown: 0, degraded: 1, broken: 2 } as const;

/**
 * `edge-optimizer diagnose`: looks at everything that can be wrong with a device, beside the running program or without.
 *
 * @returns 0 fine, 1 degraded, 2 broken
 * @throws ConfigError where `--only` names what there is not
 */
export async function diagnoseDevice(flags: DiagnoseFlags): Promise<number> {
  const checks = chosenChecks(flags.only);
  if (flags.bundle !== undefined && flags.watch !== undefined) {
    throw new ConfigError('nothing is diagnosed', ['--bundle and --watch: expected one of them, got both']);
  }
  if (flags.watch === undefined) return await look(checks, flags);
  const everyMs = (flags.watch === true ? WATCH_S : flags.watch) * 1000;
  const stop = new AbortController();
  void new StopSignals().received.then(() => stop.abort());
  // whoever stops reading (`… | head`) has seen enough
  process.stdout.once('error', (error) => isGone(error) && stop.abort());
  for (let code = 0; ; ) {
    if (process.stdout.isTTY && !flags.json) process.stdout.write('\u001b[H\u001b[J');
    code = await look(checks, flags);
    await pause(everyMs, stop.signal);
    if (stop.signal.aborted) return code;
  }
}

async function look(checks: readonly Check[], flags: DiagnoseFlags): Promise<number> {
  const code = flags.lang ?? languageOf(process.env);
  const language = LANGUAGES[code];
  const { patient, read, isUnread } = siteOf(flags);
  const asked = isUnread ? withoutSite(checks) : checks;
  const began = performance.now();
  const thumbnails = new Map<string, Rgb>();
  const outcomes = await diagnose(asked, { ...patient, ...(flags.thumbnails && { thumbnails }) });
  const ms = Math.round(performance.now() - began);
  const condition = worstOf(outcomes);
  const tenantOf = (camera: string): TenantId => tenantOfCamera(patient.config, camera);
  const findings = outcomes.flatMap((outcome) => findingsOf(outcome, language, tenantOf));
  const now = Date.now();
  const report = { schema: 1, at: now, version: VERSION, language: code, condition, ms, findings };
  const isColoured = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  const target = flags.bundle === '-' ? process.stderr : process.stdout;
  const say = (line: string): boolean => target.write(`${line}\n`);
  if (!flags.json) for (const line of diagnosisLines(outcomes, language, { isColoured, ms, tenantOf })) say(line);
  const form = process.stdout.isTTY === true && !flags.json ? pictureFormOf(process.env) : 'none';
  for (const [camera, picture] of thumbnails) for (const line of thumbnailLines(camera, picture, form)) say(line);
  if (flags.bundle === undefined) {
    if (flags.json)
      printJson(flags.thumbnails ? { ...report, thumbnails: await encodedThumbnails(thumbnails) } : report);
    return EXIT_CODES[condition];
  }
  const { makeDiagnosisBundle, bundleLines, bundleJson } = await import('./diagnose-bundle.js');
  const lines = diagnosisLines(outcomes, language, { isColoured: false, ms, tenantOf });
  const maxBytes = (flags.bundleMax ?? BUNDLE_MIB) * 2 ** 20;
  const made = await makeDiagnosisBundle({ patient, read, report, lines }, { file: flags.bundle, maxBytes, now });
  if (flags.json) say(JSON.stringify({ ...report, bundle: bundleJson(made) }));
  else for (const line of bundleLines(made)) say(line);
  return EXIT_CODES[condition];
}

/** What is diagnosed, and how its configuration was read. */
function siteOf({ config: named, root = '/', openCameras = false }: DiagnoseFlags): {
  readonly patient: Patient;
  readonly read: ReadConfig;
  /** Nothing of the file is known: what the patient has are the defaults. */
  readonly isUnread: boolean;
} {
  const file = siteFileOf(named);
  const sources = { ...(file !== undefined && { file }), env: process.env, boardRoot: root };
  const read = readConfig(sources);
  const { loaded, usable, problems } = read;
  const said = loaded?.config ?? usable?.config ?? configSchema.parse({});
  const config = atHome(said, PROJECT_ROOT, deviceScope(said));
  const patient = {
    config,
    configFile: file ?? null,
    configProblems: problems.map(maskCredentials),
    root,
    env: process.env,
    running: localProgram(config),
    openHeldCameras: openCameras,
  };
  const isUnread = file !== undefined && loaded === null && Object.keys(readConfigFile(file).data).length === 0;
  return { patient, read, isUnread };
}

function chosenChecks(only: string | undefined): readonly Check[] {
  if (only === undefined) return CHECKS;
  const known = [...GROUNDS, ...CHECKS.map(nameOf)];
  const wanted = only.split(',').map((name) => name.trim().toLowerCase());
  const problems = wanted
    .filter((name) => !CHECKS.some((check) => isNamed(check, name)))
    .map((name) => {
      const near = didYouMean(name, known);
      return `--only: expected some of ${GROUNDS.join(', ')}, or a check such as ${known.at(-1)}, got ${name}${near === null ? '' : `; did you mean ${near}?`}`;
    });
  if (problems.length > 0) throw new ConfigError('nothing is diagnosed', problems);
  return CHECKS.filter((check) => wanted.some((name) => isNamed(check, name)));
}

/** What can be looked at where nothing of the site's file is known, and always why it is not. */
function withoutSite(checks: readonly Check[]): readonly Check[] {
  return CHECKS.filter((check) => {
    const name = nameOf(check);
    return name === 'service/configuration' || (checks.includes(check) && !STANDS_ON_SITE.has(name));
  });
}

/** By its ground, be it in the singular, by its name, or by both. */
function isNamed(check: Check, name: string): boolean {
  const { ground } = check;
  return [ground, ground.replace(/s$/, ''), check.name, nameOf(check)].includes(name);
}

const nameOf = ({ ground, name }: Check): string => `${ground}/${name}`;

function findingsOf(
  { ground, check, ms, findings }: CheckOutcome,
  language: (typeof LANGUAGES)[LanguageCode],
  tenantOf: (camera: string) => TenantId,
) {
  return findings.map((finding) => {
    const { code, condition, subject, values } = finding;
    const tenant = tenantOfFinding(ground, finding, tenantOf);
    const of = { subject, ...(tenant !== null && { tenant }) };
    return { ground, check, code, condition, ...of, values, ...findingText(finding, language), ms };
  });
}
