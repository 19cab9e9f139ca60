import { existsSync } from 'node:fs';

/** Where an installation puts the site's file: whoever stands before a cabinet need not know. */
export const INSTALLED_SITE = '/etc/edge-optimizer/site.yaml';

/** The site's file that was named, else that of the installation; undefined where neither is there. */
export function siteFileOf(named: string | undefined, installed = INSTALLED_SITE): string | undefined {
  return named ?? (existsSync(installed) ? installed : undefined);
}
