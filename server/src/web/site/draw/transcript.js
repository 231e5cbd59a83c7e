// 5. The transcript: seed.tsv. Its SHA-256 is the seed.

/** The transcript, its lines in their places; whether secrets open commitments is asked by `openings`. */
function readTranscript(bytes, announcement, announceHash) {
  const { lines } = readLines(bytes, "seed", [announcement.tag]);
  const parties = announcement.parties.length;
  if (lines.length !== 2 * parties + 3) {
    throw new Refusal(
      `共有 ${lines.length + 1} 行，按公告的参与方数应为 ${2 * parties + 4} 行。`,
      `there are ${lines.length + 1} lines, the announced parties need ${2 * parties + 4}`,
    );
  }
  const [first, ...rest] = lines;
  if (valueAfter(first, ["announce_sha256"]) !== announceHash) {
    throw new Refusal(
      "记录指向的不是这份公告，公告可能被改动过。",
      "the transcript names another announcement; this one may have been changed",
    );
  }
  const commitments = readCommitments(rest.slice(0, parties));
  const dice = readDice(rest[parties], announcement.diceDigits);
  const secrets = rest.slice(parties + 1, 2 * parties + 1).map(readSecret);
  const publicValue = readPublicValue(rest[2 * parties + 1], announcement.publicSource);
  return { commitments, dice, secrets, publicValue };
}

/** The last cell of a line whose other cells are exactly `keys`; `null` if they are not. */
function valueAfter({ cells }, keys) {
  const fits = cells.length === keys.length + 1 && keys.every((key, index) => cells[index] === key);
  return fits ? cells[keys.length] : null;
}

function wrongLine({ number }) {
  return refuseLine(number, "内容或格式不对。", "is not what must stand there");
}

function readCommitments(lines) {
  const commitments = [];
  for (const [index, line] of lines.entries()) {
    const hash = valueAfter(line, ["commit", String(index + 1)]);
    if (hash === null || !isHash(hash)) {
      throw wrongLine(line);
    }
    if (commitments.includes(hash)) {
      throw refuseLine(
        line.number,
        `参与方 ${index + 1} 的承诺与前面一方相同。`,
        `the commitment of party ${index + 1} equals that of an earlier party`,
      );
    }
    commitments.push(hash);
  }
  return commitments;
}

function readDice(line, digits) {
  const dice = valueAfter(line, ["dice"]);
  if (dice === null) {
    throw wrongLine(line);
  }
  if (!/^[0-9]*$/.test(dice) || dice.length !== digits) {
    throw refuseLine(line.number, `骰子数字应为 ${digits} 位十进制数字。`, `the dice must be ${digits} decimal digits`);
  }
  return dice;
}

/** The secret, or `null` for a party that did not reveal. */
function readSecret(line, index) {
  const secret = valueAfter(line, ["reveal", String(index + 1)]);
  if (secret === "MISSING") {
    return null;
  }
  if (secret === null || !isHash(secret)) {
    throw wrongLine(line);
  }
  return secret;
}

function readPublicValue(line, source) {
  const value = valueAfter(line, ["public"]);
  if (value === null) {
    throw wrongLine(line);
  }
  if (source !== null && (value === "-" || value === "")) {
    throw refuseLine(
      line.number,
      "公告了公开来源，但没有填写它的值。",
      "a public source was announced, but its value is missing",
    );
  }
  if (source === null && value !== "-") {
    throw refuseLine(
      line.number,
      "没有公告公开来源，却填写了公开值。",
      "there is a public value, but no public source was announced",
    );
  }
  return source === null ? null : value;
}

/** For each party `true`, `false`, or `null` if nothing was revealed: does the secret open the commitment? */
function openings({ commitments, secrets }, announceHash) {
  const opens = async (secret, index) => {
    if (secret === null) {
      return null;
    }
    return (await hashLine("commit", announceHash, String(index + 1), secret)) === commitments[index];
  };
  return Promise.all(secrets.map(opens));
}

/** Refuses secrets that open nothing, all of them together, and too few reveals. */
function checkOpenings(opened, needed) {
  const wrong = [...opened.keys()].filter((index) => opened[index] === false).map((index) => index + 1);
  if (wrong.length > 0) {
    const lines = wrong.map((party) => party + opened.length + 3);
    throw new Refusal(
      `第 ${lines.join("、")} 行：参与方 ${wrong.join("、")} 开示的密数与其承诺不符。`,
      `line ${lines.join(", ")}: the secret of party ${wrong.join(", ")} does not open its commitment`,
    );
  }
  const valid = opened.filter((one) => one === true).length;
  if (valid < needed) {
    throw new Refusal(
      `有效开示只有 ${valid} 个，至少需要 ${needed} 个：本次抽取无效。`,
      `only ${valid} valid reveals, ${needed} are needed: the draw is void`,
    );
  }
}

/** The lines that were read out before the dice were thrown: tag, announcement, commitments. */
function openingLines(bytes, parties) {
  let end = 0;
  for (let line = 0; line < parties + 2; line += 1) {
    end = bytes.indexOf(10, end) + 1;
  }
  return bytes.subarray(0, end);
}
