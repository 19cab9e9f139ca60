#!/usr/bin/env -S node --max-semi-space-size=2
import { ensureReady } from './setup.mjs';

await ensureReady();
await import('../dist/src/main.js');
