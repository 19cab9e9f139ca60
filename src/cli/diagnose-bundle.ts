import type { ReadConfig } from '../config/load.js';
import { shownValues } from '../config/shown-values.js';
import type { BundlePart } from '../diagnose/bundle/bundle-part.js';
import { historyParts } from '../diagnose/bundle/history-parts.js';
import { journalLines } from '../diagnose/bundle/journal.js';
import { machineParts } from '../diagnose/bundle/machine-parts.js';
import { BUNDLE_FOLDER, type PackedDiagnosis, packDiagnosis } from '../diagnose/bundle/pack-diagnosis.js';
import { rememberSecretsAround } from '../diagnose/bundle/secrets-around.js';
import type { Patient } from '../diagnose/check.js';
import { EdgeError } from '../foundation/errors.js';
import { mebibytes } from '../foundation/mebibytes.js';
import { writeWhole } from '../foundation/private-files.js';
import { sha256Of } from '../foundation/sha256.js';
import { VERSION } from '../runtime/version.js';
import { tableLines } from './print.js';

/** What a bundle is made of. */
export interface BundledDiagnosis {
  readonly patient: Patient;
  readonly read: ReadConfig;
  /** As `diagnose --json` prints it. */
  readonly report: object;
  /** The same for a person, in the language chosen. */
  readonly lines: readonly string[];
}

export interface BundleTarget {
  /** `-` is stdout. */
  readonly file: string;
  readonly maxBytes: number;
  /** Unix ms. */
  readonly now: number;
}

/** A bundle that lies where it is to lie. */
export interface MadeBundle extends PackedDiagnosis {
  readonly file: string;
  readonly sha256: string;
}

/**
 * Packs a diagnosis with what whoever looks after the program asks for next, without secrets, into a private .tar.gz.
 *
 * @throws EdgeError E_OUTPUT where it cannot be written; ConfigError where it cannot be as small
 */
export async function makeDiagnosisBundle(diagnosis: BundledDiagnosis, target: BundleTarget): Promise<MadeBundle> {
  const { env, root, running } = diagnosis.patient;
  rememberSecretsAround(env, root, running?.pid ?? null);
  const { file, maxBytes, now } = target;
  const packed = await packDiagnosis(partsOf(diagnosis, now), { maxBytes, at: now, version: VERSION });
  const sha256 = sha256Of(packed.archive);
  if (file === '-') await new Promise<void>((done) => process.stdout.write(packed.archive, () => done()));
  else {
    await writeWhole(file, packed.archive, { keepsMode: false }).catch((cause: unknown) => {
      const reason = (cause as Error).message;
      throw new EdgeError('E_OUTPUT', `the bundle ${file} cannot be written: ${reason}`, { context: { file }, cause });
    });
  }
  return { ...packed, file, sha256 };
}

function partsOf({ patient, read, report, lines }: BundledDiagnosis, now: number): BundlePart[] {
  const { config, root } = patient;
  return [
    { name: 'report.json', what: 'what diagnose found', read: () => ({ kind: 'json', value: report }) },
    { name: 'report.txt', what: 'the same, to be read', read: () => ({ kind: 'lines', lines }) },
    {
      name: 'config.json',
      what: 'the configuration as it takes effect, and where each value came from',
      read: () => ({ kind: 'json', value: configurationOf(patient, read) }),
    },
    { name: 'log.txt', what: 'the last lines of the log', read: () => journalLines(root) },
    ...historyParts(config.store.dir, now),
    ...machineParts(root, read.board, { models: config.model.dir, store: config.store.dir }),
  ];
}

function configurationOf({ configFile }: Patient, { loaded, usable, problems, warnings }: ReadConfig): object {
  const config = loaded?.config ?? usable?.config;
  const values = config === undefined ? [] : shownValues(config, loaded?.origins ?? new Map());
  // under the name `key` a public key could lie as well as a secret one
  const rows = values.map(({ key, value, origin }) => ({ path: key, value, origin: loaded === null ? null : origin }));
  return { file: configFile, problems, warnings, values: rows };
}

/** What is in a bundle, for whoever looks before it is sent. */
export function bundleLines({ file, archive, sha256, parts, missing }: MadeBundle): string[] {
  const name = file === '-' ? 'the bundle on stdout' : file;
  const rows = parts.map(({ name: part, bytes, lines, leftOut, what }) => [
    `  ${part}`,
    `${Math.ceil(bytes / 1024)} KiB`,
    lines === null ? '' : `${lines} lines`,
    leftOut === 0 ? what : `${what}; the first ${leftOut} are left out, for want of room (--bundle-max)`,
  ]);
  const look = file === '-' ? [] : [`look before you send it: tar -xzf ${file} && ls ${BUNDLE_FOLDER}`];
  return [
    '',
    `${name}: ${mebibytes(archive.length)}, sha256 ${sha256}`,
    ...tableLines(rows),
    ...missing.map(({ name: part, why }) => `  not in it: ${part}: ${why}`),
    'passwords, tokens, keys and names of accounts are masked; addresses of cameras and brokers are in it, without their logins',
    ...look,
  ];
}

/** The same for `--json`. */
export function bundleJson({ file, archive, sha256, parts, missing }: MadeBundle): object {
  return { file, bytes: archive.length, sha256, parts, missing };
}
