/**
 * A state taken apart into what can be handed to another thread or written to a file: pages of columns, and small values
 * that are JSON. Pages are views of SharedArrayBuffers, of which several may share one: they are not copied, and whoever
 * receives them must not write.
 */
export interface StateImage {
  readonly pages: Readonly<Record<string, readonly ArrayBufferView[]>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Takes the parts of a state under their names; a name is used once. */
export class ImageWriter {
  readonly #prefix: string;
  readonly #pages: Record<string, readonly ArrayBufferView[]>;
  readonly #values: Record<string, unknown>;

  constructor(prefix = '', base?: ImageWriter) {
    this.#prefix = prefix;
    this.#pages = base === undefined ? {} : base.#pages;
    this.#values = base === undefined ? {} : base.#values;
  }

  /** A writer whose names stand below `name`. */
  below(name: string): ImageWriter {
    return new ImageWriter(`${this.#prefix}${name}.`, this);
  }

  pages(name: string, pages: readonly ArrayBufferView[]): void {
    this.#pages[this.#prefix + name] = pages;
  }

  value(name: string, value: unknown): void {
    this.#values[this.#prefix + name] = value;
  }

  finish(): StateImage {
    return { pages: this.#pages, values: this.#values };
  }
}

export class ImageReader {
  readonly #prefix: string;
  readonly #image: StateImage;

  constructor(image: StateImage, prefix = '') {
    this.#image = image;
    this.#prefix = prefix;
  }

  below(name: string): ImageReader {
    return new ImageReader(this.#image, `${this.#prefix}${name}.`);
  }

  pages(name: string): readonly ArrayBufferView[] {
    const pages = this.#image.pages[this.#prefix + name];
    if (pages === undefined) throw new Error(`the image has no pages ${this.#prefix}${name}`);
    return pages;
  }

  value<T>(name: string): T {
    const key = this.#prefix + name;
    if (!(key in this.#image.values)) throw new Error(`the image has no value ${key}`);
    return this.#image.values[key] as T;
  }
}
