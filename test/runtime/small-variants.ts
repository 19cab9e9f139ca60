import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

const shipped = join(PROJECT_ROOT, 'models', 'roadside-n');
const WHOLE = join(shipped, 'roadside-n.onnx');

/**
 * A folder of models with roadside-n at sizes that are loaded fast: `large` (224×128), `small` (160×96), and `damaged`,
 * whose file `mend` brings again as it should be.
 */
export function smallVariants(dir: string): { readonly dir: string; readonly mend: () => void } {
  const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
  const fp32 = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');
  const variant = (id: string, width: number, height: number, file = fp32.file) => ({
    ...fp32,
    id,
    width,
    height,
    file,
  });
  const model = join(dir, 'roadside-n');
  mkdirSync(model, { recursive: true });
  copyFileSync(WHOLE, join(model, fp32.file));
  const bytes = readFileSync(WHOLE);
  bytes[bytes.length >> 1]! ^= 0xff;
  writeFileSync(join(model, 'damaged.onnx'), bytes);
  const variants = [variant('large', 224, 128), variant('small', 160, 96), variant('damaged', 96, 96, 'damaged.onnx')];
  writeFileSync(join(model, 'model.json'), JSON.stringify({ ...manifest, variants }));
  return { dir, mend: () => copyFileSync(WHOLE, join(model, 'damaged.onnx')) };
}
