import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A configuration as it stands in a file. */
export type SiteConfig = Record<string, unknown> & {
  cameras: Record<string, unknown>[];
  mqtt: Record<string, unknown>;
};

/** Something that is released in the end. */
export type Release = () => void | Promise<void>;

/** A site of its own for one fault: what is planted changes it before its file is written. */
export class Site {
  readonly folder: string;
  readonly config: SiteConfig;
  /** Further arguments of `diagnose`. */
  readonly args: string[] = [];
  readonly env: Record<string, string> = {};
  readonly #releases: Release[] = [];

  /** A healthy one: a simulated road, a broker on loopback, a store of its own. */
  constructor(scratch: string, brokerPort: number) {
    this.folder = mkdtempSync(join(scratch, 'site-'));
    this.config = {
      site: 'bench',
      device: 'cabinet-1',
      board: 'none',
      cameras: [{ id: 'north', url: 'sim://road?seed=5' }],
      model: { name: 'roadside-n' },
      mqtt: { broker: `mqtt://127.0.0.1:${brokerPort}` },
      http: { enabled: false },
      store: { dir: this.path('store') },
    };
    mkdirSync(this.path('store'), { mode: 0o700 });
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Called at the end, the last one first. */
  onEnd(release: Release): void {
    this.#releases.unshift(release);
  }

  /** @returns the configuration's file */
  write(): string {
    const file = this.path('site.yaml');
    // JSON is YAML
    writeFileSync(file, JSON.stringify(this.config, null, 2));
    return file;
  }

  async end(): Promise<void> {
    for (const release of this.#releases) await release();
  }
}
