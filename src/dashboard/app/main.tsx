import { render } from 'preact';
import './style.css';
import { takeTokenFromAddress } from './data/token.ts';
import { Frame } from './frame/frame.tsx';

takeTokenFromAddress();
render(<Frame />, document.getElementById('app')!);
