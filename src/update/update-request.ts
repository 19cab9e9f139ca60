import { type CommandDeclaration, declareCommand } from '../foundation/command.js';
import { z } from '../foundation/validate.js';
import { VERSION_TEXT } from './channel-index.js';

/*
 * An update over MQTT goes the way of a rollback (rollback-request.ts): the program writes the signed command into the file that
 * edge-optimizer-update.path looks at, root checks it anew, fetches and verifies the bundle, and installs it on trial; what became of
 * that stands in PREFIX/update-outcome, where the program that runs then reads it.
 */

/** Where the installation puts the unit that looks at the file. */
export const UPDATE_PATH_UNIT = '/etc/systemd/system/edge-optimizer-update.path';
/** s for which the new version is watched unless it is said. */
const WATCH_S = 300;

/** What an update is commanded with. */
export const updateBody = z.strictObject({
  version: z.string().regex(VERSION_TEXT, 'expected a version such as 0.2.0'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    // whoever reads what was commanded must not learn how to log in
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      message: 'expected an address without user name and password',
    }),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of the manifest of the bundle, 64 hex digits'),
  watchS: z.int().min(20).max(86_400).default(WATCH_S),
  allowOlder: z.boolean().default(false),
});
export type UpdateBody = z.infer<typeof updateBody>;

/** The command, for whoever accepts it and for whoever carries it out. */
export function updateCommand(handle: CommandDeclaration<UpdateBody>['handle']): CommandDeclaration {
  return declareCommand({
    name: 'update',
    access: 'signed',
    help: 'Installs the bundle of `version` from `url`, whose manifest has the SHA-256 `digest`, on trial for `watchS` seconds (300). Answered twice: `accepted`, and afterwards `done` or why not.',
    payload: updateBody,
    handle,
  });
}

/** How the folder of a version is called. */
export const versionName = ({ version, digest }: Pick<UpdateBody, 'version' | 'digest'>): string =>
  `${version}-${digest.slice(0, 8)}`;
