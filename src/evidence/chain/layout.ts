/** Files of a chain, relative to its folder: the same where it grows and in what is exported. */
export const HEAD = 'head';
export const ANCHOR = 'anchor';
/** Room for an anchor on a full disk. */
export const SPARE_ANCHOR = 'anchor.spare';
export const STATEMENT = 'export';
export const PUBLIC_KEY = 'public-key.pem';
export const RECORDS = 'records';
export const PICTURES = 'pictures';

const RECORD = /^(\d{10})\.record$/;
const PICTURE = /^(\d{10})-(?:context|crop)\.(?:jpg|webp|avif)$/;

const digits = (n: number): string => String(n).padStart(10, '0');

/** The file of a record, in the folder `records`. */
export const recordName = (n: number): string => `${digits(n)}.record`;

/** The file of a picture, in the folder `pictures`. @param format the ending */
export const pictureName = (n: number, role: 'context' | 'crop', format: 'jpg' | 'webp' | 'avif'): string =>
  `${digits(n)}-${role}.${format}`;

/** Everything that a record may have on the disk, relative to the folder of the chain: pictures before the record that names them. */
export function filesOfRecord(n: number): string[] {
  const pictures = (['context', 'crop'] as const).flatMap((role) =>
    (['jpg', 'webp', 'avif'] as const).map((format) => `${PICTURES}/${pictureName(n, role, format)}`),
  );
  return [...pictures, `${RECORDS}/${recordName(n)}`];
}

/** The number in the name of a record's file; null where it is none. */
export const numberOfRecord = (name: string): number | null => numberIn(RECORD, name);

/** A file that is not whole yet. */
export const partOf = (name: string): string => `${name}.part`;

/** The name of what a part would have become; the name itself of what is none. */
export const wholeOf = (name: string): string => name.replace(/\.part$/, '');

/** The number of the record that a picture belongs to by its name; null where it is none. */
export const numberOfPicture = (name: string): number | null => numberIn(PICTURE, name);

function numberIn(pattern: RegExp, name: string): number | null {
  const found = pattern.exec(name)?.[1];
  return found === undefined ? null : Number(found);
}
