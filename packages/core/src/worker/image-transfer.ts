/**
 * Handing state images to a worker: each page is sent once, after that its number does. Pages are shared, not copied;
 * what an image costs is what changed since the last one.
 */
import type { StateImage } from '../columns/state-image.ts';

/** An image whose pages are numbers of pages that were sent before. */
export interface ImageReference {
  readonly pages: Readonly<Record<string, Uint32Array>>;
  readonly values: StateImage['values'];
}

/** Pages that the worker has not seen. */
export interface PageDelivery {
  readonly first: number;
  readonly pages: readonly ArrayBufferView[];
}

/** So many pages are posted in one step of the event loop: about 5 ms. */
const PAGES_A_STEP = 256;

/** The sending side, one for each worker. Forgets pages that no longer belong to the last image sent. */
export class ImageSender {
  #numbers = new Map<ArrayBufferView, number>();
  #next = 0;

  /** Posts what is missing, a little at a time, and returns what stands for the image. */
  async send(image: StateImage, post: (delivery: PageDelivery) => void): Promise<ImageReference> {
    const kept = new Map<ArrayBufferView, number>();
    const pages: Record<string, Uint32Array> = {};
    let pending: ArrayBufferView[] = [];
    let first = this.#next;
    for (const [name, list] of Object.entries(image.pages)) {
      const numbers = new Uint32Array(list.length);
      for (const [i, page] of list.entries()) {
        let number = kept.get(page) ?? this.#numbers.get(page);
        if (number === undefined) {
          number = this.#next++;
          pending.push(page);
        }
        kept.set(page, number);
        numbers[i] = number;
        if (pending.length < PAGES_A_STEP) continue;
        post({ first, pages: pending });
        pending = [];
        first = this.#next;
        await new Promise((resolve) => setImmediate(resolve));
      }
      pages[name] = numbers;
    }
    if (pending.length > 0) post({ first, pages: pending });
    this.#numbers = kept;
    return { pages, values: image.values };
  }
}

/** The receiving side. */
export class ImageReceiver {
  #pages = new Map<number, ArrayBufferView>();

  take({ first, pages }: PageDelivery): void {
    for (const [i, page] of pages.entries()) this.#pages.set(first + i, page);
  }

  /** The image, once all of its pages were delivered. Pages that are not in it are let go. */
  resolve({ pages, values }: ImageReference): StateImage {
    const kept = new Map<number, ArrayBufferView>();
    const resolved: Record<string, readonly ArrayBufferView[]> = {};
    for (const [name, numbers] of Object.entries(pages)) {
      resolved[name] = Array.from(numbers, (number) => {
        const page = this.#pages.get(number);
        if (page === undefined) throw new Error(`page ${number} of ${name} was not delivered`);
        kept.set(number, page);
        return page;
      });
    }
    this.#pages = kept;
    return { pages: resolved, values };
  }
}
