import { findExecutable } from '../../foundation/executable.js';
import { type PoolSettings, poolsOf } from '../detector/worker-pools.js';
import { isFolder } from './places.js';
import { type Inspected, type Remark, remark } from './remark.js';

/** The programs or sockets that detect, and what only a load can tell. */
export function inspectDetector(inspected: Inspected): Remark[] {
  const { detector } = inspected.config;
  const hasPools = detector.pools.length > 0;
  return poolsOf(detector).flatMap((pool, index) =>
    inspectPool(pool, hasPools ? `detector.pools.${index}` : 'detector', inspected),
  );
}

function inspectPool({ detector }: PoolSettings, at: string, { here, env }: Inspected): Remark[] {
  const { command, socket, binding, providers, env: added } = detector;
  const findings: Remark[] = [];
  const [program] = command ?? [];
  const path = added['PATH'] ?? env['PATH'] ?? '';
  if (here && program !== undefined && findExecutable(program, path) === null) {
    const where = program.includes('/') ? '' : ', which is in no folder of PATH';
    findings.push(remark('refuses', `${at}.command`, `expected a program to run, got ${program}${where}`));
  }
  if (here && binding !== undefined && !isFolder(binding)) {
    const expected = 'expected the folder of an onnxruntime-node';
    findings.push(remark('refuses', `${at}.binding`, `${expected}, got ${binding}: no such folder`));
  }
  if (socket !== undefined) findings.push(remark('untried', `${at}.socket`, `whether a detector listens at ${socket}`));
  const accelerators = providers.flatMap(({ name }) => (name === 'cpu' ? [] : [name]));
  if (accelerators.length > 0) {
    findings.push(remark('untried', `${at}.providers`, `whether ${accelerators.join(', ')} can run the model`));
  }
  return findings;
}
