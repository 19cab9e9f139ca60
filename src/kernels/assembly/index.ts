// What ../kernels.ts finds in the compiled file.
export { resize } from './resize';
