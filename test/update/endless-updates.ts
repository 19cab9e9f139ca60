import { bundleTrust } from '../../src/update/signature.js';
import { watchTrial } from '../../src/update/trial-watch.js';
import { InstalledVersions } from '../../src/update/versions.js';
import { PretendedService, pretended } from './pretended-service.js';
import { updateOnTrial } from './update-on-trial.js';

/** Updates and watches until it is killed: `PREFIX KEY BAD ARCHIVE…`; versions that begin with BAD end at once. Says a line when it begins. */
const [prefix, key, bad, ...archives] = process.argv.slice(2);
const versions = new InstalledVersions(prefix!);
const trust = bundleTrust([key!]);
const service = new PretendedService(versions, (version) => version.startsWith(bad!));
process.stdout.write('begun\n');
for (;;) {
  for (const archive of archives) {
    await updateOnTrial(versions, archive, trust);
    await service.restart();
    await watchTrial(pretended(versions, service), new AbortController().signal);
  }
}
