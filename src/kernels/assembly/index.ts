// What ../kernels.ts finds in the compiled file.
export { blockSums } from './block-sums';
export { compareBlocks, followBlocks } from './blocks';
export { fitLight } from './light-fit';
export { packRows } from './pack-rows';
export { findPatches } from './patches';
export { resize } from './resize';
export { resizeYuv } from './resize-yuv';
export { shiftedBlocks } from './shifted-blocks';
export { alignTemplate, sampleTemplate, searchTemplate } from './template';
