#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before the rest is loaded: it halves the time that a short command takes.
enableCompileCache();
const { runProcess } = await import('./run-process.ts');
await runProcess();
