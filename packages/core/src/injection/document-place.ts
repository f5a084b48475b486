import { DynamoError, isDynamoError } from '../errors/dynamo-error.ts';
import { type InputPlace, inputError } from '../errors/input-error.ts';
import type { ObjectPlace } from '../input/object-schema.ts';

/** Where an object stands in a document: `dataset[3].blocks[0]`. */
export class DocumentPlace implements ObjectPlace {
  readonly file: string | undefined;
  readonly path: string;

  constructor(file: string | undefined, path = '') {
    this.file = file;
    this.path = path;
  }

  at(key?: string): InputPlace {
    const path = key === undefined || this.path === '' ? (key ?? this.path) : `${this.path}.${key}`;
    return { file: this.file, path: path === '' ? undefined : path };
  }

  fault(key: string | undefined, what: string, hint?: string): Error {
    return inputError({ what, where: this.at(key), hint });
  }

  item(key: string, index: number): DocumentPlace {
    return new DocumentPlace(this.file, `${this.at(key).path}[${index}]`);
  }
}

/** The object that stands there. */
export function objectAt(value: unknown, place: DocumentPlace): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw place.fault(undefined, 'not a JSON object');
}

/** The objects of a list under a key of the object at `place`; none if the key is absent. */
export function listAt<T>(
  value: unknown,
  key: string,
  place: DocumentPlace,
  read: (object: object, place: DocumentPlace) => T,
): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw place.fault(key, 'not a list');
  return value.map((item, index) => {
    const at = place.item(key, index);
    return read(objectAt(item, at), at);
  });
}

/** The same error with the place in the document before its message. */
export function placed(error: unknown, place: DocumentPlace, key: string): unknown {
  if (!isDynamoError(error)) return error;
  const { file, path } = place.at(key);
  const where = [file, path].filter((part) => part !== undefined).join(': ');
  return new DynamoError(error.code, `${where}: ${error.message}`, { data: { ...error.data, path }, cause: error });
}
