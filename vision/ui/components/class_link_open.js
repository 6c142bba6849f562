async (goal) => {  // "gan lab", "gan train" or "gan lesson.NAME": go there as a visitor does
  const [tab, place] = goal.split(" ");
  if (!place) return;
  const [step, exercise] = place.split(".");
  let theirs = false;  // whether the visitor has begun to scroll or to type
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(kind, () => { theirs = true; }, { once: true, passive: true });
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const row = () => document.getElementById(`${tab}-step-row`);
  const part = () => document.querySelector(
    `#${tab}-parts > .tab-wrapper [role=tab][data-tab-id="${step}"]`);
  const choice = () => row()?.querySelector(`input[value="${step}"]`);
  const open = () => (part() ? part().ariaSelected === "true" : choice()?.checked);
  const end = () => (exercise ? document.getElementById(`${tab}-exercise-${exercise}`) : row());
  let stays = 0;  // looks; what the page opens by itself may come later, and undo it
  for (let left = 300; left && stays < 10 && !theirs; left--) {
    if (row()?.offsetParent && !open()) (part() ?? choice())?.click();
    stays = open() && end()?.offsetParent ? stays + 1 : 0;
    if (stays === 1) end().scrollIntoView({ block: exercise ? "center" : "start" });
    await pause(100);
  }
  for (let left = 5; left && !theirs; left--) {  // what opens meanwhile may have moved it
    const { top, bottom } = end()?.getBoundingClientRect() ?? { top: 0, bottom: 1 };
    if (bottom <= 0 || top >= innerHeight)
      end().scrollIntoView({ block: exercise ? "center" : "start" });
    await pause(500);
  }
}
