import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const EVERYBODY = 0o644;

/** Puts a file beside the versions in one step, onto the medium, for everybody to read: the service's user has to tell how it went. */
export async function putPublicFile(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w', EVERYBODY);
  try {
    await handle.chmod(EVERYBODY);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  await ontoMedium(dirname(file));
}

/** A file or folder as it is now is on the medium when the promise is fulfilled. */
export async function ontoMedium(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
