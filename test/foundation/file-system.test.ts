import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileSystemKind, fileSystemOf } from '../../src/foundation/file-system.js';

test('file systems are known by their magic numbers, also those whose highest bit is set', () => {
  assert.equal(fileSystemKind(0x6969), ['NFS', 'network']);
  assert.equal(fileSystemKind(0xff534d42), ['SMB/CIFS', 'network']);
  assert.equal(fileSystemKind(0xff534d42 | 0), ['SMB/CIFS', 'network']);
  assert.equal(fileSystemKind(0x65735546), ['FUSE', 'network']);
  assert.equal(fileSystemKind(0x01021997), ['9p', 'network']);
  assert.equal(fileSystemKind(0x794c7630), ['overlay', 'layer']);
  assert.equal(fileSystemKind(0xef53), ['', 'disk']);
});

test('a path that is not there lies where its nearest folder does', () => {
  const { name, kind } = fileSystemOf('/proc/not/there')!;
  assert.equal([name, kind], ['proc', 'kernel']);
  assert.ok(fileSystemOf(process.cwd())!.freeBytes > 0);
});

test.run();
