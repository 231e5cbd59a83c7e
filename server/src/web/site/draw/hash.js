// 2. SHA-256: the browser's own for everything that is shown; a second one of ours only for the long search of
//    public-draw/2, where asking the browser hundreds of times a try would take too long.

/** SHA-256 of bytes or text by the browser, as 64 hexadecimal digits. */
async function sha256(data) {
  const bytes = typeof data === "string" ? encode(data) : data;
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** SHA-256 of the line `public-draw/1<TAB>purpose<TAB>…<LF>`. */
function hashLine(purpose, ...cells) {
  return sha256(lineOf(purpose, ...cells));
}

function lineOf(purpose, ...cells) {
  return `${[HASHED, purpose, ...cells].join("\t")}\n`;
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The first 32 bits of the fractional parts of the `root`-th roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function primeRoots(count, root) {
  const words = [];
  for (let candidate = 2; words.length < count; candidate += 1) {
    if (isPrime(candidate)) {
      words.push(fractionOfRoot(BigInt(candidate), root));
    }
  }
  return Int32Array.from(words);
}

function isPrime(number) {
  for (let factor = 2; factor * factor <= number; factor += 1) {
    if (number % factor === 0) {
      return false;
    }
  }
  return true;
}

/** ⌊root-th root of number · 2³²⌋ without its whole part, in whole numbers so that nothing is rounded. */
function fractionOfRoot(number, root) {
  const target = number << BigInt(32 * root);
  let [low, high] = [0n, number << 32n];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** BigInt(root) <= target) {
      low = middle;
    } else {
      high = middle - 1n;
    }
  }
  return Number(low & 0xffffffffn) | 0;
}

const ROUND_CONSTANTS = primeRoots(64, 3);
const INITIAL_STATE = primeRoots(8, 2);
const SCHEDULE = new Int32Array(64);

/** One block of 16 words into a state of 8 words; both are 32-bit. Writes the new state to `output` at `offset`. */
function compress(state, block, output, offset) {
  const schedule = SCHEDULE;
  for (let i = 0; i < 16; i += 1) {
    schedule[i] = block[i];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = (schedule[i - 16] + s0 + schedule[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + schedule[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  const result = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) {
    output[offset + i] = (state[i] + result[i]) | 0;
  }
}

/** The message in blocks of 16 words, with its padding. */
function toBlocks(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const words = Int32Array.from({ length: padded.length / 4 }, (_, index) => view.getInt32(index * 4));
  return Array.from({ length: words.length / 16 }, (_, index) => words.subarray(index * 16, index * 16 + 16));
}

/** SHA-256 at once, without waiting for the browser. */
function ownSha256(text) {
  const state = Int32Array.from(INITIAL_STATE);
  for (const block of toBlocks(encode(text))) {
    compress(Int32Array.from(state), block, state, 0);
  }
  return wordsToHex(state, 0);
}

function wordsToHex(words, offset) {
  return Array.from({ length: 8 }, (_, index) => (words[offset + index] >>> 0).toString(16).padStart(8, "0")).join("");
}
