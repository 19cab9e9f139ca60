import { z } from '../../foundation/validate.js';
import { text } from '../key-types.js';

/** `store`: where what survives a restart is kept. */
export const store = z.strictObject({
  dir: text({
    description: 'Folder for what must survive a restart (SQLite files); relative to the project folder.',
  }).default('data'),
});
