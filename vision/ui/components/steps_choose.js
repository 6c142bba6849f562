(step, tab) => {
  const row = document.getElementById(`${tab}-step-row`), item = row.closest(".tabitem");
  const known = JSON.parse(item.querySelector("[data-steps]").dataset.steps);
  const open = item.querySelector(`#${tab}-parts > .tab-wrapper [role=tab][aria-selected=true]`);
  const first = Object.keys(known).find((part) => known[part] === step);
  const folded = item.querySelector(`.lab-step-${step} button.label-wrap`);
  if (folded && !folded.classList.contains("open")) folded.click();
  row.scrollIntoView({ behavior: "smooth", block: "start" });
  const stays = !first || known[open?.dataset.tabId] === step;
  return { __type__: "update", ...(stays ? {} : { selected: first }) };
}
