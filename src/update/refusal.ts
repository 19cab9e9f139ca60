import type { BundleManifest } from './manifest.js';

/** What a bundle is judged against. */
export interface UpdatedDevice {
  /** `linux-x64`. */
  readonly platform: string;
  /** Version of its C library, such as 2.36; null where it has another than glibc. */
  readonly glibc: string | null;
  /** Version that runs; null where there is none yet. */
  readonly version: string | null;
  readonly allowOlder: boolean;
}

/** Why a whole and trusted bundle does not belong on a device; null where it does. */
export function updateRefusal(
  bundle: BundleManifest,
  { platform, glibc, version, allowOlder }: UpdatedDevice,
): string | null {
  if (bundle.platform !== platform) {
    return `the bundle is for ${bundle.platform}, this machine is ${platform}: take the one for ${platform}`;
  }
  if (bundle.glibc !== null && (glibc === null || compareLists(glibc.split('.'), bundle.glibc.split('.')) < 0)) {
    return (
      `the bundle needs glibc ${bundle.glibc} or newer, this machine has ${glibc ?? 'another C library'}: ` +
      'take a newer system, or a bundle whose parts were compiled on one as old as this'
    );
  }
  if (version !== null && !allowOlder && compareVersions(bundle.version, version) < 0) {
    return `the bundle is version ${bundle.version}, older than ${version} that is here: say --allow-older if that is meant`;
  }
  return null;
}

/** By semantic versioning: below 0 where `a` is the older one; one that is announced (-rc.1) is older than the one itself. */
export function compareVersions(a: string, b: string): number {
  const [numbersA, announcedA] = partsOf(a);
  const [numbersB, announcedB] = partsOf(b);
  const byNumbers = compareLists(numbersA, numbersB);
  if (byNumbers !== 0) return byNumbers;
  if (announcedA === '' || announcedB === '') return Number(announcedA === '') - Number(announcedB === '');
  return compareLists(announcedA.split('.'), announcedB.split('.'));
}

function partsOf(version: string): [numbers: string[], announced: string] {
  const dash = version.indexOf('-');
  return dash < 0 ? [version.split('.'), ''] : [version.slice(0, dash).split('.'), version.slice(dash + 1)];
}

/** Numbers by their size and below words, words by their letters, the shorter list first. */
function compareLists(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, other] = [a[i], b[i]];
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    const order = isNumber ? Number(one) - Number(other) : one < other ? -1 : Number(one > other);
    if (order !== 0) return order;
  }
  return 0;
}
