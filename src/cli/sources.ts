import { basename, extname } from 'node:path';
import { ConfigError } from '../foundation/errors.js';

export interface SourceFlags {
  readonly source?: readonly string[];
  readonly pace?: string;
  readonly loop?: boolean;
  readonly maxFps?: number;
  readonly tlsFingerprint?: string;
  readonly tlsCaFile?: string;
}

/** Those that are not spelled like their key. */
const FLAGS: Readonly<Record<string, string>> = {
  maxFps: 'max-fps',
  tlsFingerprint: 'tls-fingerprint',
  tlsCaFile: 'tls-ca-file',
};

/** A camera's entry in the configuration, as far as flags name it. */
export type CameraFlags = Readonly<Record<string, unknown>> & { readonly id: string; readonly url: string };

/**
 * The cameras that `--source` names, each with an id made from its URL: `toll_rain_360`, `sim`, `camera`, numbered where
 * two would be alike.
 *
 * @param expand turns one URL into the URLs it stands for (sim://…?cameras=4)
 * @throws ConfigError where a flag that shapes sources comes without one
 */
export function camerasFromFlags(flags: SourceFlags, expand: (url: string) => string[]): CameraFlags[] | null {
  const { source, pace, loop, maxFps, tlsFingerprint, tlsCaFile } = flags;
  const shape = {
    ...(pace !== undefined && { pace }),
    ...(loop && { loop }),
    ...(maxFps !== undefined && { maxFps }),
    ...(tlsFingerprint !== undefined && { tlsFingerprint }),
    ...(tlsCaFile !== undefined && { tlsCaFile }),
  };
  if (source === undefined || source.length === 0) {
    const orphan = Object.keys(shape)[0];
    if (orphan === undefined) return null;
    throw new ConfigError('the command line cannot be used', [
      `--${FLAGS[orphan] ?? orphan}: expected a --source beside it; cameras of a --config file have their own '${orphan}' key`,
    ]);
  }
  const urls = source.flatMap((url) => expand(url));
  const names = urls.map(nameOf);
  return urls.map((url, i) => ({ id: uniqueId(names, i), url, ...shape }));
}

function nameOf(url: string): string {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sim') return 'sim';
  if (scheme !== undefined && scheme !== 'file') return 'camera';
  const path = url.replace(/^(file:\/\/|images:)/, '');
  const name = basename(path, extname(path))
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 56);
  return name || 'camera';
}

function uniqueId(names: readonly string[], index: number): string {
  const name = names[index]!;
  const alike = names.filter((other) => other === name).length;
  return alike === 1 ? name : `${name}-${names.slice(0, index + 1).filter((other) => other === name).length}`;
}
