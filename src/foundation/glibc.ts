/** Version of the C library that this process runs on, such as `2.36`; null where it is another one than glibc: musl. */
export function glibcVersion(): string | null {
  // the report would look up the names of every open connection's other end
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  if (before !== undefined) report.excludeNetwork = before;
  return header?.glibcVersionRuntime ?? null;
}
