export * from './engine/index.ts';
export {readVersion} from './version.ts';
