// What two articles share, by the rules of `newsfold compare`: the places of the run's passages, or, where a run looked
// for none, the words that agree in a row.

/** Words that must agree in a row before anything is called shared: fewer are an idiom or a name. */
const SEED_WORDS = 8;
/** So many differing words in a row are a change inside a passage; more end it. */
const GAP_WORDS = 12;
/** Where a run of words stands more often than so in the other text, the first places are tried. */
const MOST_PLACES = 16;
/** A pair of places lies inside a larger one from this share of both its sides on, as in src/passage/nested.rs. */
const INSIDE = 0.5;
/** Pairs that a pair is held against on either side, as there. */
const LOOK = 64;
/** Cells of the largest table by which words are aligned, 2,000 words against as many; what lies between longer runs has its own. */
const MOST_ALIGNED = 4e6;

// What a word is, as in src/text/rules.rs.
/** Scripts that are written without spaces count by the character, with its marks. */
const ALONE = "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uff66-\\uff9d\\u{20000}-\\u{3ffff}]";
const APOSTROPHE = "['‘’ʼ＇]";
const SILENT = "[\\u00ad\\u200b-\\u200d\\u2060\\ufeff\\u0640]";
const OF_WORD = `(?:\\p{Nd}|(?!${ALONE}|${APOSTROPHE}|${SILENT})[\\p{L}\\p{N}])`;
/** A capital letter that follows a small one begins another word. */
const ANOTHER = `(?<=\\p{Lowercase}(?:${APOSTROPHE}|${SILENT}|\\p{M})*)\\p{Uppercase}`;
const WORD = new RegExp(
  `(?!\\p{Nd})(?=[\\p{L}\\p{N}])${ALONE}\\p{M}*|${OF_WORD}(?:(?!${ANOTHER})${OF_WORD}|\\p{M}|${SILENT}|${APOSTROPHE}(?=${OF_WORD}))*`, "gu");
const UNHEARD = new RegExp(`${APOSTROPHE}|${SILENT}`, "gu");
/** Tags that an extractor left in a text are no words, where one of them closes an element. */
const CLOSING = /<\/[a-z]/i;
const TAG = /<!-{2}[^]*?(?:-->|$)|<(script|style)\b[^]*?(?:<\/\1|$)|<\/?[a-z][^>]*>/gi;

const wordsOf = (text) => {
  const found = [];
  const plain = CLOSING.test(text) ? text.replace(TAG, (tag) => " ".repeat(tag.length)) : text;
  for (const { 0: word, index } of plain.matchAll(WORD)) {
    found.push({ word: folded(word.replace(UNHEARD, "")), from: index, to: index + word.length });
  }
  return found;
};

/** Runs of words that both texts have: { a, b, length }, in the order of A, no word in two of them. */
const agreeing = (a, b) => {
  const at = new Map();
  const seed = (words, place) => {
    let key = "";
    for (let next = place; next < place + SEED_WORDS; next++) key += `${words[next].word} `;
    return key;
  };
  for (let place = 0; place + SEED_WORDS <= b.length; place++) {
    const key = seed(b, place);
    const known = at.get(key);
    if (!known) at.set(key, [place]);
    else if (known.length < MOST_PLACES) known.push(place);
  }
  const taken = new Uint8Array(b.length);
  const found = [];
  for (let place = 0; place + SEED_WORDS <= a.length; ) {
    let best = null;
    for (const other of at.get(seed(a, place)) ?? []) {
      let length = 0;
      while (a[place + length]?.word === b[other + length]?.word && place + length < a.length && !taken[other + length]) length += 1;
      if (length >= SEED_WORDS && (!best || length > best.length)) best = { a: place, b: other, length };
    }
    if (!best) {
      place += 1;
      continue;
    }
    // The words before may agree too: their seed stood in too many places, or was taken.
    const last = found.at(-1);
    const free = last ? last.a + last.length : 0;
    while (best.a > free && best.b > 0 && a[best.a - 1].word === b[best.b - 1].word && !taken[best.b - 1]) {
      best = { a: best.a - 1, b: best.b - 1, length: best.length + 1 };
    }
    taken.fill(1, best.b, best.b + best.length);
    found.push(best);
    place = best.a + best.length;
  }
  return found;
};

/** Places of which both have the words: agreeing runs that follow one another in both with few other words between. */
const placesOfRuns = (a, b) => {
  const chains = [];
  for (const run of agreeing(a, b)) {
    const chain = chains.at(-1);
    const last = chain?.at(-1);
    const [inA, inB] = last ? [run.a - last.a - last.length, run.b - last.b - last.length] : [Infinity, Infinity];
    if (inA <= GAP_WORDS && inB >= 0 && inB <= GAP_WORDS) chain.push(run);
    else chains.push([run]);
  }
  return chains.map((chain) => {
    const [head, tail] = [chain[0], chain.at(-1)];
    return { a: [head.a, tail.a + tail.length], b: [head.b, tail.b + tail.length] };
  });
};

/** The places that the run's passages have in both, in characters, in the order of A: { passage, a, b }. The first place
    in A goes with the first in B; those that one has more often with the other's last. */
const placesOfPassages = (a, b) => {
  const within = (article) => {
    const found = new Map();
    for (const span of passagesOf(article)) {
      if (!found.has(span.passage)) found.set(span.passage, []);
      found.get(span.passage).push(span);
    }
    for (const spans of found.values()) spans.sort((x, y) => x.start - y.start);
    return found;
  };
  const [inA, inB] = [within(a), within(b)];
  const pairs = new Map();
  for (const [passage, mine] of inA) {
    const theirs = inB.get(passage);
    for (let place = 0; theirs && place < Math.max(mine.length, theirs.length); place++) {
      const pair = { passage, a: mine[place] ?? mine.at(-1), b: theirs[place] ?? theirs.at(-1) };
      const key = [pair.a, pair.b].map(({ start, end }) => `${start}-${end}`).join();
      const known = pairs.get(key);
      if (!known || passage.id < known.passage.id) pairs.set(key, pair);
    }
  }
  return outermost([...pairs.values()]);
};

/** The pairs of places that do not lie inside a larger pair, in order. */
const outermost = (pairs) => {
  const order = ({ a, b }) => [a.start, a.end, b.start, b.end];
  pairs.sort((x, y) => {
    const [one, other] = [order(x), order(y)];
    const place = one.findIndex((value, place) => value !== other[place]);
    return place < 0 ? 0 : one[place] - other[place];
  });
  const length = ({ start, end }) => end - start;
  const size = ({ a, b }) => length(a) + length(b);
  const liesIn = (inner, outer) =>
    Math.min(inner.end, outer.end) - Math.max(inner.start, outer.start) >= INSIDE * length(inner);
  return pairs.filter((pair, place) => {
    const first = Math.max(0, place - LOOK);
    const isLarger = (other, at) => size(other) > size(pair) || (size(other) === size(pair) && at < place);
    return !pairs.slice(first, place + LOOK + 1)
      .some((other, at) => isLarger(other, first + at) && liesIn(pair.a, other.a) && liesIn(pair.b, other.b));
  });
};

/** The places of words that agree in a longest common subsequence, in order. */
const longestCommon = (a, b) => {
  const wide = b.length + 1;
  // From the end, so that it is read from the beginning.
  const longest = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * wide + j] = a[i].word === b[j].word
        ? longest[(i + 1) * wide + j + 1] + 1
        : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
    }
  }
  const pairs = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    if (a[i].word === b[j].word) pairs.push([i++, j++]);
    else if (longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
};

/** Of runs in the order of A those with the most words that are in the order of B, too. */
const inBothOrders = (runs) => {
  const best = [];
  runs.forEach((run, place) => {
    best[place] = { words: run.length, before: -1 };
    for (let other = 0; other < place; other++) {
      const words = best[other].words + run.length;
      if (runs[other].b + runs[other].length <= run.b && words > best[place].words) best[place] = { words, before: other };
    }
  });
  const chain = [];
  let at = best.reduce((most, { words }, place) => (most < 0 || words > best[most].words ? place : most), -1);
  for (; at >= 0; at = best[at].before) chain.unshift(runs[at]);
  return chain;
};

/** The places of words of two stretches that agree, in order: the long runs, and between them what a table finds. */
const aligned = (a, b) => {
  const runs = a.length * b.length <= MOST_ALIGNED ? [] : inBothOrders(agreeing(a, b));
  const pairs = [];
  let [fromA, fromB] = [0, 0];
  for (const run of [...runs, { a: a.length, b: b.length, length: 0 }]) {
    if ((run.a - fromA) * (run.b - fromB) <= MOST_ALIGNED) {
      const between = longestCommon(a.slice(fromA, run.a), b.slice(fromB, run.b));
      pairs.push(...between.map(([inA, inB]) => [fromA + inA, fromB + inB]));
    }
    for (let word = 0; word < run.length; word++) pairs.push([run.a + word, run.b + word]);
    [fromA, fromB] = [run.a + run.length, run.b + run.length];
  }
  return pairs;
};

/** What is shared, in words: for each side the spans of the places and of the words in them that differ, and the share of
    its words that stand in a place. */
const sharedWords = (a, b) => {
  const words = { a: wordsOf(a.text), b: wordsOf(b.text) };
  const found = model.has.passages ? placesOfPassages(a, b) : null;
  const pairs = found ? inWords(found, { a, b }, words) : placesOfRuns(words.a, words.b);
  const side = (name, place) => {
    const mine = words[name];
    // What a word is: in no shared place, in one, or in one where the other has it, too.
    const [SHARED, SAME] = [1, 2];
    const is = new Uint8Array(mine.length);
    for (const pair of pairs) for (let at = pair[name][0]; at < pair[name][1]; at++) is[at] ||= SHARED;
    for (const { same } of pairs) for (const both of same) is[both[place]] = SAME;
    const spans = pairs.map(({ [name]: [from, after] }, number) => ({ number, from: mine[from].from, to: mine[after - 1].to }));
    let shared = 0;
    for (let at = 0; at < mine.length; at++) {
      if (is[at]) shared += 1;
      if (is[at] !== SHARED) continue;
      const begun = at;
      while (is[at + 1] === SHARED) at += 1;
      shared += at - begun;
      spans.push({ differs: true, from: mine[begun].from, to: mine[at].to });
    }
    return { spans, share: shared / Math.max(1, mine.length) };
  };
  for (const pair of pairs) {
    const same = aligned(words.a.slice(...pair.a), words.b.slice(...pair.b));
    pair.same = same.map(([inA, inB]) => [inA + pair.a[0], inB + pair.b[0]]);
  }
  return { a: side("a", 0), b: side("b", 1), places: pairs.length, passages: found ? passagesAmong(found) : pairs.length };
};

/** Places in characters as ranges of words. A word that a place cuts is not in it. */
const inWords = (found, articles, words) => {
  const [ofA, ofB] = ["a", "b"].map((name) => rangesIn(articles[name].text, words[name], found.map((pair) => pair[name])));
  return found.map(({ a, b }) => ({ a: ofA(a), b: ofB(b) })).filter(({ a, b }) => a[0] < a[1] && b[0] < b[1]);
};

const rangesIn = (text, words, spans) => {
  const at = places(text, spans.flatMap(({ start, end }) => [start, end]));
  return ({ start, end }) => {
    const first = words.findIndex(({ from }) => from >= at(start));
    const after = words.findLastIndex(({ to }) => to <= at(end)) + 1;
    return first < 0 ? [after, after] : [first, Math.max(first, after)];
  };
};

/** The share of A that stands in passages which B has too: of its words where its text is here, else of its characters. */
const shareOf = (a, b) => {
  const found = placesOfPassages(a, b);
  if (a.text === undefined) return covered(found.map(({ a: { start, end } }) => [start, end])) / Math.max(1, a.chars);
  const words = wordsOf(a.text);
  const range = rangesIn(a.text, words, found.map((pair) => pair.a));
  return covered(found.map((pair) => range(pair.a))) / Math.max(1, words.length);
};

/** How much these stretches cover together. */
const covered = (stretches) => {
  let [sum, reached] = [0, 0];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    sum += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return sum;
};

/** What is shared where the texts are not in this page: the passages in the words that one article has them in, and the
    share of characters. */
const sharedPassages = (a, b) => {
  const found = placesOfPassages(a, b);
  const side = (article, name) => {
    const spans = found.map((pair, number) => {
      const { start, end, identity } = pair[name];
      return { number, from: start, to: end, text: passageText(pair.passage), identity };
    }).sort((x, y) => x.from - y.from);
    return { spans, share: covered(spans.map(({ from, to }) => [from, to])) / Math.max(1, article.chars) };
  };
  return { a: side(a, "a"), b: side(b, "b"), places: found.length, passages: passagesAmong(found) };
};

const passagesAmong = (found) => new Set(found.map(({ passage }) => passage)).size;
