/** What the parts of a bundle take unpacked, largest first: the larger packages, and the folders of the rest. */
export function sizeByPart(files) {
  const parts = new Map();
  for (const { path, bytes } of files) parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytes);
  return [...parts].sort(([, a], [, b]) => b - a);
}

function partOf(path) {
  const [first, second, third] = path.split('/');
  if (first !== 'node_modules') return second === undefined ? 'the rest' : path.startsWith('bin/node') ? 'Node' : first;
  if (second === '@img' || second === 'sharp') return 'sharp with libvips';
  if (second === 'onnxruntime-node' || second === 'better-sqlite3')
    return third === undefined ? 'other packages' : second;
  return 'other packages';
}
