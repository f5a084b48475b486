import type { U32Column } from './column.ts';
import type { ImageReader, ImageWriter } from './state-image.ts';

/** Texts that many rows share, as codes from 1 on. Codes are only ever added, so all versions share one dictionary. */
export class Dictionary {
  readonly #texts: string[];
  readonly #codes: Map<string, number>;

  constructor(texts: readonly string[] = []) {
    this.#texts = [...texts];
    this.#codes = new Map(texts.map((text, index) => [text, index + 1]));
  }

  static read(image: ImageReader, name: string): Dictionary {
    return new Dictionary(image.value<readonly string[]>(name));
  }

  write(image: ImageWriter, name: string): void {
    image.value(name, this.#texts);
  }

  code(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#texts.push(text);
      this.#codes.set(text, code);
    }
    return code;
  }

  text(code: number): string {
    return this.#texts[code - 1] as string;
  }
}

/** A column of texts of few kinds. */
export class DictionaryColumn {
  readonly codes: U32Column;
  readonly #dictionary: Dictionary;

  constructor(codes: U32Column, dictionary: Dictionary) {
    this.codes = codes;
    this.#dictionary = dictionary;
  }

  get(row: number): string | undefined {
    const code = this.codes.get(row);
    return code === 0 ? undefined : this.#dictionary.text(code);
  }

  set(row: number, text: string | undefined): void {
    this.codes.set(row, text === undefined ? 0 : this.#dictionary.code(text));
  }
}
