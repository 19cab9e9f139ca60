import type { FileKind } from './kind.js';

/** What is looked at of a text. */
const LOOK = 1000;
const LONGEST_QUOTE = 80;

/**
 * What a text is in a model's place: a page that a server sent, a pointer that git left, another program's description.
 * @returns null for what is no text
 */
export function textKind(head: Buffer, size: number): FileKind | null {
  const text = head
    .toString('utf8', 0, LOOK)
    .replace(/^\ufeff/, '')
    .trimStart();
  const pointer = /^version https:\/\/git-lfs\S+\s+oid \S+\s+size (\d+)/.exec(text);
  if (pointer) {
    return {
      is: `is a Git LFS pointer to a file of ${pointer[1]} bytes`,
      todo: 'fetch the file itself: git lfs pull in that repository, or its download link',
    };
  }
  if (/^(\/annex\/objects\/|(\.\.\/)*\.git\/annex\/)/.test(text)) {
    return { is: 'is a git-annex pointer', todo: 'fetch the file itself: git annex get' };
  }
  if (/^(<!doctype html|<html|<head|<body|<!--|<script)/i.test(text)) return webPage(text);
  if (text.startsWith('<')) return xml(text);
  if (!isText(head.subarray(0, LOOK))) return null;
  if (/^[{[]/.test(text)) return json(text);
  if (/^7767517\s/.test(text)) return { is: 'is an ncnn model', todo: 'take the .onnx file that it was made of' };
  return { is: `is a text of ${size} bytes ("${quote(text)}")`, todo: 'take the .onnx file itself' };
}

function webPage(text: string): FileKind {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim();
  return {
    is: title ? `is a web page ("${quote(title)}")` : 'is a web page',
    todo: "download the file itself: a page's link that ends in raw/…, resolve/… or download",
  };
}

function xml(text: string): FileKind {
  if (/<net\s/.test(text)) {
    return {
      is: 'is an OpenVINO model',
      todo: 'take the .onnx file that it was made of (yolo export model=FILE.pt format=onnx)',
    };
  }
  const message = /<(Message|Code)>([^<]*)/.exec(text)?.[2];
  return {
    is: message ? `is a server's message ("${quote(message)}")` : 'is an XML text',
    todo: 'look at the link it was downloaded from, and take the .onnx file itself',
  };
}

function json(text: string): FileKind {
  const message = /"(?:error|message|detail)"\s*:\s*"([^"]*)/.exec(text)?.[1];
  return {
    is: message ? `is a server's message ("${quote(message)}")` : 'is a JSON text',
    todo: 'take the .onnx file itself',
  };
}

/** Protobuf has control bytes among its first: a text has none but white space. */
function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

function quote(text: string): string {
  const line = text
    .split(/[\r\n]/)[0]!
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line;
}
