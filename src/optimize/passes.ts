import { convertToFp16 } from './fp16/convert-fp16.js';
import { fuseInput } from './fused/fuse-input.js';
import { reduceOutput } from './fused/reduce-output.js';
import { type Int8Options, quantizeInt8 } from './int8/quantize.js';
import { cutClasses } from './passes/cut-classes.js';
import { foldConstants } from './passes/fold-constants.js';
import { removeIdentities } from './passes/remove-identities.js';
import { pruneFilters } from './prune/prune-filters.js';

export type Int8Scheme = Int8Options['scheme'];

/** What makes variants of models. Each leaves the model it is given as it is, and throws Refusal where it cannot treat it. */
export const PASSES = {
  cutClasses,
  foldConstants,
  removeIdentities,
  quantizeInt8,
  convertToFp16,
  fuseInput,
  reduceOutput,
  pruneFilters,
} as const;

export type Passes = typeof PASSES;
