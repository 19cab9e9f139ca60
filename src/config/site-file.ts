import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { explain } from '../foundation/errors.js';
import { parseYaml, type YamlText } from './yaml.js';

/** A configuration file as read; `problems` is not empty when it could not be. */
export interface ConfigText extends YamlText {
  /** `site.yaml` */
  readonly name: string;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a board's or a site's file. What is wrong with it comes back as problems, each with the file's name.
 *
 * @param instead what is taken for its text, where that is not to be read
 */
export function readConfigFile(file: string, instead?: string): ConfigText {
  const name = basename(file);
  const text = instead === undefined ? readText(file) : { text: instead };
  if ('problem' in text) return { name, data: {}, problems: [`${file}: ${text.problem}`], lineOf: () => null };
  const yaml = parseYaml(text.text);
  return { ...yaml, name, problems: yaml.problems.map((problem) => `${file}: ${problem}`) };
}

/**
 * A text file of at most `maxBytes`, or what is wrong with it in words for people. `othersCanRead` says that
 * everybody may read it, or the group of a user's file; one of root's is for its group because root meant it to be.
 */
export function readText(
  file: string,
  maxBytes = MAX_BYTES,
): { text: string; othersCanRead: boolean } | { problem: string } {
  let fd: number | null = null;
  try {
    fd = openSync(file, 'r');
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return { problem: 'expected a file, got a folder' };
    const bytes = readUpTo(fd, maxBytes + 1);
    if (bytes.length > maxBytes) return { problem: `expected at most ${maxBytes} bytes, got more` };
    if (bytes.includes(0)) return { problem: 'expected text, got binary data' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.trim() === '') return { problem: 'the file is empty' };
    return { text, othersCanRead: (stat.mode & (stat.uid === 0 ? 0o004 : 0o044)) !== 0 };
  } catch (error) {
    return { problem: reason(error) };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Reads a pipe or a device as well, whose size no one knows beforehand. */
function readUpTo(fd: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(fd, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'not allowed to read this file';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'expected text (UTF-8), got binary data';
    default:
      return explain(error);
  }
}
