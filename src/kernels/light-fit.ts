import { type Kernels, kernels } from './kernels.js';
import type { LightChange } from './light-change.js';
import { PlainLightFit } from './plain/light-fit.js';

/** Bytes of the histograms that the kernel counts in. */
const BINS = (2052 + 2 * 4100) * 2;

/**
 * Finds how the light of a whole picture changed, for clouds, dusk and automatic exposure. What drives through less than half of its darker
 * or of its brighter third moves nothing (Tukey's resistant line). Where more blocks agree with no change at all, as when headlamps light up
 * half the picture, there was none. The fastest that this machine has; each gives the same numbers.
 */
export function createLightFit(): LightChange {
  const { compiled } = kernels();
  return compiled === null ? new PlainLightFit() : new CompiledLightFit(compiled);
}

/** With WebAssembly. */
export class CompiledLightFit implements LightChange {
  gain = 1;
  offset = 0;
  readonly #kernels: Kernels;

  constructor(compiled: Kernels) {
    this.#kernels = compiled;
  }

  fit(from: Float32Array, to: Float32Array, skip: Uint8Array): void {
    const { memory, fitLight } = this.#kernels;
    const place = memory.scratch();
    const [bins, found] = [place.room(BINS), place.room(16)];
    fitLight(place.at(from), place.at(to), place.at(skip), from.length, bins, found);
    this.gain = memory.doubleAt(found);
    this.offset = memory.doubleAt(found + 8);
  }
}
