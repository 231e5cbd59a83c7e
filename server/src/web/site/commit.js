// Makes the secret of a party on its own device: 32 random bytes, the commitment to them, and a QR picture for the
// envelope. Nothing is sent but the commitment, by the form below it.
"use strict";

const encoder = new TextEncoder();

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(text) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

function commitment(announce, party, secret) {
  return sha256(`public-draw/1\tcommit\t${announce}\t${party}\t${secret}\n`);
}

function inGroups(digits) {
  return digits.match(/.{1,8}/g).join(" ");
}

// ---- A QR picture of 64 hexadecimal digits: version 3, error correction L, alphanumeric, mask 0 (ISO/IEC 18004) ----

const SIZE = 29;
const DATA_CODEWORDS = 55;
const CHECK_CODEWORDS = 15;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

function dataBits(text) {
  const bits = [];
  const push = (value, length) => {
    for (let place = length - 1; place >= 0; place -= 1) bits.push((value >> place) & 1);
  };
  push(0b0010, 4);
  push(text.length, 9);
  for (let index = 0; index + 1 < text.length; index += 2) {
    push(LETTERS.indexOf(text[index]) * 45 + LETTERS.indexOf(text[index + 1]), 11);
  }
  push(0, 4);
  while (bits.length % 8 !== 0) bits.push(0);
  for (let filler = 0xec; bits.length < DATA_CODEWORDS * 8; filler ^= 0xec ^ 0x11) push(filler, 8);
  return bits;
}

function toBytes(bits) {
  const bytes = [];
  for (let index = 0; index < bits.length; index += 8) bytes.push(parseInt(bits.slice(index, index + 8).join(""), 2));
  return bytes;
}

// Multiplication in the field of 256 elements that QR codes use.
function multiply(left, right) {
  let product = 0;
  for (let place = 7; place >= 0; place -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> place) & 1) * left;
  }
  return product;
}

function checkCodewords(data) {
  const divisor = new Array(CHECK_CODEWORDS).fill(0);
  divisor[CHECK_CODEWORDS - 1] = 1;
  for (let degree = 0, root = 1; degree < CHECK_CODEWORDS; degree += 1, root = multiply(root, 2)) {
    for (let index = 0; index < CHECK_CODEWORDS; index += 1) {
      divisor[index] = multiply(divisor[index], root) ^ (divisor[index + 1] ?? 0);
    }
  }
  const remainder = new Array(CHECK_CODEWORDS).fill(0);
  for (const byte of data) {
    const factor = byte ^ remainder.shift();
    remainder.push(0);
    divisor.forEach((coefficient, index) => { remainder[index] ^= multiply(coefficient, factor); });
  }
  return remainder;
}

// The fixed patterns: finders, alignment, timing, format. `null` is left for data.
function skeleton() {
  const modules = Array.from({ length: SIZE }, () => new Array(SIZE).fill(null));
  const finder = (top, left) => {
    for (let row = -1; row <= 7; row += 1) {
      for (let column = -1; column <= 7; column += 1) {
        const [y, x] = [top + row, left + column];
        if (y < 0 || x < 0 || y >= SIZE || x >= SIZE) continue;
        const ring = Math.max(Math.abs(row - 3), Math.abs(column - 3));
        modules[y][x] = ring !== 2 && ring !== 4;
      }
    }
  };
  for (let index = 0; index < SIZE; index += 1) modules[6][index] = modules[index][6] = index % 2 === 0;
  finder(0, 0);
  finder(0, SIZE - 7);
  finder(SIZE - 7, 0);
  for (let row = -2; row <= 2; row += 1) {
    for (let column = -2; column <= 2; column += 1) {
      modules[22 + row][22 + column] = Math.max(Math.abs(row), Math.abs(column)) !== 1;
    }
  }
  drawFormat(modules);
  return modules;
}

// Error correction L and mask 0, with their own check bits: a constant of the standard.
function drawFormat(modules) {
  const format = 0b111011111000100;
  const bit = (index) => ((format >> index) & 1) === 1;
  for (let index = 0; index <= 5; index += 1) modules[index][8] = bit(index);
  modules[7][8] = bit(6);
  modules[8][8] = bit(7);
  modules[8][7] = bit(8);
  for (let index = 9; index < 15; index += 1) modules[8][14 - index] = bit(index);
  for (let index = 0; index < 8; index += 1) modules[8][SIZE - 1 - index] = bit(index);
  for (let index = 8; index < 15; index += 1) modules[SIZE - 15 + index][8] = bit(index);
  modules[SIZE - 8][8] = true;
}

function qrModules(text) {
  const data = toBytes(dataBits(text));
  const bits = [...data, ...checkCodewords(data)].flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((place) => (byte >> place) & 1));
  const modules = skeleton();
  let next = 0;
  for (let right = SIZE - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step += 1) {
      for (const column of [right, right - 1]) {
        const upward = ((right + 1) & 2) === 0;
        const row = upward ? SIZE - 1 - step : step;
        if (modules[row][column] !== null) continue;
        const dark = (bits[next] ?? 0) === 1;
        next += 1;
        modules[row][column] = dark !== ((row + column) % 2 === 0);
      }
    }
  }
  return modules;
}

function qrPicture(text) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "qr");
  svg.setAttribute("viewBox", `-4 -4 ${SIZE + 8} ${SIZE + 8}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("shape-rendering", "crispEdges");
  const path = document.createElementNS(space, "path");
  const squares = [];
  qrModules(text).forEach((row, y) => row.forEach((dark, x) => { if (dark) squares.push(`M${x} ${y}h1v1h-1z`); }));
  path.setAttribute("d", squares.join(""));
  svg.append(path);
  return svg;
}

// ---- The page ----

function element(id) {
  return document.getElementById(id);
}

async function makeSecret() {
  const { announce, party } = element("maker").dataset;
  const secret = hex(crypto.getRandomValues(new Uint8Array(32)));
  element("commitment").value = await commitment(announce, party, secret);
  element("secret").textContent = inGroups(secret);
  element("picture").replaceChildren(qrPicture(secret.toUpperCase()));
  element("sheet").hidden = false;
  element("print").hidden = false;
  element("make").hidden = true;
}

function start() {
  const maker = element("maker");
  if (!maker) return;
  maker.hidden = false;
  if (!globalThis.crypto?.subtle) {
    element("unavailable").hidden = false;
    element("make").hidden = true;
    element("by-hand").open = true;
    return;
  }
  element("make").addEventListener("click", makeSecret);
  element("print").addEventListener("click", () => print());
}

start();
