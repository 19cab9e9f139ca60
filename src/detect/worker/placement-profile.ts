import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolderOfProcess } from '../../foundation/remains.js';
import { type PlacedNode, placedNodes } from './provider-ladder.js';

/** Of a folder that a worker left which was killed while it loaded a model, before it is removed. */
const LEAST_AGE_MS = 3_600_000;

interface Profiled {
  endProfiling(): void;
}

/** ONNX Runtime's profile of a session's first run: the one place where it tells which provider ran which kernel. */
export class PlacementProfile {
  readonly #folder: string | null;

  constructor() {
    this.#folder = makeFolder();
  }

  /** Session options that switch it on. */
  get options(): { enableProfiling?: true; profileFilePrefix?: string } {
    if (this.#folder === null) return {};
    return { enableProfiling: true, profileFilePrefix: join(this.#folder, 'run') };
  }

  /**
   * Ends the profiling, which costs nothing from then on. Null where there is no folder to write to, or where an older
   * binding writes no profile that can be read.
   */
  read(session: Profiled): PlacedNode[] | null {
    if (this.#folder === null) return null;
    try {
      session.endProfiling();
      return placedNodes(readFileSync(join(this.#folder, readdirSync(this.#folder)[0]!), 'utf8'));
    } catch {
      return null;
    }
  }

  /** Removes what ONNX Runtime wrote. */
  remove(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function makeFolder(): string | null {
  try {
    return makeFolderOfProcess(tmpdir(), 'edge-profile', LEAST_AGE_MS);
  } catch {
    return null;
  }
}
