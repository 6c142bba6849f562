() => {
  const dark = document.body.classList.toggle("dark");
  localStorage.setItem("vision-lab-theme", dark ? "dark" : "light");
}
