import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEvidenceKey } from '../../evidence/chain/evidence-key.js';
import { openEvidence } from '../../evidence/chain/evidence-source.js';
import { exportEvidence } from '../../evidence/chain/export.js';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { print, printJson } from '../print.js';
import { type EvidenceFlags, noteLocally, placeOfEvidence, sinceOf } from './place.js';

export interface ExportEvidenceOptions extends EvidenceFlags {
  readonly camera?: string;
  /** As it was typed. */
  readonly since?: string;
}

/**
 * `evidence export`: a folder or a .tar that can be verified without the device.
 *
 * @throws ConfigError where there is no evidence, or `to` is there already; EdgeError where it cannot be read or written
 */
export async function exportOf(
  to: string,
  { camera, since: typed, json, ...flags }: ExportEvidenceOptions,
): Promise<number> {
  const since = sinceOf(typed, Date.now()) ?? 0;
  const { folder, store } = placeOfEvidence(flags);
  const target = resolve(to);
  if (existsSync(target)) {
    throw new ConfigError('nothing was exported', [`to: expected a folder or .tar that is not there yet, got ${to}`]);
  }
  const key = readEvidenceKey(store);
  if (key === null) throw new EdgeError('E_OUTPUT', `nothing was exported: the key of the evidence is not in ${store}`);
  const detail = `to ${to}${camera === undefined ? '' : `, pictures of ${camera}`}`;
  await noteLocally(folder, { what: 'export', n: null, detail });
  const source = await openEvidence(folder);
  try {
    const wants = (record: { camera: string; at: number }): boolean =>
      record.at >= since && (camera === undefined || record.camera === camera);
    const done = await exportEvidence(source, target, { wants, key, at: Date.now() });
    if (json) printJson({ to: target, ...done });
    else
      print(
        `${done.records} records and ${done.pictures} pictures are in ${target}: README.md there says how to verify them`,
      );
    return 0;
  } catch (error) {
    throw new EdgeError('E_OUTPUT', `nothing was exported to ${to}: ${explain(error)}`, { cause: error });
  }
}
