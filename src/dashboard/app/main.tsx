import { render } from 'preact';
import './style/style.css';
import { takeTokenFromAddress } from './data/token.ts';
import { Frame } from './frame/frame.tsx';
import { printLight } from './frame/theme.ts';

takeTokenFromAddress();
printLight();
render(<Frame />, document.getElementById('app')!);
