export { decoded } from '../foundation/userinfo.js';
