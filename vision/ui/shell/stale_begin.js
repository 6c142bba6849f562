(name, run, forms) => {  // a request knows of the changes so far, those that led to it included
  const result = document.getElementById(name);
  if (!result) return;
  if (forms) result.dataset.forming = run;
  setTimeout(() => {
    result.labKnown = { ...result.labKnown, [run]: result.labChanges };
  });
}
