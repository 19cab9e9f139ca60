import { readBundleArchive } from '../../src/update/bundle-archive.js';
import { bundleTrust } from '../../src/update/signature.js';
import { verifyBundle } from '../../src/update/verify.js';
import { InstalledVersions } from '../../src/update/versions.js';

/** Updates until it is killed: `PREFIX KEY ARCHIVE…`. Says a line when it begins. */
const [prefix, key, ...archives] = process.argv.slice(2);
const versions = new InstalledVersions(prefix!);
const trust = bundleTrust([key!]);
process.stdout.write('begun\n');
for (;;) {
  for (const archive of archives) {
    const verified = await verifyBundle(readBundleArchive(archive), trust);
    await versions.switchTo(await versions.add(readBundleArchive(archive), verified, trust));
    await versions.prune();
  }
}
