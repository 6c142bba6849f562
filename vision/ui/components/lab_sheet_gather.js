(tab) => JSON.stringify({
  address: location.origin + location.pathname,
  guesses: JSON.parse(localStorage.getItem(`vision-lab-guesses-${tab}`) ?? "{}"),
})
