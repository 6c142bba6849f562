(name, run) => {
  const result = document.getElementById(name);
  if (result?.dataset.forming === String(run)) delete result.dataset.forming;
}
