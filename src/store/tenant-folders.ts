import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A folder of a store that is what is kept for one tenant. */
export interface TenantFolder {
  /** Its id: also one that is configured no more. */
  readonly tenant: string;
  readonly folder: string;
}

/** Beneath a store, in the order of their names; none where there are no tenants, or nobody may look. */
export function tenantFoldersIn(store: string): readonly TenantFolder[] {
  const tenants = join(store, TENANTS);
  try {
    return readdirSync(tenants, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ tenant: name, folder: join(tenants, name) }))
      .sort((a, b) => (a.folder < b.folder ? -1 : 1));
  } catch {
    return [];
  }
}

/** The store that a folder is of, be it the store itself or that of a tenant: a program that runs has locked it there. */
export function storeAround(folder: string): string {
  return basename(dirname(folder)) === TENANTS ? dirname(dirname(folder)) : folder;
}

const TENANTS = 'tenants';
