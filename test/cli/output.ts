/** Runs a command; its exit code and what it writes to stdout. */
export async function output(command: () => Promise<number>): Promise<{ code: number; out: string }> {
  const { write } = process.stdout;
  let out = '';
  process.stdout.write = (text: string | Uint8Array) => {
    out += text;
    return true;
  };
  const code = await command().finally(() => {
    process.stdout.write = write;
  });
  return { code, out };
}
