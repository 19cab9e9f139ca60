import express from 'express';
import { contract } from './contract.js';
import { openWith } from './express-server.js';

contract('Express 5', openWith(express));
