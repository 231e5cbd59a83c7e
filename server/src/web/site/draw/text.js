// 1. Canonical text: bytes to lines and cells. Nothing is ever normalised.

"use strict";

/** The tag of hashed lines, in both versions of the draw. */
const HASHED = "public-draw/1";
/** The tags that files may begin with. */
const PLAIN = "public-draw/1";
const WITH_FEATURES = "public-draw/2";

/** Why a file is refused, in both languages. */
class Refusal extends Error {
  constructor(zh, en) {
    super(en);
    this.zh = zh;
    this.en = en;
  }
}

/** A refusal that names a line, counted from 1. */
function refuseLine(line, zh, en) {
  return new Refusal(`第 ${line} 行：${zh}`, `line ${line}: ${en}`);
}

/** The lines of a file after its first: `{ tag, lines: [{ number, cells }] }`. `tags` are the tags it may begin with. */
function readLines(bytes, kind, tags) {
  const text = decode(bytes);
  const carriageReturn = text.indexOf("\r");
  if (carriageReturn >= 0) {
    throw refuseLine(
      text.slice(0, carriageReturn).split("\n").length,
      "含有回车符，文件可能被其他编辑器另存过；应为 LF 换行。",
      "has a carriage return; an editor may have saved the file again; lines end with LF",
    );
  }
  if (!text.endsWith("\n")) {
    throw new Refusal(
      "最后一行没有换行符，文件可能不完整。",
      "the last line has no line end; the file may be cut off",
    );
  }
  const rows = text.slice(0, -1).split("\n");
  const tag = tags.find((tag) => rows[0] === `${tag}\t${kind}`);
  if (tag === undefined) {
    const wanted = tags.join(" / ");
    throw refuseLine(1, `应为“${wanted}”、制表符和“${kind}”。`, `must be "${wanted}", a TAB and "${kind}"`);
  }
  const lines = rows.slice(1).map((row, index) => ({ number: index + 2, cells: row.split("\t") }));
  return { tag, lines };
}

/** UTF-8 to text; a byte order mark stays in it, so that the first line is refused for it. */
function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuseLine(firstBrokenLine(bytes), "不是 UTF-8 文本。", "is not UTF-8 text");
  }
}

function firstBrokenLine(bytes) {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    try {
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, stop));
    } catch {
      return line;
    }
    start = stop + 1;
  }
  return line;
}

/** A file from its lines of cells. */
function writeLines(tag, kind, rows) {
  return [[tag, kind], ...rows].map((cells) => `${cells.join("\t")}\n`).join("");
}

function encode(text) {
  return new TextEncoder().encode(text);
}

/** A whole number as the files write it, without sign or leading zero; `null` if it is none. */
function parseNumber(text) {
  const isNumber = /^(0|[1-9][0-9]*)$/.test(text) && BigInt(text) < 2n ** 64n;
  return isNumber ? Number(text) : null;
}

function isHash(text) {
  return /^[0-9a-f]{64}$/.test(text);
}

function isHalf(text) {
  return text === "A" || text === "B";
}

function isId(text) {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(text);
}

/** Whether a cell has no invisible character and no white space at an end. */
function isClean(cell) {
  const forbidden =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;
  const space = "[\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]";
  return !forbidden.test(cell) && !new RegExp(`^${space}|${space}$`).test(cell);
}

/** Compares texts by their UTF-8 bytes: below, at or above 0. */
function compareBytes(one, other) {
  const [left, right] = [encode(one), encode(other)];
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    if (left[index] !== right[index]) {
      return left[index] - right[index];
    }
  }
  return left.length - right.length;
}

/** The number of the first line in which two files differ; 0 if they are the same to the byte. */
function firstDifference(bytes, text) {
  const expected = encode(text);
  const length = Math.max(bytes.length, expected.length);
  let line = 1;
  for (let index = 0; index < length; index += 1) {
    if (bytes[index] !== expected[index]) {
      return line;
    }
    if (bytes[index] === 10) {
      line += 1;
    }
  }
  return 0;
}
