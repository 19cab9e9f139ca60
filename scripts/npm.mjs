// How set-up calls npm, and with what in its environment.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The npm that runs this, else the one on PATH: a command and the arguments before npm's own. */
export function npm(env = process.env) {
  const script = env.npm_execpath;
  return script?.endsWith('.js') && existsSync(script) ? [process.execPath, [script]] : ['npm', []];
}

/** For npm and the installation scripts of packages. */
export function scriptEnvironment(env = process.env) {
  return {
    // its script would fetch CUDA files from outside the registry: docs/gpu.md has what is to be done where they are wanted
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    ...env,
    ...headersBesideNode(env),
  };
}

/** Compiling an addon needs Node's headers; a tarball install has them beside the binary, so nothing need be fetched. */
function headersBesideNode(env) {
  const prefix = dirname(dirname(process.execPath));
  const given = env.npm_config_nodedir;
  return !given && existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}
