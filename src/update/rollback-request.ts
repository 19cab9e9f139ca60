import { type CommandDeclaration, declareCommand } from '../foundation/command.js';
import { z } from '../foundation/validate.js';

/*
 * A rollback over MQTT crosses from the program, which cannot write beside its versions, to root, who does not trust it:
 *
 *  1. The program writes the signed command as it came into the file that edge-optimizer-rollback.path looks at.
 *  2. The unit has root run `edge-optimizer rollback --requested FILE`, which checks signature, device, time and whether it
 *     was done before all over again, with the keys of the site's configuration, and takes the file away.
 *  3. What became of it stands in PREFIX/rollback-outcome, where the program, before or after its restart, reads it.
 */

/** Where the installation puts the unit that looks at the file. */
export const ROLLBACK_PATH_UNIT = '/etc/systemd/system/edge-optimizer-rollback.path';

/** The command, for whoever accepts it and for whoever carries it out. */
export function rollbackCommand(handle: CommandDeclaration<object>['handle']): CommandDeclaration {
  return declareCommand({
    name: 'rollback',
    access: 'signed',
    help: 'Back to the version before the last update. Answered twice: `accepted`, and after the restart `done` or why not.',
    payload: z.strictObject({}),
    handle,
  });
}
