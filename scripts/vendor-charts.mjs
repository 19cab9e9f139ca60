// echarts is 64 MB with what it is made of, for one report. What of it runs is one file of its own, 1.1 MB: that takes the
// place of the module which names the package, so that the built program needs no echarts.
import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** After every build; without the package (a device) what is there stays. @param built where the sources were compiled to */
export function vendorCharts(root, built = join(root, 'dist/src')) {
  const from = join(root, 'node_modules/echarts');
  const to = join(built, 'optimize/report');
  if (!existsSync(from)) return;
  copyFileSync(join(from, 'dist/echarts.esm.min.mjs'), join(to, 'echarts.js'));
  for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(from, file), join(to, `echarts.${file}`));
  copyFileSync(join(root, 'node_modules/zrender/LICENSE'), join(to, 'zrender.LICENSE'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  vendorCharts(dirname(dirname(fileURLToPath(import.meta.url))));
}
