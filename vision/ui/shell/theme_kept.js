() => {
  const kept = localStorage.getItem("vision-lab-theme");
  if (kept) document.body.classList.toggle("dark", kept === "dark");
}
