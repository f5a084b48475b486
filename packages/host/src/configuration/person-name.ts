const PERSON_NAME = /^[\w@.+-]{1,64}$/;

/** What `dynamo-user`, and so a commit, may be said to be by. */
export function isPersonName(text: string): boolean {
  return PERSON_NAME.test(text);
}
