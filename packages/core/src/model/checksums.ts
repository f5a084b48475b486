import { type InputPlace, inputError } from '../errors/input-error.ts';

const ADLER32_DIGITS = 8;

/** An adler32 in eight lower-case hexadecimal digits; capitals and missing leading zeros are put right. */
export function parseAdler32(value: unknown, where?: InputPlace): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= ADLER32_DIGITS && isHexadecimal(value)) {
    return value.toLowerCase().padStart(ADLER32_DIGITS, '0');
  }
  throw inputError({
    what: `adler32 ${JSON.stringify(value)?.slice(0, 40)} is not a text of one to eight hexadecimal digits`,
    where,
  });
}

function isHexadecimal(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const letter = unit | 0x20;
    if (!((unit >= 0x30 && unit <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return false;
  }
  return true;
}
