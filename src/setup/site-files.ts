import { formatYaml } from '../config/yaml.js';
import { IDENTIFIER } from '../foundation/identifier.js';
import { splitAddress } from '../foundation/userinfo.js';
import type { SiteAnswers } from './answers.js';

/** A file by its name beside the others, and what is in it. */
export interface SiteFile {
  readonly name: string;
  readonly text: string;
}

/** A site's configuration: the file itself, and one for each secret, which it names. */
export interface SiteFiles {
  readonly configuration: SiteFile;
  readonly secrets: readonly SiteFile[];
}

const HEAD = `# What is not said here has its default, or the board's value: docs/configuration.md has every key.
# After a change: edge-optimizer config check FILE, then systemctl restart edge-optimizer
`;

/** @param name of the configuration's file */
export function siteFiles(answers: SiteAnswers, name: string): SiteFiles {
  const { site, device, broker, username, password, storeDir } = answers;
  const cameras = answers.cameras.map(withoutCredentials);
  const mqtt = {
    broker,
    ...(username !== null && { username }),
    ...(password !== null && { passwordFile: PASSWORD_FILE }),
  };
  const data = {
    site,
    device,
    cameras: cameras.map(({ camera }) => camera),
    mqtt,
    ...(storeDir !== null && { store: { dir: storeDir } }),
  };
  const secrets = cameras.flatMap(({ secret }) => (secret === null ? [] : [secret]));
  if (password !== null) secrets.push({ name: PASSWORD_FILE, text: `${password}\n` });
  // two cameras of one name are told by the check of the configuration
  const byName = new Map(secrets.map((secret) => [secret.name, secret]));
  return { configuration: { name, text: `${HEAD}\n${formatYaml(data)}` }, secrets: [...byName.values()] };
}

const PASSWORD_FILE = 'mqtt.password';

/** Whoever reads the configuration is to learn no camera's password: the address with it gets a file of its own. */
function withoutCredentials(camera: Readonly<Record<string, unknown>>) {
  const { id, url } = camera;
  const address = typeof url === 'string' ? splitAddress(url) : null;
  // a name that is none is told by the check of the configuration, and must not become one of a file
  const isName = typeof id === 'string' && IDENTIFIER.test(id);
  if (!address?.userinfo || !isName || camera['urlFile'] !== undefined) return { camera, secret: null };
  const urlFile = `${id}.url`;
  return {
    camera: { ...camera, url: `${address.scheme}://${address.rest}`, urlFile },
    secret: { name: urlFile, text: `${String(url).trim()}\n` },
  };
}
