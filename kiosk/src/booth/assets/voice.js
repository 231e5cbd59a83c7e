// Prompts in the headphones: recorded ones where there are some, otherwise by the browser's own voice. Loaded only where the voice is on.
"use strict";

{
  const page = document.documentElement;
  const chinese = page.lang.startsWith("zh");
  const everything = page.dataset.voice === "everything";
  // A voice that never ends must not hold up the vote.
  const LONGEST_MS = 4000;

  const fetched = new Map();
  const recording = (url) => {
    if (!fetched.has(url)) {
      const sound = fetch(url, { cache: "no-store" })
        .then(async (answer) => (answer.ok ? URL.createObjectURL(await answer.blob()) : null))
        .catch(() => null);
      fetched.set(url, sound);
    }
    return fetched.get(url);
  };
  // All grades, on every page and in the same order: what is fetched tells nothing of what was chosen.
  const chosenClips = (document.body.dataset.chosenClips ?? "").split(" ");
  for (const url of chosenClips) if (url !== "") recording(url);

  let turn = 0;
  let playing = null;
  const stop = () => {
    turn += 1;
    playing?.pause();
    playing = null;
    window.speechSynthesis?.cancel();
  };

  const speak = (text) => new Promise((done) => {
    if (!("speechSynthesis" in window) || text === "") return done();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = page.lang;
    utterance.rate = 0.95;
    utterance.onend = done;
    utterance.onerror = done;
    speechSynthesis.speak(utterance);
  });
  // Answers whether it was played.
  const play = (url) => new Promise((done) => {
    const audio = new Audio(url);
    playing = audio;
    audio.onended = () => done(true);
    audio.onpause = () => done(true);
    audio.onerror = () => done(false);
    audio.play().catch(() => done(false));
  });

  // Phrases one after the other; those without a recording in one breath.
  const say = async (phrases) => {
    stop();
    const mine = turn;
    const breaths = [];
    for (const phrase of phrases.filter(({ text }) => text !== "")) {
      const last = breaths.at(-1);
      if (last && !last.clip && !phrase.clip) last.text += (chinese ? "。" : ". ") + phrase.text;
      else breaths.push({ ...phrase });
    }
    for (const { text, clip } of breaths) {
      const url = clip ? await recording(clip) : null;
      if (mine !== turn) return;
      const played = url !== null && await play(url);
      if (!played && mine === turn) await speak(text);
      if (mine !== turn) return;
    }
  };

  const text = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
  const all = (selector) => [...document.querySelectorAll(selector)].map((element) => ({ text: text(element), clip: element.dataset.clip }));
  const chosen = (grade, label) => ({ text: chinese ? `已选：${label}` : `Chosen: ${label}`, clip: chosenClips[grade] });
  const choices = (grades) => ({
    text: grades.map((grade) => {
      const key = grade.dataset.key ?? grade.dataset.number;
      const label = text(grade.querySelector(".grade-label"));
      return chinese ? `按 ${key}，${label}` : `${key}: ${label}`;
    }).join(chinese ? "；" : "; "),
    clip: document.querySelector("[data-choices]")?.dataset.choices,
  });
  const marked = (place) => {
    const button = everything && place.querySelector(".grade[aria-pressed=true]");
    return button ? [chosen(button.value, text(button.querySelector(".grade-label")))] : [];
  };
  const grading = (place) => {
    const grades = [...place.querySelectorAll(".grade")];
    return grades.length > 0 ? [choices(grades), ...marked(place)] : [];
  };
  const row = (form) => [{ text: text(form.querySelector("h2")), clip: form.dataset.clip }, ...grading(form)];

  const prompt = () => {
    const named = document.querySelector("main h1[data-clip]") !== null;
    const current = document.querySelector(".group-row.current");
    const words = [
      ...(named ? [] : all(".place")),
      ...all("main h1"),
      ...all("main .alert p, main .explain, main .outcome > p:not(.tracker-line), .cast-note, .scope, .ask.missed"),
    ];
    const recorded = document.body.dataset.clip;
    if (recorded) return [{ text: words.map((phrase) => phrase.text).join(chinese ? "。" : ". "), clip: recorded }];
    return [...words, ...(current ? row(current) : grading(document))];
  };

  if (everything) {
    // Whoever wants to hear the choice hears it, but not for longer than this.
    document.sayChoice = (button) => Promise.race([
      say([chosen(button?.value, text(button?.querySelector(".grade-label")))]),
      new Promise((done) => { setTimeout(done, LONGEST_MS); }),
    ]);
    // The review, row by row: office and grade.
    for (const link of document.querySelectorAll(".rows li > a")) {
      link.addEventListener("focus", () => {
        const grade = link.querySelector(".row-grade");
        const office = { text: text(link.querySelector(".row-name")), clip: link.dataset.clip };
        say([office, "grade" in grade.dataset ? chosen(grade.dataset.grade, text(grade)) : { text: text(grade) }]);
      });
    }
  }
  for (const form of document.querySelectorAll(".group-row")) {
    form.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget && !form.contains(relatedTarget)) say(row(form));
    });
  }
  addEventListener("pagehide", stop);
  say(prompt());
}
