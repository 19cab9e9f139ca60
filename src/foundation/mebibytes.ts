/** Bytes as people read them: `1.25 MiB`. */
export function mebibytes(bytes: number): string {
  return bytes >= 100 * 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}
