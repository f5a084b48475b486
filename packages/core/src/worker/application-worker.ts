/** Entry point of the worker threads that `ApplicationPool` starts. */
import { serveApplications } from './application-thread.ts';

serveApplications();
