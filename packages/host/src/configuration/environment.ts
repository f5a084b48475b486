/** What the process's environment may say. This is the only place that reads it. */
export interface Environment {
  /** DYNAMO_SERVER: the server that commands talk to. */
  readonly server: string | null;
  /** DYNAMO_CONFIG: the configuration file. */
  readonly configFile: string | null;
  /** DYNAMO_TOKEN_FILE: the file with the token for the server; else the one of the configuration. */
  readonly tokenFile: string | null;
  /** USER: whose name commits carry. */
  readonly user: string;
}

export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const { DYNAMO_SERVER, DYNAMO_CONFIG, DYNAMO_TOKEN_FILE, USER, LOGNAME, USERNAME } = variables;
  // A name as the server takes it: it ends up in commits and in their display.
  const user = (USER || LOGNAME || USERNAME || '').replace(/[^\w@.+-]/g, '_').slice(0, 64);
  return {
    server: DYNAMO_SERVER || null,
    configFile: DYNAMO_CONFIG || null,
    tokenFile: DYNAMO_TOKEN_FILE || null,
    user: user || 'unknown',
  };
}
