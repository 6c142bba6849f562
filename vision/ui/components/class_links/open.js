async (goal, scroll) => {  // "gan lab" or "gan lesson.NAME": go there as a visitor does
  const [tab, place] = goal.split(" ");
  if (!place) return;
  const [step, exercise] = place.split(".");
  const row = () => document.getElementById(`${tab}-step-row`);
  const part = () => document.querySelector(
    `#${tab}-parts > .tab-wrapper [role=tab][data-tab-id="${step}"]`);
  const choice = () => row()?.querySelector(`input[value="${step}"]`);
  const open = () => (part() ? part().ariaSelected === "true" : choice()?.checked);
  const end = exercise ? `${tab}-exercise-${exercise}` : `${tab}-step-row`;
  let theirs = false;  // whether the visitor has gone on
  for (const kind of ["keydown", "pointerdown"])
    addEventListener(kind, () => { theirs = true; }, { once: true, passive: true });
  let stays = 0;  // looks; what the page opens by itself may come later, and undo it
  for (let left = 300; left && stays < 10 && !theirs; left--) {
    if (row()?.offsetParent && !open()) (part() ?? choice())?.click();
    stays = open() && document.getElementById(end)?.offsetParent ? stays + 1 : 0;
    if (stays === 1) scroll(end, exercise ? "center" : "start");
    await new Promise((done) => setTimeout(done, 100));
  }
}
