import type { Application } from '../services/application.ts';
import type { DemoDirectory } from './demo-directory.ts';
import type { Federation } from './federation.ts';
import type { Story } from './story.ts';

/** What every chapter of the demo works on. */
export interface DemoContext {
  readonly application: Application;
  readonly federation: Federation;
  readonly directory: DemoDirectory;
  readonly story: Story;
  readonly signal: AbortSignal;
}

/** The name under which the demo's commits are recorded. */
export const DEMO_USER = 'demo';
