(tab, names) => {
  const key = `vision-lab-guesses-${tab}`;
  const kept = () => JSON.parse(localStorage.getItem(key) ?? "{}");
  const lesson = document.querySelector(`#${tab}-lesson`);
  const named = (place, kind) => place?.id.slice(`${tab}-${kind}-`.length);
  const tell = (name, left = 0) => {  // an answer begins with what was guessed: text, never HTML
    const answer = document.querySelector(`#${tab}-answer-${name} .prose`);
    if (!answer) {  // what is opened comes into being a little later
      if (left) setTimeout(tell, 30, name, left - 1);
      return;
    }
    const guess = (kept()[name] ?? "").trim().replace(/[.。]+$/, "");
    const words = document.getElementById(`${tab}-guessed`).textContent.trim();
    const line = answer.parentElement.querySelector(".lab-guessed")
      ?? Object.assign(document.createElement("p"), { className: "lab-guessed" });
    line.textContent = guess && words.replace("{guess}", () => guess);
    answer.before(line);
  };
  if (!lesson.dataset.listens) {
    lesson.dataset.listens = "yes";
    lesson.addEventListener("input", (event) => {
      const name = named(event.target.closest(`[id^="${tab}-guess-"]`), "guess");
      if (!name) return;
      localStorage.setItem(key, JSON.stringify({ ...kept(), [name]: event.target.value }));
      tell(name);
    });
    lesson.addEventListener("click", (event) => {
      const name = named(event.target.closest(`[id^="${tab}-answer-"]`), "answer");
      if (name) tell(name, 100);
    });
  }
  return names.map((name) => kept()[name] ?? "");
}
