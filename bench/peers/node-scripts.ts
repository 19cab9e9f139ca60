import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type Contender, lastWords, type Phase, type Task } from './contender.js';

const execute = promisify(execFile);
const HERE = join(PROJECT_ROOT, 'bench/peers');
const INSTALL_TIMEOUT_MS = 600_000;

/** The script that people write first. */
export const naive: Contender = {
  name: 'naive script',
  prepare: async () => {},
  command: (task, phase) => [process.execPath, join(HERE, 'naive.mjs'), ...flags(task, phase, task.model)],
};

/** Has dependencies of its own, which the project does not carry: they are installed when it is first run. */
export const transformers: Contender = {
  name: 'transformers.js',
  async prepare(task) {
    await install(join(HERE, 'transformers'));
    const folder = modelFolder(task);
    mkdirSync(join(folder, 'onnx'), { recursive: true });
    copyFileSync(task.model, join(folder, 'onnx/model.onnx'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'yolox' }));
  },
  command: (task, phase) => [
    process.execPath,
    join(HERE, 'transformers/detect.mjs'),
    ...flags(task, phase, modelFolder(task)),
  ],
};

const modelFolder = ({ scratch }: Task) => join(scratch, 'transformers/yolox-nano');

function flags(task: Task, { pace, port, results }: Phase, model: string): string[] {
  const { clip, frames, ffmpeg, width, height } = task;
  const given = { clip, model, frames, pace, results, ffmpeg, width, height, broker: `mqtt://127.0.0.1:${port}` };
  return Object.entries(given).map(([name, value]) => `--${name}=${value}`);
}

async function install(folder: string): Promise<void> {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs)
    return;
  process.stderr.write('installing transformers.js for this benchmark …\n');
  try {
    await execute('npm', ['ci', '--ignore-scripts'], { cwd: folder, timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    throw new Error(`npm ci failed in bench/peers/transformers: ${lastWords(error)}`);
  }
}
