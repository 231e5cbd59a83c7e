// 6. Tickets, ranking and selection.

const HALVES = ["A", "B"];

/** How many of each category are drawn from a half, at least and at most: category → `{ min, max }`. */
function boundsOf(pool, announcement, half) {
  const bounds = new Map();
  for (const { category } of membersOf(pool, half)) {
    const bound = bounds.get(category) ?? { min: 0, max: 0 };
    bounds.set(category, { min: 0, max: bound.max + 1 });
  }
  for (const quota of announcement.quotas.filter((quota) => quota.half === half)) {
    const available = bounds.get(quota.category)?.max;
    if (available === undefined) {
      throw refuseLine(
        quota.line,
        `名额规定提到半区 ${half} 的类别“${quota.category}”，但库中没有这一类别的人。`,
        `half ${half}: there is a quota for "${quota.category}", but nobody of this half has that category`,
      );
    }
    if (quota.min > available) {
      throw refuseLine(
        quota.line,
        `半区 ${half} 类别“${quota.category}”至少要抽 ${quota.min} 人，但库中只有 ${available} 人。`,
        `half ${half}, category "${quota.category}": at least ${quota.min} are to be drawn, but the pool has only ${available}`,
      );
    }
    bounds.set(quota.category, { min: quota.min, max: Math.min(quota.max, available) });
  }
  checkSums(bounds, announcement.take[half], half);
  return bounds;
}

/** Sum of floors ≤ number to draw ≤ sum of ceilings. */
function checkSums(bounds, take, half) {
  const sum = (part) => [...bounds.values()].reduce((total, bound) => total + bound[part], 0);
  const [floors, ceilings] = [sum("min"), sum("max")];
  if (floors > take) {
    throw new Refusal(
      `半区 ${half} 各类别下限合计 ${floors} 人，超过要抽取的 ${take} 人。`,
      `half ${half}: the floors add up to ${floors}, more than the ${take} to be drawn`,
    );
  }
  if (ceilings < take) {
    throw new Refusal(
      `半区 ${half} 按各类别上限最多只能抽 ${ceilings} 人，不足 ${take} 人。`,
      `half ${half}: with all ceilings at most ${ceilings} people can be drawn, ${take} are needed`,
    );
  }
}

/** The people of a half by ticket, lowest first; at the same ticket by id. */
async function rank(members, seed) {
  const tickets = [];
  // Not all at once, so that a large pool does not fill the memory.
  for (let start = 0; start < members.length; start += 1000) {
    const some = members.slice(start, start + 1000);
    tickets.push(...(await Promise.all(some.map(({ id }) => hashLine("ticket", seed, id)))));
  }
  const order = members.map((member, index) => ({ ...member, ticket: tickets[index] }));
  return order.sort((one, other) => {
    const key = one.ticket === other.ticket ? "id" : "ticket";
    return one[key] < other[key] ? -1 : 1;
  });
}

/** Goes down the ranking twice: first for people whose category is below its floor, then for people whose category is
    below its ceiling, until `take` have a seat. Answers the set of those people. */
function select(order, take, bounds) {
  const seats = new Set();
  const counts = new Map();
  for (const limit of ["min", "max"]) {
    for (const member of order) {
      const count = counts.get(member.category) ?? 0;
      if (count < bounds.get(member.category)[limit] && seats.size < take && !seats.has(member)) {
        seats.add(member);
        counts.set(member.category, count + 1);
      }
    }
  }
  return seats;
}

/** The ranking of a half with everybody's rank and status: `SELECTED`, `ALT1`, `ALT2`, … */
async function drawHalf(pool, half, seed, take, bounds) {
  const order = await rank(membersOf(pool, half), seed);
  const seats = select(order, take, bounds);
  let alternates = 0;
  return order.map((member, index) => {
    const isSelected = seats.has(member);
    alternates += isSelected ? 0 : 1;
    return { ...member, rank: index + 1, status: isSelected ? "SELECTED" : `ALT${alternates}` };
  });
}

/** The rankings of both halves. */
async function draw(pool, announcement, bounds, seed) {
  const rankings = {};
  for (const half of HALVES) {
    rankings[half] = await drawHalf(pool, half, seed, announcement.take[half], bounds[half]);
  }
  return rankings;
}

/** result.tsv as it must be. `retry` is `{ t, seed }`, only in public-draw/2. */
function writeResult(announcement, seed, opened, retry, rankings) {
  const valid = opened.filter((one) => one === true).length;
  const rows = [
    ["seed", seed],
    ["reveals", valid, opened.length],
    ...(retry === null ? [] : [["retry", retry.t, retry.seed]]),
    ["half", "rank", "id", "category", "ticket", "status"],
  ];
  for (const half of HALVES) {
    for (const { rank, id, category, ticket, status } of rankings[half]) {
      rows.push([half, rank, id, category, ticket, status]);
    }
  }
  return writeLines(announcement.tag, "result", rows);
}
