import { createRequire } from 'node:module';
import { contract } from './contract.js';
import { openWith } from './express-server.js';

contract('Express 4', openWith(createRequire(import.meta.url)('express4')));
