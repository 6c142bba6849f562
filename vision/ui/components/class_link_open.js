async (goal) => {  // "gan lab", "gan train" or "gan lesson.NAME": go there as a visitor does
  const [tab, place] = goal.split(" ");
  if (!place) return;
  const [step, exercise] = place.split(".");
  const seen = async (name) => {
    for (let left = 150; left; left--) {
      const found = document.querySelector(name);
      if (found?.offsetParent) return found;
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const row = await seen(`#${tab}-step-row`);
  const part = document.querySelector(
    `#${tab}-parts > .tab-wrapper [role=tab][data-tab-id="${step}"]`);
  (part ?? row?.querySelector(`input[value="${step}"]`))?.click();
  const end = exercise ? await seen(`#${tab}-exercise-${exercise}`) : row;
  end?.scrollIntoView({ behavior: "smooth", block: exercise ? "center" : "start" });
}
