import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 2 ** 20;
const NEWLINE = 0x0a;

/** Lines of a file that need not fit into memory, without the empty ones. */
export function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let begun: Buffer[] = [];
    for (let bytes = readSync(descriptor, chunk); bytes > 0; bytes = readSync(descriptor, chunk)) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0 && end < bytes; end = chunk.indexOf(NEWLINE, from)) {
        const line = Buffer.concat([...begun, chunk.subarray(from, end)]).toString();
        begun = [];
        from = end + 1;
        if (line !== '') yield line;
      }
      // it is read over by the next chunk
      begun.push(Buffer.from(chunk.subarray(from, bytes)));
    }
    const last = Buffer.concat(begun).toString();
    if (last !== '') yield last;
  } finally {
    closeSync(descriptor);
  }
}
