import { join } from 'node:path';
import { namesIn } from '../board/kernel-files.js';
import { tenantFoldersIn } from '../store/tenant-folders.js';
import type { Finding } from './finding.js';

/** A folder with databases, and whose they are. */
export interface OwnedFolder {
  readonly folder: string;
  /** null: the device’s own. */
  readonly tenant: string | null;
}

/** The store itself, then what is kept in it for each tenant, also for one that is configured no more. */
export const foldersOf = (store: string): readonly OwnedFolder[] => [
  { folder: store, tenant: null },
  ...tenantFoldersIn(store),
];

/** Databases of a store and of its tenants: whose each is, by its file. */
export function databasesOf(store: string): ReadonlyMap<string, string | null> {
  return new Map(
    foldersOf(store).flatMap(({ folder, tenant }) =>
      namesIn(folder)
        .filter((name) => name.endsWith('.db'))
        .sort()
        .map((name): [string, string | null] => [join(folder, name), tenant]),
    ),
  );
}

/** Says of a finding whose it is. */
export const findingOfTenant = (finding: Finding, tenant: string | null): Finding =>
  tenant === null ? finding : { ...finding, tenant };
