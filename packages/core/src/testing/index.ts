export { createManualClock, type ManualClock } from '../clock/manual-clock.ts';
