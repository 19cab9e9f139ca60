import { readFileSync } from 'node:fs';

/** A topic of the table in mqtt.md, with names of the examples in its places. */
export interface DocumentedTopic {
  readonly topic: string;
  /** Told by the device, rather than to it or among the devices of a site. */
  readonly isTold: boolean;
}

const NAMES: Readonly<Record<string, string>> = { camera: 'north', code: 'camera-lost', name: 'ping' };

/** Every topic of the table, as one device has it. */
export function documentedTopics(site: string, device: string): DocumentedTopic[] {
  const rows = [...readFileSync('docs/mqtt.md', 'utf8').matchAll(/^\| `([^`]+)` \| [\d, ]+ \| [^|]+ \|([^|]*)\|/gm)];
  return rows.map(([, name, what]) => {
    const levels = name!.replace('<site>', site).replaceAll(/<(\w+)>/g, (_, place: string) => NAMES[place]!);
    const topic = levels.startsWith('edge/') ? levels : `edge/v1/${site}/${device}/${levels}`;
    return { topic, isTold: !/to the device|to every device|between devices/.test(what!) };
  });
}

/** Whether a filter of MQTT, with + and #, takes a topic; or, as EMQX has it, all that another filter could ask for. */
export function filterTakes(filter: string, topic: string): boolean {
  const words = topic.split('/');
  const wanted = filter.split('/');
  if (wanted.at(-1) === '#') return wanted.slice(0, -1).every((word, i) => isTaken(word, words[i]));
  return wanted.length === words.length && wanted.every((word, i) => isTaken(word, words[i]));
}

const isTaken = (wanted: string, word: string | undefined): boolean =>
  word !== undefined && (wanted === '+' || wanted === word);
