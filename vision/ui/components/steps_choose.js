(step, { row, item, known, part }) => {
  const first = Object.keys(known).find((each) => known[each] === step);
  const folded = item.querySelector(`.lab-step-${step} button.label-wrap`);
  if (folded && !folded.classList.contains("open")) folded.click();
  row.scrollIntoView({ block: "start" });
  const stays = !first || known[part] === step;
  return { __type__: "update", ...(stays ? {} : { selected: first }) };
}
