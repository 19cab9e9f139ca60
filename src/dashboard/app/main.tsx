import { render } from 'preact';
import './style/style.css';
import { takeTokenFromAddress } from './data/token.ts';
import { deviceApp } from './device-app.ts';
import { Frame } from './frame/frame.tsx';
import { printLight } from './frame/theme.ts';

takeTokenFromAddress();
printLight();
render(<Frame app={deviceApp} />, document.getElementById('app')!);
