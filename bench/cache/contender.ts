export type Tiers = 'memory' | 'disk' | 'both';

/** A cache as the workloads use it; everything is awaited, whether it is a promise or not. */
export interface OpenCache {
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  getOrSet(key: string, factory: () => Promise<unknown>): Promise<unknown>;
  /** Everything set is on disk when it resolves. */
  settle(): unknown;
  close(): unknown;
}

export interface Contender {
  readonly name: string;
  /** Opened again in the same folder, it finds what was on disk. */
  open(tiers: Tiers, folder: string): Promise<OpenCache>;
  /** Memory, and a Redis server on this machine behind it that others share; connected when it resolves. */
  openShared(port: number, prefix: string): Promise<OpenCache>;
}
