import { render } from 'preact';
import '../style/style.css';
import './fleet.css';
import { takeTokenFromAddress } from '../data/token.ts';
import { Frame } from '../frame/frame.tsx';
import { printLight } from '../frame/theme.ts';
import { fleetApp } from './fleet-app.ts';

takeTokenFromAddress();
printLight();
render(<Frame app={fleetApp} />, document.getElementById('app')!);
