import type { FileKind } from './kind.js';

/** Where a tar archive has its mark. */
const TAR_MARK = 257;
/** Compressed files and archives, by their first bytes as latin1. */
const COMPRESSED: readonly (readonly [string, string, string])[] = [
  ['\x1f\x8b', 'gzip', 'gunzip, or tar -xzf where it is a .tar.gz'],
  ['BZh', 'bzip2', 'bunzip2'],
  ['\xfd7zXZ', 'xz', 'unxz'],
  ['\x28\xb5\x2f\xfd', 'zstd', 'unzstd'],
  ["7z\xbc\xaf'\x1c", '7-Zip', '7z x'],
  ['Rar!', 'RAR', 'unrar x'],
];

/**
 * What an archive is: many programs keep their models in one.
 * @param head the file's first bytes
 * @param tail its last: a ZIP archive's table of contents
 */
export function archiveKind(head: Buffer, tail: Buffer): FileKind | null {
  const start = head.toString('latin1', 0, 8);
  if (start.startsWith('PK\x03\x04')) return zipKind(head.toString('latin1') + tail.toString('latin1'));
  if (head.toString('latin1', TAR_MARK, TAR_MARK + 5) === 'ustar') {
    return { is: 'is a tar archive', todo: 'unpack it (tar -xf) and name the .onnx file in it' };
  }
  const found = COMPRESSED.find(([magic]) => start.startsWith(magic));
  return found ? { is: `is compressed (${found[1]})`, todo: `unpack it (${found[2]}) and name the .onnx file` } : null;
}

/** @param contents parts of the archive in which names of its files stand */
function zipKind(contents: string): FileKind {
  const torch = { todo: 'export it: yolo export model=FILE.pt format=onnx, or torch.onnx.export' };
  if (/\/constants\.pkl|\/code\/__torch__/.test(contents)) return { is: 'is a TorchScript model', ...torch };
  if (/\/data\.pkl|\/\.format_version|\/byteorder/.test(contents)) return { is: 'is a PyTorch model', ...torch };
  if (contents.includes('model.weights.h5')) {
    return { is: 'is a Keras model', todo: 'export it to ONNX: model.export("model.onnx", format="onnx"), or tf2onnx' };
  }
  if (/\.npy/.test(contents)) {
    return { is: 'is an archive of NumPy arrays', todo: 'export it to ONNX with the program it was trained with' };
  }
  return { is: 'is a ZIP archive', todo: 'unpack it (unzip) and name the .onnx file in it' };
}
